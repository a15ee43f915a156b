// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import {lotOf} from '../context.ts';

// Who should own which slots. Everyone who knows the same conflicts computes the same answer, so nobody needs to lead; where
// views differ, `slots.ts` keeps what is used safe and settles what is disputed.

/** Nodes in the order of their numbers, and conflicts by place in that order. At most 64 slots: two words of bits a node. */
export interface SlotProblem {
	readonly ids: readonly NodeId[];
	readonly conflicts: readonly (readonly number[])[];
	/** How many slots each can use. */
	readonly demand: readonly number[];
	readonly weight: readonly number[];
	readonly slots: number;
}

/** By node: slots 0 to 31, and 32 to 63. */
export interface SlotPlan {
	readonly low: Int32Array;
	readonly high: Int32Array;
	/** What everyone has at least, for each of its weight, unless it needs less. */
	readonly level: number;
}

/** Slots that are shared out, at most. */
export const LONGEST_FRAME = 64;
/** Orders that are tried for a level before a lower one is. */
const ATTEMPTS = 6;

/**
 * The plan that gives the poorest most: the highest level at which all get their slots by one of some orders, then what is
 * left to the poorest first, as long as anything is free; to those that need it before others.
 *
 * Shape:  at a level, who has least room left chooses first (D. Brélaz's DSATUR for sets of slots). A node's slots are next
 *         to each other where there is room, as every run of slots costs a guard.
 * Source: progressive filling to a max-min fair share: D. Bertsekas, R. Gallager, "Data Networks", 6.5.2.
 */
export function planSlots(problem: SlotProblem): SlotPlan {
	const count = problem.ids.length;
	const low = new Int32Array(count);
	const high = new Int32Array(count);
	let level = highestLevel(problem);
	search: for (; level > 0; level--)
		for (let attempt = 0; attempt < ATTEMPTS; attempt++) if (fitted(problem, level, attempt, low, high)) break search;
	if (level === 0) {
		low.fill(0);
		high.fill(0);
	}
	fill(problem, low, high, level);
	return {low, high, level};
}

/** No clique that greedy search finds can have more. What fits as a whole has no part that does not. */
function highestLevel(problem: SlotProblem): number {
	const {ids, conflicts, slots} = problem;
	let level = slots;
	const marks = new Int32Array(ids.length);
	const order = ids
		.map((_, node) => node)
		.sort((a, b) => (conflicts[b] as readonly number[]).length - (conflicts[a] as readonly number[]).length);
	for (const start of order) {
		let candidates = conflicts[start] as readonly number[];
		const clique = [start];
		let sum = needed(problem, level, start);
		while (candidates.length > 0 && !fits(problem, level, candidates, sum)) {
			for (let i = 0; i < candidates.length; i++) marks[candidates[i] as number] = 1;
			let best = -1;
			let most = -1;
			for (let i = 0; i < candidates.length; i++) {
				const near = conflicts[candidates[i] as number] as readonly number[];
				let within = 0;
				for (let j = 0; j < near.length; j++) within += marks[near[j] as number] as number;
				if (within > most) {
					most = within;
					best = candidates[i] as number;
				}
			}
			for (let i = 0; i < candidates.length; i++) marks[candidates[i] as number] = 0;
			clique.push(best);
			sum += needed(problem, level, best);
			const near = conflicts[best] as readonly number[];
			candidates = candidates.filter(each => near.includes(each));
		}
		while (level > 0 && !fits(problem, level, [...clique, ...candidates], 0)) level--;
	}
	return level;
}

function needed({demand, weight}: SlotProblem, level: number, node: number): number {
	return Math.min(demand[node] as number, level * (weight[node] as number));
}

/** Whether nodes of which no two can share a slot have room beside `sum` others. */
function fits(problem: SlotProblem, level: number, nodes: readonly number[], sum: number): boolean {
	for (let i = 0; i < nodes.length; i++) sum += needed(problem, level, nodes[i] as number);
	return sum <= problem.slots;
}

function fitted(problem: SlotProblem, level: number, attempt: number, low: Int32Array, high: Int32Array): boolean {
	const {ids, conflicts, slots} = problem;
	const count = ids.length;
	const blockedLow = new Int32Array(count);
	const blockedHigh = new Int32Array(count);
	const room = new Int32Array(count);
	const isDone = new Uint8Array(count);
	const rank = new Int32Array(count);
	for (let node = 0; node < count; node++) {
		const degree = (conflicts[node] as readonly number[]).length;
		room[node] = slots - needed(problem, level, node);
		rank[node] = attempt === 0 ? degree : attempt === 1 ? -degree : lotOf(ids[node] as number, attempt);
	}
	for (let step = 0; step < count; step++) {
		let node = -1;
		for (let each = 0; each < count; each++) {
			if (isDone[each] === 1) continue;
			if (node >= 0) {
				const more = (room[node] as number) - (room[each] as number);
				if (more < 0 || (more === 0 && (rank[each] as number) <= (rank[node] as number))) continue;
			}
			node = each;
		}
		isDone[node] = 1;
		const need =
			slots - (room[node] as number) - popcount(blockedLow[node] as number) - popcount(blockedHigh[node] as number);
		if (!choose(need, slots, blockedLow[node] as number, blockedHigh[node] as number, node, low, high)) return false;
		const [ownLow, ownHigh] = [low[node] as number, high[node] as number];
		for (const other of conflicts[node] as readonly number[]) {
			if (isDone[other] === 1) continue;
			const newLow = ownLow & ~(blockedLow[other] as number);
			const newHigh = ownHigh & ~(blockedHigh[other] as number);
			blockedLow[other] = (blockedLow[other] as number) | newLow;
			blockedHigh[other] = (blockedHigh[other] as number) | newHigh;
			room[other] = (room[other] as number) - popcount(newLow) - popcount(newHigh);
			if ((room[other] as number) < 0) return false;
		}
	}
	return true;
}

