// SPDX-License-Identifier: Apache-2.0
import {quickestSearch} from '../../src/engine/channel/native-search.ts';
import {isFeasible} from '../../src/engine/channel/problem.ts';
import {search} from '../../src/engine/channel/search.ts';
import {randomProblem} from '../helper/channel-problem.ts';
import type {ConformanceCase} from './case.ts';

const PROBLEMS = 24;

export const searchCases: readonly ConformanceCase[] = [
	{
		name: 'search: the host finds the assignment that the script finds',
		run({equal, ok}) {
			let gained = 0;
			for (let seed = 1; seed <= PROBLEMS; seed++) {
				const problem = randomProblem(seed, 2 + (seed % 7));
				const start = new Int32Array(problem.links);
				const effort = {moves: 400, heat: 2 + (seed % 3)};
				const [host, script] = [quickestSearch, search].map(find => find(problem, start, effort, seed * 0x12345678));
				equal(host?.gain, script?.gain, `gain of problem ${seed}`);
				equal(host?.assignment.join(), script?.assignment.join(), `assignment of problem ${seed}`);
				if ((host?.gain ?? 0) > 0) gained++;
				if (isFeasible(problem, start))
					ok(host !== undefined && isFeasible(problem, host.assignment), `feasible: ${seed}`);
			}
			ok(gained > PROBLEMS / 2, `${gained} problems with a gain`);
		},
	},
	{
		name: 'search: a mesh without links, and one without a choice',
		run({equal}) {
			const problem = randomProblem(3);
			const none = {...problem, links: 0, ends: new Int32Array(0), conflicts: [], weights: new Int32Array(0)};
			const effort = {moves: 50, heat: 2};
			equal(quickestSearch(none, new Int32Array(0), effort, 1).gain, 0, 'gain without links');
			const fixed = {...problem, free: new Uint8Array(problem.links)};
			const start = new Int32Array(problem.links);
			equal(quickestSearch(fixed, start, effort, 1).assignment.join(), start.join(), 'what may not change');
		},
	},
];
