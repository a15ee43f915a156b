// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import {Agenda} from '../../engine/agenda.ts';
import {OPEN_SLOTS, Slots} from '../../engine/schedule/slots.ts';
import {ROUND_MS} from '../../engine/schedule/slots-disputes.ts';
import type {NodeId} from '../../model/peer.ts';
import type {SlotRecord} from '../../model/slots.ts';
import {EventHeap} from './event-heap.ts';

export interface SlotMeshSetup {
	/** Who can hear whom, by place. */
	readonly neighbours: readonly (readonly number[])[];
	/** Slots that are shared out; the open ones come on top. */
	readonly slots: number;
	readonly slotUs: number;
	readonly seed: number;
	/** Share of the copies of a message that a neighbour does not hear. */
	readonly loss?: number;
	/** Share of messages that come so late that others overtake them, and how late at most. */
	readonly late?: number;
	readonly lateMs?: number;
	/** Hops that messages go at most, whatever they were meant for. Absent: no limit. */
	readonly farthest?: number;
	/** Slots each can use. Absent: all. */
	readonly demand?: (place: number) => number;
}

interface Member {
	readonly id: NodeId;
	readonly place: number;
	slots: Slots;
	agenda: Agenda;
	isUp: boolean;
	epoch: number;
	seq: number;
	wake: number;
	conflicts: Set<number>;
}

const MHZ = 5180;
const HOP_MS = 8;
const HOP_SPREAD_MS = 25;

/** The routers' own agreement on slots, in virtual time, over messages that are passed on from neighbour to neighbour. */
export class SlotMesh {
	readonly members: readonly Member[];
	nowMs = 0;
	messages = 0;
	/** When anybody's slots changed last. */
	changedMs = 0;
	isCut = (_from: number, _to: number): boolean => false;
	/** What a node says instead: nothing where undefined. */
	twist = (_place: number, record: SlotRecord): SlotRecord | undefined => record;
	/** Called after each event in which somebody's slots may have changed. */
	watch = (): void => {};
	readonly unfair: {readonly by: number; readonly node: NodeId}[] = [];
	readonly #setup: SlotMeshSetup;
	readonly #heap = new EventHeap();
	readonly #random: () => number;
	readonly #own: string[] = [];

