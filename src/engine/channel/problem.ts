// SPDX-License-Identifier: Apache-2.0

/** Radios of a box that can take the same channels: 2.4, 5 and 6 GHz, and those that may not move. */
export const CLASSES = 5;
export const PINNED_CLASS = 3;
/** Of the channel that is none: for links whose ends have none in common yet. */
export const NOWHERE_CLASS = 4;
export const NO_CLASS = 255;

/**
 * Which channel each link gets, as arrays: what the search works on.
 *
 * Shape:  links e, nodes v and channels c are numbered from 0. A node can be on as many channels of a class as it has
 *         radios there.
 * Units:  costs in 1/4096 of air time squared: weights and shares are sixteenths.
 */
export interface ChannelProblem {
	readonly nodes: number;
	readonly channels: number;
	readonly links: number;
	/** Link e joins `ends[2e]` and `ends[2e + 1]`. */
	readonly ends: Int32Array;
	readonly linksAt: readonly (readonly number[])[];
	/** The links that each link disturbs when they share a channel. */
	readonly conflicts: readonly Int32Array[];
	/** Sixteenths of the air time each link needs. */
	readonly weights: Int32Array;
	/** Of channel c: the channels it overlaps, itself among them, as pairs (channel, sixteenths). */
	readonly overlaps: readonly Int32Array[];
	/** What foreign signals cost link e on channel c: `foreign[e * channels + c]`; FORBIDDEN where it may not be. */
	readonly foreign: Int32Array;
	/** `classOf[v * channels + c]`; NO_CLASS where no radio of v can be. */
	readonly classOf: Uint8Array;
	/** Radios of v in class k: `capacity[v * CLASSES + k]`. */
	readonly capacity: Uint8Array;
	/** What two channels at one node cost each other: `coSite[c * channels + d]`. */
	readonly coSite: Int32Array;
	/** Links that may change; all others stay. */
	readonly free: Uint8Array;
}

export const FORBIDDEN = 1 << 28;

/** Units: those of the problem. Every pair counts once. */
export function costOf(problem: ChannelProblem, assignment: Int32Array): number {
	const {links, channels, conflicts, weights, overlaps, foreign, ends, coSite, nodes} = problem;
	const around = new Int32Array(channels);
	const used = new Uint8Array(nodes * channels);
	let cost = 0;
	for (let e = 0; e < links; e++) {
		const own = assignment[e] as number;
		around.fill(0);
		for (const f of conflicts[e] as Int32Array) {
			if (f > e) continue;
			const list = overlaps[assignment[f] as number] as Int32Array;
			for (let i = 0; i < list.length; i += 2)
				around[list[i] as number] =
					(around[list[i] as number] as number) + (weights[f] as number) * (list[i + 1] as number);
		}
		cost += (weights[e] as number) * (around[own] as number) + (foreign[e * channels + own] as number);
		used[(ends[2 * e] as number) * channels + own] = 1;
		used[(ends[2 * e + 1] as number) * channels + own] = 1;
	}
	for (let v = 0; v < nodes; v++)
		for (let c = 1; c < channels; c++) {
			if (used[v * channels + c] === 0) continue;
			for (let d = 0; d < c; d++) if (used[v * channels + d] === 1) cost += coSite[c * channels + d] as number;
		}
	return cost;
}

/** Whether every node has a radio for every channel its links are on, and no link is where it may not be. */
export function isFeasible(problem: ChannelProblem, assignment: Int32Array): boolean {
	const {links, channels, nodes, ends, classOf, capacity, foreign} = problem;
	const used = new Uint8Array(nodes * channels);
	const counts = new Uint8Array(nodes * CLASSES);
	for (let e = 0; e < links; e++) {
		const own = assignment[e] as number;
		if (!(own >= 0 && own < channels) || (foreign[e * channels + own] as number) >= FORBIDDEN) return false;
		for (let end = 0; end < 2; end++) {
			const node = ends[2 * e + end] as number;
			const at = node * channels + own;
			if (used[at] === 1) continue;
			used[at] = 1;
			const kind = classOf[at] as number;
			if (kind === NO_CLASS) return false;
			const place = node * CLASSES + kind;
			counts[place] = (counts[place] as number) + 1;
			if ((counts[place] as number) > (capacity[place] as number)) return false;
		}
	}
	return true;
}

/** The overlap of every two channels, in sixteenths. */
export function sharesOf({channels, overlaps}: ChannelProblem): Int32Array {
	const shares = new Int32Array(channels * channels);
	overlaps.forEach((list, channel) => {
		for (let i = 0; i < list.length; i += 2) shares[channel * channels + (list[i] as number)] = list[i + 1] as number;
	});
	return shares;
}
