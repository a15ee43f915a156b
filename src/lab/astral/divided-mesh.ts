// SPDX-License-Identifier: Apache-2.0
import {Engine, type EngineInput} from '../../engine/engine.ts';
import {usualSuperframe} from '../../engine/schedule/radio-schedule.ts';
import {Schedule} from '../../engine/schedule/schedule.ts';
import {usualSettings} from '../../engine/settings.ts';
import type {Decision} from '../../model/decision.ts';
import type {LinkWindow, MeshTime, SlotView, Superframe, WantedSlots} from '../../model/slots.ts';
import {createDcfMedium} from '../medium/dcf/engine.ts';
import type {Gate, LinkStatistics, Medium, MediumSetup, Standard} from '../medium/medium.ts';
import {EventHeap} from './event-heap.ts';

export interface DividedFlow {
	readonly from: number;
	readonly to: number;
}

export interface DividedSetup {
	/** Who hears whom, well; all others not at all. */
	readonly neighbours: readonly (readonly number[])[];
	readonly flows: readonly DividedFlow[];
	readonly seed: number;
	/** Absent: the routers' own. */
	readonly superframe?: Superframe;
	/** Routers that divide time. False: the same mesh without. */
	readonly isDivided: boolean;
	readonly rts?: boolean;
	/** How frames are sent. Absent: 802.11a at 24 Mbit/s. */
	readonly air?: DividedAir;
	/** Gates by place that somebody else set, where routers do not divide time. */
	readonly gates?: readonly (Gate | undefined)[];
}

/** A standard and a rate by its name in the table of rates; 802.11n sends aggregates of up to 32. */
export interface DividedAir {
	readonly standard: Standard;
	readonly rate: string;
}

const plainAir: DividedAir = {standard: 'a', rate: 'ofdm-24'};
const LOUD_DBM = -50;
const NOISE_DBM = -94;
const CHANNEL = {mhz: 5180, widthMhz: 20};
const SLICE_MS = 250;
const WINDOW_MS = 4000;
const TIME_MS = 2000;
const DELAY_MS = 8;

/**
 * Routers that divide time, each with its engine, on a medium that is simulated frame by frame: what frames lose is what the
 * routers find, and what they agree on is what their gates keep to.
 *
 * Validity: their own messages do not take air, and all know the mesh's time unless a scenario says otherwise. What becomes of
 *           them on a busy channel is the kernel bench's to show.
 */
export class DividedMesh {
	nowMs = 0;
	timeOf = (_place: number): MeshTime | undefined => ({
		offsetUs: 0,
		errorUs: 50,
		root: 1,
		hops: 1,
		source: 'beacons',
		ageMs: 0,
	});
	isUp: boolean[];
	/** How often gates were given something else to keep to. */
	orders = 0;
	readonly #setup: DividedSetup;
	readonly #medium: Medium;
	readonly #engines: (Engine | undefined)[];
	readonly #wanted: (WantedSlots | undefined)[] = [];
	readonly #isActive: boolean[];
	readonly #heap = new EventHeap();
	readonly #before = new Map<string, LinkStatistics>();
	#isChanged = false;

