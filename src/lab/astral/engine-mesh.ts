// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {EarlierMove} from '../../engine/context.ts';
import {Engine, type EngineInput} from '../../engine/engine.ts';
import {type EngineSettings, usualSettings} from '../../engine/settings.ts';
import type {Channel} from '../../model/channel.ts';
import type {Decision, Explanation} from '../../model/decision.ts';
import type {ChannelRecord, NodeId, PeerMessage} from '../../model/peer.ts';
import {EventHeap} from './event-heap.ts';

/** A mesh of engines. */
export interface EngineMeshSetup {
	/** Who can hear whom when both are on one channel, by place. */
	readonly neighbours: readonly (readonly number[])[];
	readonly channels: readonly Channel[];
	/** Where each node's radios are at first. */
	readonly radios: readonly (readonly Channel[])[];
	readonly seed: number;
	/** Share of messages that do not arrive. */
	readonly loss?: number;
	readonly settings?: Partial<EngineSettings>;
	/** Channels where radar has the right of way. */
	readonly radarMhz?: readonly number[];
	/** How long a radio needs to be on another channel. */
	readonly retuneMs?: number;
}

interface Member {
	readonly id: NodeId;
	engine: Engine;
	radios: Channel[];
	/** What it wrote down of its radios' moves. */
	readonly moves: EarlierMove[];
	isUp: boolean;
	epoch: number;
	/** The wake-up that counts; older ones are void. */
	wake: number;
}

const DELAY_MS = 2;
const DELAY_SPREAD_MS = 6;
const RETUNE_MS = 30;
const SCAN_MS = 15_000;
const SEEN_SHARE = 0.8;

/**
 * Engines in virtual time, on an ether that carries a message wherever two neighbours share a channel.
 *
 * Validity: the ether loses messages by chance, not by load; what load does to the mesh is the medium's, see `medium/`.
 */
export class EngineMesh {
	readonly members: readonly Member[];
	nowMs = 0;
	messages = 0;
	retunes = 0;
	/** What nodes explained, with their place. */
	readonly explanations: {readonly place: number; readonly explanation: Explanation}[] = [];
	/** Asked for each message and pair; a scenario may cut links by it. */
	isCut = (_from: number, _to: number): boolean => false;
	/** Asked for each retune; a scenario may let drivers refuse. */
	refuses = (_place: number, _radio: number): string | undefined => undefined;
	/** What a node sends instead of what its engine said: nothing where undefined. */
	twist = (_place: number, message: PeerMessage): PeerMessage | undefined => message;
	readonly #busy: number[][];
	readonly #setup: EngineMeshSetup;
	readonly #heap = new EventHeap();
	readonly #random: () => number;
	readonly #places = new Map<NodeId, number>();

	constructor(setup: EngineMeshSetup) {
		this.#setup = setup;
		this.#busy = setup.radios.map(() => []);
		this.#random = seededRandom(setup.seed);
		this.members = setup.radios.map((radios, place) => {
			const id = idOf(place);
			this.#places.set(id, place);
			return {
				id,
				engine: this.#engine(id, 1, place, []),
				radios: [...radios],
				moves: [],
				isUp: true,
				epoch: 1,
				wake: 0,
			};
		});
		// Routers are not switched on in the same moment.
		this.members.forEach((_, place) => {
			this.#heap.add(this.#random() * 2000, () => this.#begin(place));
			this.#heap.add(this.#random() * SCAN_MS, () => this.#scan(place));
		});
	}

	placeOf(id: NodeId): number {
		return this.#places.get(id) ?? -1;
	}

	advance(ms: number): void {
		const endMs = this.nowMs + ms;
		while (this.#heap.nextMs <= endMs) {
			this.nowMs = this.#heap.nextMs;
			this.#heap.take()?.();
		}
		this.nowMs = endMs;
	}

	/** A scenario's event, at a time of the mesh. */
	at(atMs: number, run: () => void): void {
		this.#heap.add(atMs, run);
	}

