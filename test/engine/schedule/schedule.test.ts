// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Engine, type EngineInput} from '../../../src/engine/engine.ts';
import {GUARD_US, usualSuperframe} from '../../../src/engine/schedule/radio-schedule.ts';
import {Schedule} from '../../../src/engine/schedule/schedule.ts';
import {usualSettings} from '../../../src/engine/settings.ts';
import type {Decision} from '../../../src/model/decision.ts';
import type {NodeId, PeerMessage} from '../../../src/model/peer.ts';
import type {GateState, LinkWindow, MeshTime, WantedSlots} from '../../../src/model/slots.ts';

const CHANNEL = {mhz: 5180, widthMhz: 20};
const WINDOW_MS = 4000;

interface Gate {
	state: GateState;
	wanted: WantedSlots | undefined;
	reason: string;
}

/** Engines with schedules around a receiver; what their frames do follows from who sends, who hears whom, and who is gated. */
class Village {
	readonly engines: Engine[];
	readonly gates: Gate[] = [];
	readonly whys: string[][];
	nowMs = 0;
	/** Share of the time that each wants to send to node 0. */
	readonly load: number[];
	channel = CHANNEL;
	isCut = (_from: number, _to: number): boolean => false;
	twist = (_place: number, message: PeerMessage): PeerMessage => message;
	timeOf = (_place: number): MeshTime | undefined => ({
		offsetUs: 5,
		errorUs: 30,
		root: 1,
		hops: 1,
		source: 'beacons',
		ageMs: 100,
	});
	readonly #hears: (a: number, b: number) => boolean;
	readonly #queue: {atMs: number; to: number; message: PeerMessage; from: NodeId}[] = [];

	constructor(count: number, hears: (a: number, b: number) => boolean) {
		this.#hears = hears;
		this.load = Array.from({length: count}, () => 0);
		this.whys = this.load.map(() => []);
		this.engines = this.load.map(
			(_, place) =>
				new Engine({
					id: place + 1,
					epoch: 1,
					seed: place + 1,
					settings: usualSettings,
					schedule: (context, epoch) => new Schedule(context, epoch),
				}),
		);
		this.load.forEach((_, place) => {
			this.input(place, {kind: 'radios', radios: [CHANNEL]});
			this.input(place, {kind: 'division', radios: [{radio: 0}]});
		});
	}

	input(place: number, input: EngineInput): void {
		for (const decision of (this.engines[place] as Engine).step(this.nowMs, input)) this.#carryOut(place, decision);
	}

	advance(ms: number): void {
		const endMs = this.nowMs + ms;
		for (; this.nowMs < endMs; this.nowMs += 50) {
			const due = this.#queue.filter(({atMs}) => atMs <= this.nowMs);
			for (const each of due) {
				this.#queue.splice(this.#queue.indexOf(each), 1);
				this.input(each.to, {kind: 'message', message: each.message, from: each.from, radio: 0});
			}
			this.engines.forEach((_, place) => {
				this.input(place, {kind: 'time'});
				if (this.nowMs % 2000 === 0) this.input(place, {kind: 'meshTime', radio: 0, time: this.timeOf(place)});
				if (this.nowMs % WINDOW_MS === place * 100) this.#measure(place);
			});
		}
	}

	/** Frames get lost where somebody hidden sends at the same time. */
	#measure(place: number): void {
		const windows: LinkWindow[] = [];
		const isGated = (at: number): boolean => this.gates[at]?.state === 'gated';
		this.engines.forEach((_, other) => {
			if (other === place || !this.#hears(place, other)) return;
			const disturbing = this.load.some(
				(load, third) =>
					load > 0.05 &&
					third !== place &&
					third !== other &&
					this.#hears(third, other) &&
					!this.#hears(third, place) &&
					!(isGated(third) && isGated(place)),
			);
			const sent = other === 0 || place === 0 ? (this.load[place] as number) / (place === 0 ? 2 : 1) : 0;
			const packets = Math.round(sent * 1000);
			windows.push({
				peer: other + 1,
				durationMs: WINDOW_MS,
				transmitPackets: packets,
				transmitRetries: disturbing ? packets : Math.round(packets * 0.03),
				transmitFailed: 0,
				transmitAirtimeUs: sent * WINDOW_MS * 1000,
				receiveAirtimeUs: place === 0 ? (this.load[other] as number) * WINDOW_MS * 500 : 0,
				signalDbm: -60,
			});
		});
		this.input(place, {kind: 'windows', radio: 0, windows});
	}

	#carryOut(place: number, decision: Decision): void {
		if (decision.kind === 'gate') this.gates[place] = decision;
		if (decision.kind === 'explain') this.whys[place]?.push(decision.explanation.why);
		if (decision.kind !== 'send') return;
		const own = decision.message.origin === place + 1;
		const message = own ? this.twist(place, decision.message) : decision.message;
		this.engines.forEach((_, to) => {
			if (to === place || !this.#hears(place, to) || this.isCut(place, to)) return;
			this.#queue.push({atMs: this.nowMs + 10, to, message, from: place + 1});
		});
	}
}

/** Leaves 1 and 2 hear node 0 only. */
function hiddenEnds(): Village {
	const village = new Village(3, (a, b) => a === 0 || b === 0);
	village.advance(12_000);
	for (const [one, other] of [
		[0.4, 0],
		[0.4, 0.4],
		[0, 0.4],
		[0.4, 0.4],
	]) {
		village.load[1] = one ?? 0;
		village.load[2] = other ?? 0;
		village.advance(32_000);
	}
	return village;
}

