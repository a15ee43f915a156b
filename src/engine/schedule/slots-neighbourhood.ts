// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {SlotRecord} from '../../model/slots.ts';
import {isNewer} from '../view/neighbourhood.ts';
import {planSlots} from './slots-plan.ts';

export const SlotUse = {free: 0, claimed: 1, own: 2} as const;

/** Further ones are left out of the plan: what is disputed with them is settled slot by slot. */
const MOST_NODES = 256;
const FORGOTTEN_MS = 200_000;
const MOST_DEMAND = 64;
/** A view that never comes to rest is planned with all the same. */
const RESTLESS_MS = 5000;

/** What a node last said of its slots. */
export interface SlotKnown {
	readonly id: NodeId;
	readonly epoch: number;
	readonly seq: number;
	readonly record: SlotRecord;
	readonly heardMs: number;
	/** By slot. */
	readonly use: Uint8Array;
	/** Owned and claimed, and owned only. */
	readonly count: number;
	readonly ownCount: number;
	/** What it owns, as bits: slots 0 to 31, and 32 to 63. */
	readonly ownLow: number;
	readonly ownHigh: number;
	readonly weight: number;
	/** What it says of a node in conflict with it. Absent: that they are none. */
	seenOf(node: NodeId): {readonly epoch: number; readonly version: number} | undefined;
}

/** What we say of ourselves. */
export interface OwnGraph {
	readonly conflicts: readonly NodeId[];
	readonly demand: number;
	readonly weight: number;
}

/** All that is known of slots on a radio's channel, and the plan that follows from it. */
export class SlotNeighbourhood {
	readonly #id: NodeId;
	readonly #known = new Map<NodeId, SlotKnown>();
	#changedMs = 0;
	#restlessMs = 0;
	#isPlanned = false;
	#bases: Map<NodeId, number> | undefined;

	constructor(id: NodeId) {
		this.#id = id;
	}

	get(id: NodeId): SlotKnown | undefined {
		return this.#known.get(id);
	}

