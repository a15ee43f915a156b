// SPDX-License-Identifier: Apache-2.0
import {type Assignment, add, type ChannelInstance, endsOf} from './instance.ts';

/**
 * Subramanian's greedy algorithm for minimum interference channel assignment (the centralised form of DGA): all links
 * start on one channel; the link and channel whose change lowers the interference most are changed, until none does.
 *
 * Source: A. P. Subramanian et al., IEEE TMC 7(12), 2008, section 4.2: a change must leave every node with no more
 *         channels than radios. Ties are drawn.
 */
export function greedyAssignment(
	instance: ChannelInstance,
	random: () => number,
): {
	readonly assignment: Assignment;
	readonly changes: number;
} {
	const {graph, links, channels, radios, conflicts} = instance;
	const assignment: Assignment = new Int32Array(links);
	// How many of a node's links are on each channel, and how many of a link's conflicts are.
	const used = new Int32Array(graph.nodes * channels);
	const around = new Int32Array(links * channels);
	for (let e = 0; e < links; e++) {
		for (const node of endsOf(graph, e)) add(used, node * channels, 1);
		around[e * channels] = (conflicts[e] as Int32Array).length;
	}
	const count = (node: number): number => {
		let distinct = 0;
		for (let channel = 0; channel < channels; channel++)
			if ((used[node * channels + channel] as number) > 0) distinct++;
		return distinct;
	};
	const allows = (node: number, from: number, to: number): boolean =>
		(used[node * channels + to] as number) > 0 ||
		count(node) - (used[node * channels + from] === 1 ? 1 : 0) + 1 <= radios;
	for (let changes = 0; ; changes++) {
		let best = 0;
		let chosen: readonly [number, number] | undefined;
		let ties = 0;
		for (let e = 0; e < links; e++) {
			const from = assignment[e] as number;
			const [a, b] = endsOf(graph, e);
			for (let to = 0; to < channels; to++) {
				const gain = (around[e * channels + from] as number) - (around[e * channels + to] as number);
				if (to === from || gain <= 0 || gain < best || !allows(a, from, to) || !allows(b, from, to)) continue;
				ties = gain > best ? 1 : ties + 1;
				if (gain > best || random() * ties < 1) chosen = [e, to];
				best = gain;
			}
		}
		if (chosen === undefined) return {assignment, changes};
		const [e, to] = chosen;
		const from = assignment[e] as number;
		assignment[e] = to;
		for (const node of endsOf(graph, e)) {
			add(used, node * channels + from, -1);
			add(used, node * channels + to, 1);
		}
		for (const f of conflicts[e] as Int32Array) {
			add(around, f * channels + from, -1);
			add(around, f * channels + to, 1);
		}
	}
}