/** The first run of free slots that is long enough; where there is none, the first free ones. */
function choose(
	need: number,
	slots: number,
	blockedLow: number,
	blockedHigh: number,
	node: number,
	low: Int32Array,
	high: Int32Array,
): boolean {
	let from = -1;
	let run = 0;
	let free = 0;
	for (let slot = 0; slot < slots && from < 0; slot++) {
		if (isIn(blockedLow, blockedHigh, slot)) run = 0;
		else {
			free++;
			run++;
			if (run >= need) from = slot - run + 1;
		}
	}
	if (from < 0 && free < need) return false;
	let [ownLow, ownHigh] = [0, 0];
	let left = need;
	for (let slot = Math.max(0, from); left > 0; slot++) {
		if (isIn(blockedLow, blockedHigh, slot)) continue;
		if (slot < 32) ownLow |= 1 << slot;
		else ownHigh |= 1 << (slot - 32);
		left--;
	}
	low[node] = ownLow;
	high[node] = ownHigh;
	return true;
}

/** Gives away what is free, a slot at a time to whoever has least; first to those that need it, then to all. */
function fill(
	{ids, conflicts, demand, weight, slots}: SlotProblem,
	low: Int32Array,
	high: Int32Array,
	level: number,
): void {
	const count = ids.length;
	const blockedLow = new Int32Array(count);
	const blockedHigh = new Int32Array(count);
	const owned = new Int32Array(count);
	for (let node = 0; node < count; node++) {
		owned[node] = popcount(low[node] as number) + popcount(high[node] as number);
		for (const other of conflicts[node] as readonly number[]) {
			blockedLow[other] = (blockedLow[other] as number) | (low[node] as number);
			blockedHigh[other] = (blockedHigh[other] as number) | (high[node] as number);
		}
	}
	const order = ids
		.map((_, node) => node)
		.sort((a, b) => lotOf(ids[a] as number, 0) - lotOf(ids[b] as number, 0) || a - b);
	for (const isNeeded of [true, false]) {
		let active = order;
		for (let height = isNeeded ? level : 0; active.length > 0 && height <= slots; height++) {
			const still: number[] = [];
			for (const node of active) {
				const most = Math.min((height + 1) * (weight[node] as number), isNeeded ? (demand[node] as number) : slots);
				let isBlocked = false;
				while ((owned[node] as number) < most && !isBlocked) {
					const taken = (blockedLow[node] as number) | (low[node] as number) | 0;
					const takenHigh = (blockedHigh[node] as number) | (high[node] as number) | 0;
					const slot = nextSlot(slots, taken, takenHigh, low[node] as number, high[node] as number);
					isBlocked = slot < 0;
					if (isBlocked) break;
					owned[node] = (owned[node] as number) + 1;
					const [addLow, addHigh] = [slot < 32 ? 1 << slot : 0, slot < 32 ? 0 : 1 << (slot - 32)];
					low[node] = (low[node] as number) | addLow;
					high[node] = (high[node] as number) | addHigh;
					for (const other of conflicts[node] as readonly number[]) {
						blockedLow[other] = (blockedLow[other] as number) | addLow;
						blockedHigh[other] = (blockedHigh[other] as number) | addHigh;
					}
				}
				if (!isBlocked && (owned[node] as number) < (isNeeded ? (demand[node] as number) : slots)) still.push(node);
			}
			active = still;
		}
	}
}

/** A free slot next to an own one; else the first free one; -1 where there is none. */
function nextSlot(slots: number, takenLow: number, takenHigh: number, low: number, high: number): number {
	let first = -1;
	for (let slot = 0; slot < slots; slot++) {
		if (isIn(takenLow, takenHigh, slot)) continue;
		if (first < 0) first = slot;
		if ((slot > 0 && isIn(low, high, slot - 1)) || (slot + 1 < slots && isIn(low, high, slot + 1))) return slot;
	}
	return first;
}

function isIn(low: number, high: number, slot: number): boolean {
	return (((slot < 32 ? low : high) >>> (slot & 31)) & 1) === 1;
}

function popcount(word: number): number {
	let bits = word - ((word >>> 1) & 0x55555555);
	bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
	return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
