// SPDX-License-Identifier: Apache-2.0
import {graphOf, type Topology} from '../../topology/topology.ts';

/**
 * Who may not own a slot at the same time.
 *
 * Shape:  the graph of hidden conflicts: nodes are vertices; two conflict when they are within two hops of each other,
 *         so that somebody may hear both. Every slot of a frame of `slots` belongs to any set of nodes without conflict.
 * Source: the usual two-hop rule of TDMA in ad-hoc networks, e.g. I. Rhee et al., "DRAND", MobiHoc 2006.
 */
export interface SlotInstance {
	readonly nodes: number;
	readonly slots: number;
	/** The nodes each node hears. */
	readonly neighbours: readonly (readonly number[])[];
	/** The nodes each node conflicts with. */
	readonly conflicts: readonly Int32Array<ArrayBuffer>[];
}

/** Which slots each node owns. */
export type SlotAssignment = readonly (readonly number[])[];

/** Absent `conflicts` in the file: the two-hop graph. */
export function slotInstance(topology: Topology, slots: number): SlotInstance {
	const {nodes, neighbours} = graphOf(topology);
	const conflicts = neighbours.map((near, node) => {
		const all = new Set<number>(near);
		for (const next of near) for (const far of neighbours[next] ?? []) all.add(far);
		all.delete(node);
		return Int32Array.from([...all].sort((a, b) => a - b));
	});
	return {nodes, slots, neighbours, conflicts};
}

/** Whether no slot is owned by two nodes in conflict, and each is in the frame and owned once a node. */
export function isConflictFree({conflicts, slots}: SlotInstance, owned: SlotAssignment): boolean {
	return owned.every(
		(own, node) =>
			own.every(slot => slot >= 0 && slot < slots) &&
			new Set(own).size === own.length &&
			[...(conflicts[node] ?? [])].every(other => !(owned[other] ?? []).some(slot => own.includes(slot))),
	);
}

/**
 * A clique of the conflict graph, as large as greedy search from every node finds. In a clique all slots are shared out,
 * so nobody's smallest share can be above slots / its size.
 */
export function largestClique({conflicts, nodes}: SlotInstance): number {
	const near = conflicts.map(list => new Set(list));
	let largest = nodes > 0 ? 1 : 0;
	for (let start = 0; start < nodes; start++) {
		let candidates = [...(conflicts[start] ?? [])];
		let size = 1;
		while (candidates.length > 0) {
			const within = new Set(candidates);
			let best = candidates[0] as number;
			let bestDegree = -1;
			for (const each of candidates) {
				let degree = 0;
				for (const other of near[each] ?? []) if (within.has(other)) degree++;
				if (degree > bestDegree) [best, bestDegree] = [each, degree];
			}
			size++;
			candidates = candidates.filter(each => near[best]?.has(each));
		}
		largest = Math.max(largest, size);
	}
	return largest;
}
