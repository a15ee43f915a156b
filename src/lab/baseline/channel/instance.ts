// SPDX-License-Identifier: Apache-2.0
import {type Graph, graphOf, hopsOf, type Topology} from '../../topology/topology.ts';

/**
 * Which channel each link gets, so that links which disturb each other share as few as possible.
 *
 * Shape:  links are vertices; two conflict when an end of one is less than two hops from an end of the other; all
 *         conflicts weigh the same. A node has `radios` radios, so its links use at most so many channels.
 * Source: A. P. Subramanian, H. Gupta, S. R. Das, J. Cao, "Minimum Interference Channel Assignment in Multiradio
 *         Wireless Mesh Networks", IEEE TMC 7(12), 2008: the protocol interference model with two hops.
 */
export interface ChannelInstance {
	readonly graph: Graph;
	readonly links: number;
	readonly channels: number;
	readonly radios: number;
	/** The links that each link conflicts with. */
	readonly conflicts: readonly Int32Array[];
	/** Pairs in conflict. */
	readonly pairs: number;
}

/** A channel for every link, 0 to channels - 1; -1 for a link that its ends share no channel for. */
export type Assignment = Int32Array<ArrayBuffer>;

export function channelInstance(topology: Topology, channels: number, radios: number): ChannelInstance {
	const graph = graphOf(topology);
	const links = topology.links.length;
	const hops = hopsOf(graph);
	const near = (a: number, b: number): boolean => {
		const distance = hops[a * graph.nodes + b] as number;
		return distance === 0 || distance === 1;
	};
	const lists: number[][] = Array.from({length: links}, () => []);
	let pairs = 0;
	for (let e = 0; e < links; e++) {
		const [a, b] = endsOf(graph, e);
		for (let f = e + 1; f < links; f++) {
			const [c, d] = endsOf(graph, f);
			if (!(near(a, c) || near(a, d) || near(b, c) || near(b, d))) continue;
			lists[e]?.push(f);
			lists[f]?.push(e);
			pairs++;
		}
	}
	return {graph, links, channels, radios, conflicts: lists.map(list => Int32Array.from(list)), pairs};
}

export function endsOf({ends}: Graph, link: number): readonly [number, number] {
	return [ends[2 * link] as number, ends[2 * link + 1] as number];
}

/** Conflicting pairs left on one channel. */
export function potentialOf({conflicts, links}: ChannelInstance, assignment: Assignment): number {
	let twice = 0;
	for (let e = 0; e < links; e++) {
		const own = assignment[e];
		if (own === -1) continue;
		for (const f of conflicts[e] as Int32Array) if (assignment[f] === own) twice++;
	}
	return twice / 2;
}

/** The channels that each node's radios are on. */
export function radiosOf({graph, links}: ChannelInstance, assignment: Assignment): readonly ReadonlySet<number>[] {
	const sets = Array.from({length: graph.nodes}, () => new Set<number>());
	for (let e = 0; e < links; e++) {
		const channel = assignment[e] as number;
		if (channel === -1) continue;
		for (const node of endsOf(graph, e)) sets[node]?.add(channel);
	}
	return sets;
}

/** Whether every link has a channel and no node needs more radios than it has. */
export function isFeasible(instance: ChannelInstance, assignment: Assignment): boolean {
	return (
		assignment.every(channel => channel >= 0 && channel < instance.channels) &&
		radiosOf(instance, assignment).every(set => set.size <= instance.radios)
	);
}

export function add(counts: Int32Array, at: number, change: number): void {
	counts[at] = (counts[at] as number) + change;
}
