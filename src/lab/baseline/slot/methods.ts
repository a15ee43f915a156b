// SPDX-License-Identifier: Apache-2.0
import {agreedSlots, agreedSlotsNeeded} from './agreed.ts';
import {type Colouring, coloursOf, dsatur, greedyColouring} from './colouring.ts';
import {largestClique, type SlotAssignment, type SlotInstance} from './instance.ts';

export interface SlotAnswer {
	readonly owned: SlotAssignment;
	/** Rounds of messages among neighbours until it stood; 0 where somebody saw the whole mesh. */
	readonly rounds: number;
}

export interface SlotMethod {
	readonly name: string;
	readonly about: string;
	/** Absent: undefined for an instance beyond its limits. */
	run(instance: SlotInstance, random: () => number): SlotAnswer | undefined;
	/** Slots of the shortest frame in which everyone gets one. */
	needed(instance: SlotInstance, random: () => number): number | undefined;
}

const SEEDS = 2 ** 30;

/** Every method that `lab slots` compares. */
export const slotMethods: readonly SlotMethod[] = [
	{
		name: 'one-each',
		about: 'every node in turn, one slot a node in the whole mesh',
		run: instance =>
			fromColours(
				instance,
				Int32Array.from({length: instance.nodes}, (_, node) => node),
			),
		needed: ({nodes}) => nodes,
	},
	{
		name: 'greedy',
		about: 'in a drawn order each node takes the first free colour; colours share the frame',
		run: (instance, random) => fromColours(instance, greedyColouring(instance, random)),
		needed: (instance, random) => coloursOf(greedyColouring(instance, random)),
	},
	{
		name: 'dsatur',
		about: 'DSATUR colours with the whole mesh in view; colours share the frame',
		run: instance => fromColours(instance, dsatur(instance)),
		needed: instance => coloursOf(dsatur(instance)),
	},
	{
		name: 'dsatur-filled',
		about: 'DSATUR, then slots left over go to whoever has fewest, as long as any is free',
		run: instance => filled(instance, fromColours(instance, dsatur(instance)).owned),
		needed: instance => coloursOf(dsatur(instance)),
	},
	{
		name: 'ours',
		about: 'what routers agree on by messages alone; their two open slots come on top',
		run: (instance, random) => agreedSlots(instance, Math.floor(random() * SEEDS)),
		needed: (instance, random) => agreedSlotsNeeded(instance, Math.floor(random() * SEEDS)),
	},
];

/** A frame shared among the colours: each gets floor(slots / colours) slots; what is left stays free. */
function fromColours({slots}: SlotInstance, colouring: Colouring): SlotAnswer {
	const each = Math.floor(slots / Math.max(1, coloursOf(colouring)));
	const owned = Array.from(colouring, colour => Array.from({length: each}, (_, i) => colour * each + i));
	return {owned: owned.map(own => own.filter(slot => slot < slots)), rounds: 0};
}

/** Progressive filling: the node with fewest slots takes one that no node in conflict owns, until nobody can. */
function filled({nodes, slots, conflicts}: SlotInstance, start: SlotAssignment): SlotAnswer {
	const owned = start.map(own => [...own]);
	const blocked = Array.from({length: nodes}, () => new Int32Array(slots));
	const claim = (node: number, slot: number): void => {
		for (const other of [node, ...(conflicts[node] ?? [])]) {
			const row = blocked[other] as Int32Array;
			row[slot] = (row[slot] as number) + 1;
		}
	};
	owned.forEach((own, node) => {
		for (const slot of own) claim(node, slot);
	});
	const active = new Set(owned.keys());
	while (active.size > 0) {
		let poorest = -1;
		for (const node of active)
			if (poorest < 0 || (owned[node]?.length ?? 0) < (owned[poorest]?.length ?? 0)) poorest = node;
		const slot = (blocked[poorest] as Int32Array).indexOf(0);
		if (slot < 0) {
			active.delete(poorest);
			continue;
		}
		owned[poorest]?.push(slot);
		claim(poorest, slot);
	}
	return {owned, rounds: 0};
}

export interface SlotRow {
	readonly method: string;
	/** Slots of the node that has fewest. */
	readonly minimumShare: number;
	/** No schedule gives every node more: slots over the size of a clique. */
	readonly bound: number;
	/** Different slots in use. */
	readonly slotsUsed: number;
	/** Slots of the shortest frame in which everyone gets one. Absent: nobody has any by right, or it is not known. */
	readonly slotsNeeded?: number | undefined;
	readonly rounds: number;
	/** Jain's index of the nodes' slots: 1 when all have the same. */
	readonly jain: number;
}

export function slotRow(
	instance: SlotInstance,
	method: string,
	{owned, rounds}: SlotAnswer,
	slotsNeeded?: number | undefined,
): SlotRow {
	const counts = owned.map(own => own.length);
	return {
		method,
		minimumShare: Math.min(...counts),
		bound: Math.floor(instance.slots / Math.max(1, largestClique(instance))),
		slotsUsed: new Set(owned.flat()).size,
		...(slotsNeeded === undefined ? {} : {slotsNeeded}),
		rounds,
		jain: jainOf(counts),
	};
}

/** (Σx)² / (n Σx²). Source: R. Jain et al., DEC-TR-301, 1984. Absent: 0 when nobody has anything. */
export function jainOf(shares: readonly number[]): number {
	const sum = shares.reduce((total, share) => total + share, 0);
	const squares = shares.reduce((total, share) => total + share * share, 0);
	return squares === 0 ? 0 : (sum * sum) / (shares.length * squares);
}
