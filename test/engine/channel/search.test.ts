// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {costOf, FORBIDDEN, isFeasible} from '../../../src/engine/channel/problem.ts';
import {effortFor, search} from '../../../src/engine/channel/search.ts';
import {randomProblem} from '../../helper/channel-problem.ts';

test('search: the gain it counts is the difference of the costs, whatever overlaps and weighs', t => {
	let gained = 0;
	for (let seed = 1; seed <= 60; seed++) {
		const problem = randomProblem(seed);
		const start = new Int32Array(problem.links);
		problem.foreign.forEach((_, at) => {
			if (at % problem.channels === 0) problem.foreign[at] = 100;
		});
		const {assignment, gain} = search(problem, start, {moves: 1500, heat: 2}, seed);
		t.is(costOf(problem, start) - costOf(problem, assignment), gain, `seed ${seed}`);
		t.true(isFeasible(problem, assignment), `seed ${seed}`);
		for (let e = 0; e < problem.links; e++) if (problem.free[e] === 0) t.is(assignment[e], start[e]);
		if (gain > 0) gained++;
	}
	t.true(gained > 50);
});

test('search: the same seed gives the same assignment', t => {
	const problem = randomProblem(3);
	const run = (seed: number): number[] => [
		...search(problem, new Int32Array(problem.links), {moves: 800, heat: 2}, seed).assignment,
	];
	t.deepEqual(run(5), run(5));
	// What comes out is written down: another engine must give the same.
	t.deepEqual(run(5), run(5).slice());
});

test('search: a link on a channel that became forbidden leaves it', t => {
	const problem = randomProblem(8);
	const start = new Int32Array(problem.links);
	for (let e = 0; e < problem.links; e++) {
		problem.foreign[e * problem.channels] = FORBIDDEN;
		for (let c = 1; c < problem.channels; c++) problem.foreign[e * problem.channels + c] = 0;
	}
	problem.free.fill(1);
	problem.capacity.fill(4);
	const {assignment} = search(problem, start, {moves: 4000, heat: 2}, 1);
	t.false(assignment.includes(0));
	t.true(isFeasible(problem, assignment));
});

test('search: with nothing free, one channel, or no links nothing is gained', t => {
	const problem = randomProblem(4);
	const start = new Int32Array(problem.links);
	t.is(search({...problem, free: new Uint8Array(problem.links)}, start, {moves: 100, heat: 2}, 1).gain, 0);
	const lone = randomProblem(4, 1);
	t.is(search(lone, new Int32Array(lone.links), {moves: 100, heat: 2}, 1).gain, 0);
});

test('search: larger balls get as many moves as cost the same, and never fewer than small ones', t => {
	const movesFor = (links: number, conflicts: number): number =>
		effortFor(
			{
				...randomProblem(3),
				free: new Uint8Array(links).fill(1),
				conflicts: Array.from({length: links}, () => new Int32Array(conflicts)),
			},
			2,
		).moves;
	const small = movesFor(18, 5);
	t.is(movesFor(18, 50), small);
	t.true(movesFor(19, 22) > 2 * small);
	t.is(Math.round(movesFor(30, 22) / movesFor(60, 44)), 2, 'half as many where each costs twice as much');
	t.is(movesFor(100, 80), small);
	t.is(movesFor(0, 0), small);
});
