// SPDX-License-Identifier: Apache-2.0
import type {SlotInstance} from './instance.ts';

/** A number from 0 for every node, none equal among nodes in conflict. */
export type Colouring = Int32Array<ArrayBuffer>;

/** Nodes in a drawn order, each takes the first free colour: what independent stations get. */
export function greedyColouring(instance: SlotInstance, random: () => number): Colouring {
	const order = Array.from({length: instance.nodes}, (_, node) => ({node, key: random()})).sort(
		(a, b) => a.key - b.key,
	);
	const colours = new Int32Array(instance.nodes).fill(-1);
	for (const {node} of order) colours[node] = firstFree(instance, colours, node);
	return colours;
}

/**
 * DSATUR: always the node that sees most different colours, of these the one with most conflicts.
 *
 * Source: D. Brélaz, "New methods to color the vertices of a graph", CACM 22(4), 1979.
 */
export function dsatur(instance: SlotInstance): Colouring {
	const {nodes, conflicts} = instance;
	const colours = new Int32Array(nodes).fill(-1);
	const seen = conflicts.map(() => new Set<number>());
	for (let done = 0; done < nodes; done++) {
		let chosen = -1;
		for (let node = 0; node < nodes; node++) {
			if (colours[node] !== -1) continue;
			if (chosen === -1 || isBefore(node, chosen)) chosen = node;
		}
		const colour = firstFree(instance, colours, chosen);
		colours[chosen] = colour;
		for (const other of conflicts[chosen] ?? []) seen[other]?.add(colour);
	}
	return colours;

	function isBefore(node: number, other: number): boolean {
		const more = (seen[node]?.size ?? 0) - (seen[other]?.size ?? 0);
		return more > 0 || (more === 0 && (conflicts[node]?.length ?? 0) > (conflicts[other]?.length ?? 0));
	}
}

function firstFree({conflicts}: SlotInstance, colours: Colouring, node: number): number {
	const taken = new Set<number>();
	for (const other of conflicts[node] ?? []) taken.add(colours[other] as number);
	let colour = 0;
	while (taken.has(colour)) colour++;
	return colour;
}

export function coloursOf(colouring: Colouring): number {
	return colouring.reduce((most, colour) => Math.max(most, colour + 1), 0);
}
