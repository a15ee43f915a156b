// SPDX-License-Identifier: Apache-2.0
import {type ChannelProblem, sharesOf} from './problem.ts';
import {type Search, search, THRESHOLDS} from './search.ts';

/** The search of src/runtime/quickjs/host/search.c: answers the gain, and leaves what it found in `best`, the start. */
type AnnealChannels = (
	/** Nodes, channels, links, moves, heat, seed. */
	sizes: Int32Array,
	ends: Int32Array,
	/** Where each link's conflicts start, and where the last one's end. */
	conflictStarts: Int32Array,
	conflicts: Int32Array,
	weights: Int32Array,
	shares: Int32Array,
	foreign: Int32Array,
	classOf: Uint8Array,
	capacity: Uint8Array,
	coSite: Int32Array,
	free: Uint8Array,
	thresholds: Int32Array,
	best: Int32Array,
) => number;

const {annealChannels} = globalThis as {readonly annealChannels?: AnnealChannels};

/** The host's where there is one, else the script's; both answer the same: the conformance suite compares them. */
export const quickestSearch: Search = annealChannels === undefined ? search : searchBy(annealChannels);

function searchBy(anneal: AnnealChannels): Search {
	return (problem, start, {moves, heat}, seed) => {
		const {nodes, channels, links, ends, weights, foreign, classOf, capacity, coSite, free} = problem;
		const assignment = Int32Array.from(start);
		if (links === 0) return {assignment, gain: 0};
		const {starts, all} = conflictsOf(problem);
		const gain = anneal(
			Int32Array.of(nodes, channels, links, moves, heat, seed),
			ends,
			starts,
			all,
			weights,
			sharesOf(problem),
			foreign,
			classOf,
			capacity,
			coSite,
			free,
			THRESHOLDS,
			assignment,
		);
		return {assignment, gain};
	};
}

function conflictsOf({links, conflicts}: ChannelProblem): {readonly starts: Int32Array; readonly all: Int32Array} {
	const starts = new Int32Array(links + 1);
	let count = 0;
	conflicts.forEach((list, e) => {
		count += list.length;
		starts[e + 1] = count;
	});
	const all = new Int32Array(count);
	conflicts.forEach((list, e) => {
		all.set(list, starts[e]);
	});
	return {starts, all};
}