	constructor(setup: DividedSetup) {
		this.#setup = setup;
		this.isUp = setup.neighbours.map(() => true);
		this.#isActive = setup.flows.map(() => true);
		this.#medium = createDcfMedium(this.#mediumSetup(), setup.seed);
		this.#engines = setup.neighbours.map((_, place) =>
			setup.isDivided
				? new Engine({
						id: place + 1,
						epoch: 1,
						seed: setup.seed * 1000 + place,
						settings: usualSettings,
						schedule: (context, epoch) => new Schedule(context, epoch),
					})
				: undefined,
		);
		setup.neighbours.forEach((_, place) => {
			this.#input(place, {kind: 'radios', radios: [CHANNEL]});
			this.#input(place, {kind: 'division', radios: [{radio: 0, superframe: setup.superframe}]});
		});
	}

	/** Which flows send now. */
	setActive(isActive: (flow: number) => boolean): void {
		this.#isActive.forEach((before, flow) => {
			const now = isActive(flow);
			if (before !== now) this.#isChanged = true;
			this.#isActive[flow] = now;
		});
	}

	advance(seconds: number): void {
		const endMs = this.nowMs + seconds * 1000;
		while (this.nowMs < endMs) {
			const sliceMs = this.nowMs + SLICE_MS;
			if (this.#setup.isDivided) this.#speak(sliceMs);
			if (this.#isChanged) this.#medium.change(this.#mediumSetup());
			this.#isChanged = false;
			this.nowMs = sliceMs;
			this.#medium.advance(SLICE_MS / 1000);
			if (!this.#setup.isDivided) continue;
			if (this.nowMs % WINDOW_MS === 0) this.#measure();
			if (this.nowMs % TIME_MS === 0)
				this.#engines.forEach((_, place) => {
					this.#input(place, {kind: 'meshTime', radio: 0, time: this.timeOf(place)});
				});
		}
	}

	/** Each flow's throughput over so many seconds from now, and the packets' mean delay. What routers count goes on. */
	measure(seconds: number): readonly {readonly bps: number; readonly delayUs: number}[] {
		const count = this.#setup.flows.length;
		const totals = (): {bytes: number; packets: number; delayUs: number}[] =>
			this.#medium
				.read()
				.flows.slice(0, count)
				.map(({deliveredBytes: bytes, deliveredPackets: packets, meanDelayUs}) => ({
					bytes,
					packets,
					delayUs: packets * meanDelayUs,
				}));
		const before = totals();
		this.advance(seconds);
		return totals().map(({bytes, packets, delayUs}, flow) => {
			const from = before[flow] ?? {bytes: 0, packets: 0, delayUs: 0};
			return {
				bps: ((bytes - from.bytes) * 8) / seconds,
				delayUs: packets > from.packets ? (delayUs - from.delayUs) / (packets - from.packets) : 0,
			};
		});
	}

	/** What a router shows its owner. Absent: it divides no time. */
	slotView(place: number): SlotView | undefined {
		return this.#engines[place]?.schedule?.view(0);
	}

	/** What a router's gate keeps to. Absent: all is open. */
	wantedOf(place: number): WantedSlots | undefined {
		return this.#wanted[place];
	}

	/** Routers whose gates hold frames to slots now. */
	get gated(): number {
		return this.#wanted.filter(wanted => wanted !== undefined).length;
	}

	/** Messages until `untilMs`. */
	#speak(untilMs: number): void {
		this.#engines.forEach((engine, place) => {
			if (engine !== undefined && Number.isFinite(engine.nextMs)) this.#wake(place);
		});
		while (this.#heap.nextMs <= untilMs) {
			this.nowMs = Math.max(this.nowMs, this.#heap.nextMs);
			this.#heap.take()?.();
		}
		this.nowMs = untilMs - SLICE_MS;
	}

	#wake(place: number): void {
		const dueMs = this.#engines[place]?.nextMs ?? Number.POSITIVE_INFINITY;
		if (Number.isFinite(dueMs)) this.#heap.add(Math.max(dueMs, this.nowMs), () => this.#input(place, {kind: 'time'}));
	}

	#input(place: number, input: EngineInput): void {
		const engine = this.#engines[place];
		if (engine === undefined || this.isUp[place] !== true) return;
		const dueMs = engine.nextMs;
		for (const decision of engine.step(this.nowMs, input)) this.#carryOut(place, decision);
		if (engine.nextMs !== dueMs) this.#wake(place);
	}

	#carryOut(place: number, decision: Decision): void {
		if (decision.kind === 'gate') {
			const before = JSON.stringify(this.#wanted[place]);
			this.#wanted[place] = decision.wanted;
			if (JSON.stringify(decision.wanted) === before) return;
			this.orders++;
			this.#isChanged = true;
		}
		if (decision.kind !== 'send') return;
		const {message} = decision;
		for (const to of this.#setup.neighbours[place] ?? [])
			this.#heap.add(this.nowMs + DELAY_MS, () =>
				this.#input(to, {kind: 'message', message, from: place + 1, radio: 0}),
			);
	}

	/** What the driver would count: frames, repetitions, time on the air. */
	#measure(): void {
		const links = this.#medium.read().links;
		const grown = new Map<string, LinkStatistics>();
		for (const link of links) {
			const key = `${link.from} ${link.to}`;
			const before = this.#before.get(key);
			this.#before.set(key, {...link});
			grown.set(key, {
				...link,
				attempts: link.attempts - (before?.attempts ?? 0),
				delivered: link.delivered - (before?.delivered ?? 0),
				retries: link.retries - (before?.retries ?? 0),
				airtimeUs: link.airtimeUs - (before?.airtimeUs ?? 0),
			});
		}
		this.#setup.neighbours.forEach((near, place) => {
			const windows = near.map((other): LinkWindow => {
				const [out, back] = [grown.get(`${place} ${other}`), grown.get(`${other} ${place}`)];
				const [attempts, delivered, retries] = [out?.attempts ?? 0, out?.delivered ?? 0, out?.retries ?? 0];
				return {
					peer: other + 1,
					durationMs: WINDOW_MS,
					transmitPackets: attempts - retries,
					transmitRetries: retries,
					transmitFailed: Math.max(0, attempts - delivered - retries),
					transmitAirtimeUs: out?.airtimeUs ?? 0,
					receiveAirtimeUs: back === undefined ? 0 : (back.airtimeUs * back.delivered) / Math.max(1, back.attempts),
					signalDbm: LOUD_DBM,
				};
			});
			this.#input(place, {kind: 'windows', radio: 0, windows});
		});
	}

	#mediumSetup(): MediumSetup {
		const {neighbours, flows, rts = false, air = plainAir, gates} = this.#setup;
		const pairs = neighbours.flatMap((near, from) => near.map(to => [from, to] as const));
		return {
			radios: neighbours.map((_, node) => {
				const wanted = this.#wanted[node];
				const gate = wanted === undefined ? gates?.[node] : gateOf(wanted);
				return {
					node,
					standard: air.standard,
					primaryMhz: CHANNEL.mhz,
					widthMhz: 20,
					noiseDbm: NOISE_DBM,
					...(rts ? {rtsThresholdBytes: 0} : {}),
					...(gate === undefined ? {} : {gate}),
				};
			}),
			couplings: {
				from: Uint32Array.from(pairs, ([from]) => from),
				to: Uint32Array.from(pairs, ([, to]) => to),
				receivedDbm: new Float64Array(pairs.length).fill(LOUD_DBM),
			},
			flows: flows.map(({from, to}, flow) => ({
				hops: [{from, to, rate: {fixed: air.rate}}],
				packetBytes: 1500,
				traffic: {kind: 'saturated'},
				active: this.#isActive[flow] === true && this.isUp[from] === true && this.isUp[to] === true,
			})),
		};
	}
}

/** As the kernel's gate does it: nothing starts in the guard before the end of a run; without a slot of its own, open ones. */
export function gateOf({superframe, own, open, guardUs}: WantedSlots): Gate {
	const {slots, slotUs} = superframe ?? usualSuperframe;
	const marks = own.includes(true) ? own : open;
	const openings: {fromUs: number; toUs: number}[] = [];
	for (let slot = 0; slot < slots; slot++) {
		if (marks[slot] !== true || marks[slot - 1] === true) continue;
		let end = slot;
		while (marks[end] === true) end++;
		if ((end - slot) * slotUs > guardUs) openings.push({fromUs: slot * slotUs, toUs: end * slotUs - guardUs});
	}
	return {periodUs: slots * slotUs, openings};
}
