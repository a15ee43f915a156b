// SPDX-License-Identifier: Apache-2.0

import {runChannels} from '../../astral/channels.ts';
import type {SolveMilp} from '../../command/command.ts';
import {EXACT_LINK_LIMIT, exactAssignment} from './exact.ts';
import {greedyAssignment} from './greedy.ts';
import {type Assignment, type ChannelInstance, potentialOf, radiosOf} from './instance.ts';
import {automaticSelection, randomChannels, sameChannels, singleChannel} from './one-shot.ts';
import {searchAssignment} from './search.ts';

export interface ChannelAnswer {
	readonly assignment: Assignment;
	/** Steps one after another until it was found; 0 where everybody decides at once. */
	readonly rounds: number;
	/** Proven to be the best there is. */
	readonly optimal?: boolean;
	/** Where radios really moved. */
	readonly retunes?: number;
}

export interface ChannelMethod {
	readonly name: string;
	readonly about: string;
	/** Whether another seed gives the same answer: once is enough. */
	readonly seedless?: true;
	/** Absent: undefined when the method does not apply: an instance too large for it, a solver that is not there. */
	run(instance: ChannelInstance, random: () => number, solve?: SolveMilp): Promise<ChannelAnswer | undefined>;
}

const at = (rounds: number, assignment: Assignment): ChannelAnswer => ({assignment, rounds});

/** Found in a second or two for twenty links, in ten or so for a hundred. */
const LONG_SEARCH = {moves: 200_000, coolings: 3} as const;
/** Longer than a proof takes where there are few channels; with many it may not come at all. */
const EXACT_LIMIT_S = 30;

/** Messages that get lost among our routers. */
const LOSS = 0.05;

/** Every method that `lab channels` compares; ours runs the routers' own engine. */
export const channelMethods: readonly ChannelMethod[] = [
	{
		name: 'single',
		seedless: true,
		about: 'everything on one channel',
		run: async instance => at(0, singleChannel(instance)),
	},
	{
		name: 'same',
		about: 'the same channels on every node, a link on any of them',
		run: async (instance, random) => at(0, sameChannels(instance, random)),
	},
	{
		name: 'random',
		about: 'every node draws its channels by itself',
		run: async (instance, random) => at(0, randomChannels(instance, random)),
	},
	{
		name: 'acs',
		about: 'every router takes its least busy channels by itself, as hostapd does',
		run: async (instance, random) => at(1, automaticSelection(instance, random)),
	},
	{
		name: 'greedy',
		about: 'the change that helps most, again and again (Subramanian et al.)',
		run: async (instance, random) => {
			const {assignment, changes} = greedyAssignment(instance, random);
			return at(changes, assignment);
		},
	},
	{
		name: 'best',
		about: 'the best that simulated annealing finds with the whole mesh in view',
		run: async (instance, random) => {
			const start = greedyAssignment(instance, random).assignment;
			const found = searchAssignment(instance, singleChannel(instance), LONG_SEARCH, random);
			const better = potentialOf(instance, found) <= potentialOf(instance, start) ? found : start;
			return at(LONG_SEARCH.moves * LONG_SEARCH.coolings, better);
		},
	},
	{
		name: 'exact',
		seedless: true,
		about: `the proven optimum, by HiGHS, up to ${EXACT_LINK_LIMIT} links`,
		async run(instance, random, solve) {
			if (solve === undefined || instance.links > EXACT_LINK_LIMIT) return undefined;
			const start = searchAssignment(instance, singleChannel(instance), {moves: 50_000, coolings: 2}, random);
			const answer = await exactAssignment(instance, potentialOf(instance, start), solve, EXACT_LIMIT_S);
			if (answer === undefined) return undefined;
			return {...at(1, answer.assignment), optimal: answer.optimal};
		},
	},
	{
		name: 'ours',
		about: 'Astral Mesh: an engine on every router, messages among neighbours of which 5 % are lost, nobody in charge',
		run: async (instance, random) => runChannels(instance, Math.floor(random() * 2 ** 31), LOSS),
	},
];

export interface ChannelRow {
	readonly method: string;
	/** Of the pairs of links in conflict, the share left on one channel. */
	readonly conflictFraction: number;
	/** The same as a count: the potential. */
	readonly phi: number;
	readonly rounds: number;
	/** Radios moved from where all nodes use the first channels, a node. */
	readonly retunesPerNode: number;
	readonly seconds: number;
	/** Links whose ends share no channel any more. */
	readonly lostLinks: number;
	readonly optimal?: boolean;
}

export function channelRow(
	instance: ChannelInstance,
	method: string,
	answer: ChannelAnswer,
	seconds: number,
): ChannelRow {
	const phi = potentialOf(instance, answer.assignment);
	let moved = 0;
	for (const set of radiosOf(instance, answer.assignment))
		for (const channel of set) if (channel >= instance.radios) moved++;
	return {
		method,
		conflictFraction: instance.pairs === 0 ? 0 : phi / instance.pairs,
		phi,
		rounds: answer.rounds,
		retunesPerNode: (answer.retunes ?? moved) / instance.graph.nodes,
		seconds,
		lostLinks: answer.assignment.reduce((sum, channel) => sum + (channel < 0 ? 1 : 0), 0),
		...(answer.optimal === undefined ? {} : {optimal: answer.optimal}),
	};
}