	input(place: number, input: EngineInput): void {
		const member = this.members[place];
		if (member === undefined || !member.isUp) return;
		const decisions = member.engine.step(this.nowMs, input);
		for (const decision of decisions) this.#carryOut(place, decision);
		const dueMs = member.engine.nextMs;
		const wake = ++member.wake;
		if (Number.isFinite(dueMs))
			this.#heap.add(Math.max(dueMs, this.nowMs), () => {
				if (member.wake === wake) this.input(place, {kind: 'time'});
			});
	}

	/** Power off. */
	kill(place: number): void {
		const member = this.members[place];
		if (member !== undefined) member.isUp = false;
	}

	/** Power on, with nothing remembered but its moves, on given channels or where it was. */
	revive(place: number, radios?: readonly Channel[]): void {
		const member = this.members[place];
		if (member === undefined || member.isUp) return;
		member.epoch++;
		member.engine = this.#engine(member.id, member.epoch, place, member.moves);
		member.isUp = true;
		if (radios !== undefined) member.radios = [...radios];
		this.#begin(place);
	}

	/** Whether two neighbours share a channel and are there. */
	areJoined(a: number, b: number): boolean {
		const [one, other] = [this.members[a], this.members[b]];
		if (one === undefined || other === undefined || !one.isUp || !other.isUp) return false;
		return one.radios.some(({mhz}) => other.radios.some(radio => radio.mhz === mhz));
	}

	#begin(place: number): void {
		this.#tellChannels(place);
		this.input(place, {kind: 'radios', radios: this.members[place]?.radios ?? []});
	}

	/** A foreign signal on a channel, by number, at a node and its neighbours; 255 is all the time. */
	disturb(place: number, channel: number, busy: number): void {
		for (const each of [place, ...(this.#setup.neighbours[place] ?? [])]) {
			const list = this.#busy[each];
			if (list !== undefined) list[channel] = busy;
			this.#tellChannels(each);
		}
	}

	/** Now and then a router looks at other channels; it sees neighbours that it shares none with, most of the time. */
	#scan(place: number): void {
		this.at(this.nowMs + SCAN_MS, () => this.#scan(place));
		for (const other of this.#setup.neighbours[place] ?? []) {
			const member = this.members[other];
			if (member?.isUp !== true || this.isCut(place, other) || this.areJoined(place, other)) continue;
			const mhz = member.radios[Math.floor(this.#random() * member.radios.length)]?.mhz ?? 0;
			if (mhz > 0 && this.#random() < SEEN_SHARE) this.input(place, {kind: 'seen', id: member.id, mhz});
		}
	}

	#tellChannels(place: number): void {
		const {channels, radarMhz = []} = this.#setup;
		const records = channels.map(
			(channel, index): ChannelRecord => ({
				...channel,
				busy: this.#busy[place]?.[index] ?? 0,
				blocked: false,
				radar: radarMhz.includes(channel.mhz),
			}),
		);
		this.input(place, {kind: 'channels', channels: records});
	}

	#engine(id: NodeId, epoch: number, place: number, movedBefore: readonly EarlierMove[]): Engine {
		const settings: EngineSettings = {...usualSettings, participation: 'active', ...this.#setup.settings};
		const seed = this.#setup.seed * 65_537 + place * 257 + epoch;
		return new Engine({id, epoch, seed, settings, movedBefore});
	}

	#carryOut(place: number, decision: Decision): void {
		const member = this.members[place];
		if (member === undefined) return;
		switch (decision.kind) {
			case 'send': {
				const message = decision.message.origin === member.id ? this.twist(place, decision.message) : decision.message;
				if (message === undefined) return;
				member.radios.forEach((channel, radio) => {
					if (decision.radio === undefined || decision.radio === radio) this.#transmit(place, channel, message);
				});
				return;
			}
			case 'retune': {
				const {radio, to, why} = decision;
				if (why === 'planned') member.moves.push({radio, atMs: this.nowMs});
				const refusal = this.refuses(place, radio);
				const before = member.radios[radio];
				const {engine} = member;
				// Between channels a radio is nowhere.
				if (refusal === undefined) member.radios[radio] = {mhz: 0, widthMhz: to.widthMhz};
				this.at(this.nowMs + (this.#setup.retuneMs ?? RETUNE_MS), () => {
					if (member.engine !== engine || !member.isUp) {
						if (refusal === undefined && member.radios[radio]?.mhz === 0) member.radios[radio] = to;
						return;
					}
					if (refusal !== undefined && before !== undefined) {
						this.input(place, {kind: 'refused', radio, reason: refusal});
						return;
					}
					this.retunes++;
					member.radios[radio] = to;
					this.input(place, {kind: 'radios', radios: member.radios});
				});
				return;
			}
			case 'explain':
				this.explanations.push({place, explanation: decision.explanation});
				return;
			case 'keep':
			case 'gate':
				return;
		}
	}

	#transmit(place: number, {mhz}: Channel, message: PeerMessage): void {
		if (mhz === 0) return;
		this.messages++;
		const loss = this.#setup.loss ?? 0;
		const from = this.members[place]?.id ?? 0;
		for (const other of this.#setup.neighbours[place] ?? []) {
			const member = this.members[other];
			if (member === undefined || !member.isUp || this.isCut(place, other)) continue;
			member.radios.forEach((channel, radio) => {
				if (channel.mhz !== mhz || (loss > 0 && this.#random() < loss)) return;
				this.at(this.nowMs + DELAY_MS + this.#random() * DELAY_SPREAD_MS, () => {
					if (member.radios[radio]?.mhz === mhz) this.input(other, {kind: 'message', message, from, radio});
				});
			});
		}
	}
}

/** Numbers that look like those of real routers: not small, not in order. */
function idOf(place: number): NodeId {
	return (Math.imul(place + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
}