test('schedule: where nobody is hidden all slots stay open', t => {
	const village = new Village(3, () => true);
	village.load.fill(0.3);
	village.advance(60_000);
	for (const {state, wanted} of village.gates) {
		t.is(state, 'nothing-hidden');
		t.is(wanted, undefined);
	}
	t.false(village.whys.flat().some(why => why.startsWith('slots')));
});

test('schedule: hidden ends are found by what they lose, and are given slots that never meet', t => {
	const village = hiddenEnds();
	const [middle, one, other] = village.gates;
	t.is(middle?.state, 'nothing-hidden', 'the middle disturbs nobody');
	t.is(one?.state, 'gated');
	t.is(other?.state, 'gated');
	const {slots} = usualSuperframe;
	for (let slot = 0; slot < slots; slot++)
		t.false(one?.wanted?.own[slot] === true && other?.wanted?.own[slot] === true);
	t.is(one?.wanted?.own.filter(Boolean).length, 15);
	t.is(other?.wanted?.own.filter(Boolean).length, 15);
	t.deepEqual(one?.wanted?.open.slice(-3), [false, true, true]);
	t.is(one?.wanted?.guardUs, GUARD_US);
	t.true(village.whys[1]?.includes('slots-hidden'));
	t.true(village.whys[1]?.includes('slots-agreed'));
	const view = village.engines[1]?.schedule?.view(0);
	t.is(view?.state, 'gated');
	t.deepEqual(view?.owners[31], {nodes: [], open: true});
	t.is(view?.owners.filter(({nodes}) => nodes.includes(3)).length, 15, 'it knows whose the others are');
	t.like(view?.hidden[0], {a: 2, b: 3, receiver: 1});
	t.true((view?.hidden[0]?.lossBoth ?? 0) > 0.4);
	t.true((view?.lossNow ?? 1) < (view?.lossBefore ?? 0));
});

test('schedule: without a clock, with one that is wrong or steps, everything is open, and that is said', t => {
	const village = hiddenEnds();
	const time = village.timeOf(0) as MeshTime;
	village.timeOf = () => undefined;
	village.advance(4000);
	t.is(village.gates[1]?.state, 'no-clock');
	t.is(village.gates[1]?.wanted, undefined);
	village.timeOf = () => ({...time, errorUs: GUARD_US / 2 + 1});
	village.advance(4000);
	t.is(village.gates[1]?.state, 'no-clock');
	village.timeOf = () => time;
	village.advance(4000);
	t.is(village.gates[1]?.state, 'gated');
	village.timeOf = place => ({...time, offsetUs: place === 1 ? 50_000 : 5});
	village.advance(4000);
	t.is(village.gates[1]?.state, 'no-clock');
	t.true(village.whys[1]?.includes('slots-open'));
	village.advance(16_000);
	t.is(village.gates[1]?.state, 'gated', 'a step is over after a while');
	village.timeOf = () => ({...time, offsetUs: Number.NaN, errorUs: Number.NaN});
	village.advance(4000);
	t.is(village.gates[1]?.state, 'no-clock');
});

test('schedule: when gossip stops, all is open slots within the lease, and open when partners are gone', t => {
	const village = hiddenEnds();
	village.isCut = () => true;
	village.advance(32_000);
	for (const place of [1, 2]) t.false(village.gates[place]?.wanted?.own.includes(true) === true, `${place}`);
	village.advance(20_000);
	for (const place of [1, 2]) t.is(village.gates[place]?.wanted, undefined);
	village.isCut = () => false;
	village.advance(60_000);
	for (const place of [1, 2]) t.is(village.gates[place]?.state, 'gated');
});

test('schedule: on another channel everything is open until all is agreed anew', t => {
	const village = hiddenEnds();
	village.input(1, {kind: 'radios', radios: [{mhz: 5240, widthMhz: 20}]});
	t.is(village.gates[1]?.wanted, undefined);
	t.is(village.gates[1]?.state, 'nothing-hidden');
	village.input(1, {kind: 'radios', radios: [CHANNEL]});
	village.advance(40_000);
	t.is(village.gates[1]?.state, 'gated');
});

test('schedule: a radio that its owner takes off is open at once', t => {
	const village = hiddenEnds();
	village.input(1, {kind: 'division', radios: []});
	t.is(village.gates[1]?.state, 'off');
	t.is(village.gates[1]?.wanted, undefined);
	t.is(village.engines[1]?.schedule?.view(0), undefined);
});

test('schedule: a receiver that lies cannot slot those whose frames arrive', t => {
	const village = new Village(3, (a, b) => a === 0 || b === 0);
	village.twist = (place, message) =>
		place !== 0 || message.body.kind !== 'losses'
			? message
			: {
					...message,
					body: {
						kind: 'losses',
						losses: {...message.body.losses, hidden: [{a: 2, b: 3, lossBoth: 250, lossOne: 0, confidence: 255}]},
					},
				};
	// One after the other: nothing is lost.
	village.load[1] = 0.3;
	village.advance(90_000);
	t.is(village.gates[1]?.state, 'nothing-hidden');
	t.is(village.gates[2]?.state, 'nothing-hidden');
	t.true(village.whys[1]?.includes('slots-forged'), 'it is said that somebody does');
});

test('schedule: the same inputs give the same decisions', t => {
	const [one, other] = [hiddenEnds(), hiddenEnds()];
	t.deepEqual(one.gates, other.gates);
	t.deepEqual(one.whys, other.whys);
});
