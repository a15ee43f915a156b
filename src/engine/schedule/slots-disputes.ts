// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {SlotPartner} from './slot-partner.ts';
import {type OwnGraph, type SlotKnown, type SlotNeighbourhood, SlotUse} from './slots-neighbourhood.ts';

// Slots that two in conflict both want: their plans differ, because they know different parts of a mesh, because a message was
// lost, or because one of them lies. S6 on top of `slots.ts` says how it ends.

export const ROUND_MS = 500;
const PATIENT_MS = 8 * ROUND_MS;
/** A disputed slot is let alone for so long. */
const AVOID_MS = 20 * ROUND_MS;
const UNFAIR_MS = 40 * ROUND_MS;

/** What a dispute is about. */
export interface SlotTable {
	readonly id: NodeId;
	readonly shared: number;
	readonly weight: number;
	readonly use: Uint8Array;
	readonly view: SlotNeighbourhood;
	readonly partners: ReadonlyMap<NodeId, SlotPartner>;
	readonly ownGraph: () => OwnGraph;
}

export class SlotDisputes {
	readonly #table: SlotTable;
	/** Since when a claim is disputed; 0 for not. And until when a slot is let alone. */
	readonly #sinceMs: Float64Array;
	readonly #avoidMs: Float64Array;
	/** By slot: who disputes our claim, and since when it does. */
	readonly #rivals: ({readonly id: NodeId; readonly sinceMs: number} | undefined)[] = [];

	constructor(table: SlotTable) {
		this.#table = table;
		this.#sinceMs = new Float64Array(table.shared);
		this.#avoidMs = new Float64Array(table.shared);
	}

	/** There is another plan. */
	clear(): void {
		this.#sinceMs.fill(0);
		this.#avoidMs.fill(0);
		this.#rivals.length = 0;
	}

	/** Nobody disputes a slot any more. */
	end(slot: number): void {
		this.#sinceMs[slot] = 0;
		this.#rivals[slot] = undefined;
	}

	/** The plan, with what is disputed replaced by what is free, and with what a base is short of taken from the rich. */
	target(plan: Uint8Array, nowMs: number): Uint8Array {
		const {shared, partners, view, use, id} = this.#table;
		if (!this.#avoidMs.some(untilMs => untilMs > nowMs)) return plan;
		const target = plan.map((isIn, slot) => (isIn === 1 && (this.#avoidMs[slot] as number) <= nowMs ? 1 : 0));
		let short = sum(plan) - sum(target);
		const isTaken = (slot: number): boolean => {
			for (const node of partners.keys()) if (view.get(node)?.use[slot] !== SlotUse.free) return true;
			return false;
		};
		const take = (mayTake: (slot: number) => boolean): void => {
			for (const isNear of [true, false])
				for (let slot = 0; slot < shared && short > 0; slot++) {
					if (target[slot] === 1 || (this.#avoidMs[slot] as number) > nowMs || !mayTake(slot)) continue;
					if (isNear && target[slot - 1] !== 1 && target[slot + 1] !== 1) continue;
					target[slot] = 1;
					short--;
				}
		};
		take(slot => use[slot] !== SlotUse.free || !isTaken(slot));
		short = Math.min(short, this.#base(id) - sum(target));
		if (short <= 0) return target;
		take(slot => {
			for (const node of partners.keys()) {
				const known = view.get(node);
				if (known?.use[slot] === SlotUse.free) continue;
				if (known === undefined || known.count <= this.#base(node)) return false;
			}
			return true;
		});
		return target;
	}

	/** S6, from the side of who has more: own slots that a partner claims and we give up. */
	yielded({id, use: its, ownCount}: SlotKnown, nowMs: number): number[] {
		const {shared, use} = this.#table;
		const contested: number[] = [];
		let mine = 0;
		for (let slot = 0; slot < shared; slot++) {
			if (use[slot] !== SlotUse.free) mine++;
			if (use[slot] === SlotUse.own && its[slot] === SlotUse.claimed) contested.push(slot);
		}
		if (contested.length === 0) return contested;
		const given = contested.slice(
			0,
			Math.max(0, Math.min(this.#base(id) - ownCount, mine - this.#base(this.#table.id))),
		);
		for (const slot of given) this.#avoidMs[slot] = nowMs + AVOID_MS;
		return given;
	}

	/**
	 * Claims that somebody else has too: who has less, and then the lower number, keeps it. Who owns less than
	 * its base gives nothing up to who wants more than its own, unless both want too much. Answers what we give up.
	 */
	settle(nowMs: number, random: () => number): {readonly lost: readonly number[]; readonly unfair: NodeId | undefined} {
		const {id, shared, partners, view, use, weight} = this.#table;
		const lost: number[] = [];
		let mine = 0;
		let owned = 0;
		for (const each of use) {
			if (each !== SlotUse.free) mine++;
			if (each === SlotUse.own) owned++;
		}
		for (let slot = 0; slot < shared; slot++) {
			if (use[slot] !== SlotUse.claimed) continue;
			let rival: SlotKnown | undefined;
			for (const [node, {granted}] of partners) {
				const known = view.get(node);
				if (granted[slot] === 1 || known === undefined || known.use[slot] === SlotUse.free) continue;
				rival = known;
				if (node === this.#rivals[slot]?.id) break;
			}
			if (rival === undefined) {
				this.end(slot);
				continue;
			}
			if (this.#sinceMs[slot] === 0) this.#sinceMs[slot] = nowMs;
			if (this.#rivals[slot]?.id !== rival.id) this.#rivals[slot] = {id: rival.id, sinceMs: nowMs};
			const forMs = nowMs - (this.#sinceMs[slot] as number);
			if (forMs < PATIENT_MS) continue;
			const less = rival.count / rival.weight - mine / weight;
			const isPoor = owned < this.#base(id) && (mine <= this.#base(id) || less > 0);
			if (isPoor && rival.count > this.#base(rival.id)) {
				if (nowMs - (this.#rivals[slot]?.sinceMs ?? nowMs) >= UNFAIR_MS) return {lost, unfair: rival.id};
				continue;
			}
			const isOurs = rival.use[slot] === SlotUse.claimed && (less > 0 || (less === 0 && id < rival.id));
			if (isOurs && forMs < 2 * PATIENT_MS) continue;
			this.end(slot);
			this.#avoidMs[slot] = nowMs + AVOID_MS * (1 + random());
			lost.push(slot);
		}
		return {lost, unfair: undefined};
	}

	/** What a node may have whatever others claim. */
	base(node: NodeId): number {
		return this.#base(node);
	}

	#base(node: NodeId): number {
		return this.#table.view.base(this.#table.ownGraph(), node, this.#table.shared);
	}
}

function sum(set: Uint8Array): number {
	let all = 0;
	for (const each of set) all += each;
	return all;
}