	constructor(setup: SlotMeshSetup) {
		this.#setup = setup;
		this.#random = seededRandom(setup.seed);
		this.members = setup.neighbours.map((_, place) => {
			const agenda = new Agenda();
			const id = idOf(place);
			const begun = {id, place, agenda, isUp: true, epoch: 1, seq: 0, wake: 0, conflicts: new Set<number>()};
			return Object.assign(begun, {slots: this.#begin(begun)});
		});
		for (const {place} of this.members) this.#step(place, () => {});
	}

	at(atMs: number, run: () => void): void {
		this.#heap.add(atMs, run);
	}

	advance(ms: number): void {
		const endMs = this.nowMs + ms;
		while (this.#heap.nextMs <= endMs) {
			this.nowMs = this.#heap.nextMs;
			this.#heap.take()?.();
		}
		this.nowMs = endMs;
	}

	/** One end learns of a conflict, or that it is over. */
	tell(place: number, other: number, isConflict: boolean): void {
		const member = this.members[place] as Member;
		if (isConflict) member.conflicts.add(other);
		else member.conflicts.delete(other);
		this.#step(place, ({slots, conflicts}) => slots.setConflicts([...conflicts].map(idOf)));
	}

	setDemand(place: number, demand: number): void {
		this.#step(place, ({slots}) => slots.setDemand(demand));
	}

	kill(place: number): void {
		const member = this.members[place] as Member;
		member.isUp = false;
		member.slots.stop();
		this.watch();
	}

	/** Power on, with nothing remembered but what evidence there is in its place. */
	revive(place: number, isForgetful = false): void {
		const member = this.members[place] as Member;
		if (member.isUp) return;
		member.isUp = true;
		member.epoch++;
		member.seq = 0;
		member.agenda = new Agenda();
		if (isForgetful) member.conflicts.clear();
		member.slots = this.#begin(member);
		this.#step(place, ({slots, conflicts}) => slots.setConflicts([...conflicts].map(idOf)));
	}

	/** Living pairs of partners, as both see it, and the slots that both own: what must not be. */
	doublyOwned(): number {
		let count = 0;
		for (const {isUp, place, slots, conflicts, id} of this.members)
			for (const far of isUp ? conflicts : []) {
				const other = this.members[far] as Member;
				if (far < place || !other.isUp || !other.conflicts.has(place)) continue;
				if (!slots.partners.includes(other.id) || !other.slots.partners.includes(id)) continue;
				const own = slots.own;
				for (const slot of other.slots.own) if (own.includes(slot)) count++;
			}
		return count;
	}

	#begin(member: Omit<Member, 'slots'>): Slots {
		const {id, place, epoch, agenda} = member;
		const {slots, slotUs, demand} = this.#setup;
		const begun = new Slots(
			{
				id,
				epoch,
				agenda,
				nowMs: () => this.nowMs,
				random: this.#random,
				say: (record, hopsLeft) => {
					if (member.agenda === agenda) this.#send(place, epoch, record, hopsLeft);
				},
				changed: () => {},
				unfair: node => this.unfair.push({by: place, node}),
			},
			MHZ,
			{slots: slots + OPEN_SLOTS, slotUs},
			1,
		);
		if (demand !== undefined) begun.setDemand(demand(place));
		return begun;
	}

	#step(place: number, work: (member: Member) => void): void {
		const member = this.members[place] as Member;
		if (!member.isUp) return;
		member.agenda.run(this.nowMs);
		work(member);
		member.agenda.run(this.nowMs);
		const own = member.slots.own.join();
		if (own !== this.#own[place]) {
			this.#own[place] = own;
			this.changedMs = this.nowMs;
		}
		this.watch();
		const wake = ++member.wake;
		const dueMs = member.agenda.nextMs;
		if (Number.isFinite(dueMs))
			this.#heap.add(Math.max(dueMs, this.nowMs), () => {
				if (member.wake === wake) this.#step(place, () => {});
			});
	}

	/** Passed on from neighbour to neighbour; each hears it first on the way on which it is first. */
	#send(place: number, epoch: number, said: SlotRecord, hopsLeft: number): void {
		const {neighbours, loss = 0, late = 0, lateMs = 0, farthest = hopsLeft} = this.#setup;
		const member = this.members[place] as Member;
		const record = this.twist(place, said);
		if (record === undefined) return;
		const seq = ++member.seq;
		const reached = new Map([[place, {hops: 0, atMs: this.nowMs}]]);
		const queue = [place];
		for (const from of queue) {
			const {hops, atMs} = reached.get(from) ?? {hops: 0, atMs: 0};
			if (hops > Math.min(hopsLeft, farthest)) continue;
			this.messages++;
			for (const to of neighbours[from] ?? []) {
				if (reached.has(to) || this.members[to]?.isUp !== true || this.isCut(from, to)) continue;
				if (loss > 0 && this.#random() < loss) continue;
				reached.set(to, {hops: hops + 1, atMs: atMs + HOP_MS + HOP_SPREAD_MS * this.#random()});
				queue.push(to);
			}
		}
		for (const [to, {atMs}] of reached) {
			if (to === place) continue;
			const extraMs = late > 0 && this.#random() < late ? lateMs * this.#random() : 0;
			this.at(atMs + extraMs, () => this.#step(to, ({slots}) => void slots.hear(member.id, epoch, seq, record)));
		}
	}
}

/** Rounds of messages from one moment to another: nobody speaks more than once in each. */
export function roundsBetween(fromMs: number, toMs: number): number {
	return Math.max(0, Math.ceil((toMs - fromMs) / ROUND_MS));
}

/** Numbers that look like those of real routers: not small, not in order. */
export function idOf(place: number): NodeId {
	return (Math.imul(place + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
}