	/** Conflicts or demands are others now. */
	changed(nowMs: number): void {
		if (this.#isPlanned) this.#restlessMs = nowMs;
		this.#changedMs = nowMs;
		this.#isPlanned = false;
		this.#bases = undefined;
	}

	isSettled(nowMs: number, forMs: number): boolean {
		return nowMs - this.#changedMs >= forMs || nowMs - this.#restlessMs >= RESTLESS_MS;
	}

	/** Absent: undefined for what is not newer, or beyond what can be kept. */
	take(id: NodeId, epoch: number, seq: number, record: SlotRecord, slots: number, nowMs: number, leaseMs: number) {
		const before = this.#known.get(id);
		if (before !== undefined && !isNewer({epoch, seq}, before)) return undefined;
		if (before === undefined && this.#known.size >= MOST_NODES) return undefined;
		const use = new Uint8Array(slots);
		for (const slot of record.claims) use[slot] = SlotUse.claimed;
		let [ownLow, ownHigh] = [0, 0];
		for (const slot of record.own) {
			use[slot] = SlotUse.own;
			if (slot < 32) ownLow |= 1 << slot;
			else ownHigh |= 1 << (slot - 32);
		}
		const known: SlotKnown = {
			id,
			epoch,
			seq,
			record,
			heardMs: nowMs,
			use,
			count: record.own.length + record.claims.length,
			ownCount: record.own.length,
			ownLow,
			ownHigh,
			weight: Math.max(1, record.weight),
			seenOf: node => record.conflicts.find(({peer}) => peer === node),
		};
		this.#known.set(id, known);
		return {
			known,
			isNew: before === undefined || before.epoch < epoch,
			isGraph: before === undefined || nowMs - before.heardMs > leaseMs || !isSameGraph(before.record, record),
		};
	}

	/** Drops what was said too long ago. True: somebody is gone. */
	forget(nowMs: number): boolean {
		let isChanged = false;
		for (const [id, {heardMs}] of this.#known)
			if (nowMs - heardMs > FORGOTTEN_MS) {
				this.#known.delete(id);
				isChanged = true;
			}
		return isChanged;
	}

	/** Our slots. Absent: nothing changed since the plan `before`. */
	plan(own: OwnGraph, slots: number, before: Uint8Array | undefined): Uint8Array | undefined {
		if (this.#isPlanned && before !== undefined) return undefined;
		this.#isPlanned = true;
		const near = this.#component(own);
		const ids = [...near.keys()].sort((a, b) => a - b);
		const places = new Map(ids.map((id, place) => [id, place]));
		const plan = planSlots({
			ids,
			conflicts: ids.map(id => (near.get(id) ?? []).map(other => places.get(other) as number).sort((a, b) => a - b)),
			demand: ids.map(id => Math.max(1, this.#of(id, own).demand)),
			weight: ids.map(id => Math.max(1, this.#of(id, own).weight)),
			slots,
		});
		const place = places.get(this.#id) as number;
		const target = new Uint8Array(slots);
		for (let slot = 0; slot < slots; slot++)
			target[slot] = (((slot < 32 ? plan.low : plan.high)[place] as number) >>> (slot & 31)) & 1;
		return target;
	}

	/** What a node may have whatever others claim. See S6. */
	base(own: OwnGraph, of: NodeId, slots: number): number {
		this.#bases ??= new Map();
		const before = this.#bases.get(of);
		if (before !== undefined) return before;
		const near = this.#near(of, own);
		let most = 1;
		for (const node of [of, ...near]) {
			let sum = this.#of(node, own).weight;
			for (const other of this.#near(node, own)) sum += this.#of(other, own).weight;
			most = Math.max(most, sum);
		}
		const base = Math.floor((slots * this.#of(of, own).weight) / most);
		this.#bases.set(of, base);
		return base;
	}

	#of(id: NodeId, own: OwnGraph): {readonly demand: number; readonly weight: number} {
		return id === this.#id ? own : (this.#known.get(id)?.record ?? {demand: MOST_DEMAND, weight: 1});
	}

	/** Those in conflict with a node, as both say. */
	#near(id: NodeId, own: OwnGraph): NodeId[] {
		const list: NodeId[] = [];
		const says = id === this.#id ? own.conflicts : (this.#known.get(id)?.record.conflicts ?? []).map(({peer}) => peer);
		for (const other of says) {
			const isMutual =
				other === this.#id ? own.conflicts.includes(id) : this.#known.get(other)?.seenOf(id) !== undefined;
			if (isMutual && other !== id) list.push(other);
		}
		return list;
	}

	/**
	 * All that are connected to us by conflicts, and each one's. Who is too far away to be heard is known by its partners:
	 * so two that see different parts of a large mesh plan nearly the same.
	 */
	#component(own: OwnGraph): Map<NodeId, readonly NodeId[]> {
		const near = new Map<NodeId, NodeId[]>();
		const queue = [this.#id];
		for (const id of queue) {
			if (near.has(id)) continue;
			const list = this.#near(id, own);
			near.set(id, list);
			for (const other of list) if (!near.has(other)) queue.push(other);
		}
		for (const id of queue)
			for (const {peer, version} of this.#known.get(id)?.record.conflicts ?? []) {
				if (version === 0 || peer === this.#id || this.#known.has(peer) || !near.has(id)) continue;
				const list = near.get(peer) ?? [];
				near.set(peer, list);
				if (list.includes(id)) continue;
				list.push(id);
				near.get(id)?.push(peer);
			}
		return near;
	}
}

function isSameGraph(a: SlotRecord, b: SlotRecord): boolean {
	return (
		a.demand === b.demand &&
		a.weight === b.weight &&
		a.conflicts.length === b.conflicts.length &&
		a.conflicts.every(({peer}, i) => peer === b.conflicts[i]?.peer)
	);
}
