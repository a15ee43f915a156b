// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {shareBound} from '../../../src/lab/baseline/slot/bound.ts';
import {idealDivision, maximalSets} from '../../../src/lab/baseline/slot/ideal.ts';
import {slotInstance} from '../../../src/lab/baseline/slot/instance.ts';
import {gatesOfStretches, senderInstance, stretchesOfSlots} from '../../../src/lab/baseline/slot/senders.ts';
import {generate} from '../../../src/lab/topology/generate.ts';
import type {Topology} from '../../../src/lab/topology/topology.ts';
import {solveMilp} from '../../../src/main/milp.ts';

const limits = {rounds: 100, limitS: 20};
const shape = (words: string) => slotInstance(generate(words, 1) as Topology, 64);

// A ring's two-hop graph lets ⌊n/3⌋ of n send at once, and all nodes of it are alike: 64·⌊n/3⌋/n.
for (const [words, share] of [
	['ring:5', 64 / 5],
	['ring:7', 128 / 7],
	['ring:11', (64 * 3) / 11],
	['star:7', 8],
	['chain:12', 64 / 3],
	['king:5x5', 64 / 9],
] as const)
	test(`share bound: of ${words} it is ${share.toFixed(2)} of 64 slots`, async t => {
		const {atMost, atLeast} = await shareBound(shape(words), solveMilp, limits);
		t.true(Math.abs(atMost - share) < 0.02 * share, `${atMost}`);
		t.true(atLeast <= atMost + 1e-6 && atLeast > 0.99 * atMost, `${atLeast} of ${atMost}`);
	});

test('share bound: with its rounds over it is still above what is possible', async t => {
	const {atMost, atLeast} = await shareBound(shape('random:30'), solveMilp, {rounds: 1, limitS: 20});
	const whole = await shareBound(shape('random:30'), solveMilp, limits);
	t.true(atMost >= whole.atLeast - 1e-6);
	t.true(atLeast <= whole.atMost + 1e-6);
});

test('maximal sets: of a ring of five there are as many as pairs that are apart', t => {
	const conflicts = [0, 1, 2, 3, 4].map(node => Int32Array.from([(node + 1) % 5, (node + 4) % 5]));
	t.deepEqual(
		maximalSets(conflicts)
			.map(set => set.sort().join())
			.sort(),
		['0,2', '0,3', '1,3', '1,4', '2,4'],
	);
});

test('ideal division: whoever has least has most, then all together have most, and nobody is disturbed', async t => {
	// 0 - 1 - 2 - 3 in conflict: a quarter is not needed by anybody, halves are possible, and the ends fill up.
	const conflicts = [[1], [0, 2], [1, 3], [2]].map(list => Int32Array.from(list));
	const stretches = await idealDivision({nodes: 4, slots: 32, neighbours: [], conflicts}, 1000, solveMilp);
	const length = (node: number): number =>
		(stretches?.[node] ?? []).reduce((sum, {fromUs, toUs}) => sum + toUs - fromUs, 0);
	for (const node of [0, 1, 2, 3]) t.true(Math.abs(length(node) - 500) < 0.1, `${length(node)}`);
	for (const one of stretches?.[1] ?? [])
		for (const other of stretches?.[2] ?? []) t.true(one.toUs <= other.fromUs + 0.1 || other.toUs <= one.fromUs + 0.1);
});

test('ideal division: beyond twenty nodes it says nothing', async t => {
	t.is(await idealDivision(shape('chain:21'), 1000, solveMilp), undefined);
});

test('senders: receivers that hear each other set their senders apart, where acknowledgements count', t => {
	const neighbours = [[1], [0, 2], [1, 3], [2]];
	const flows = [
		{from: 0, to: 1},
		{from: 3, to: 2},
	];
	const lists = [true, false].map(answers =>
		senderInstance(neighbours, flows, 32, answers).instance.conflicts.map(list => [...list]),
	);
	t.deepEqual(lists, [
		[[1], [0]],
		[[], []],
	]);
	t.deepEqual(senderInstance(neighbours, flows, 32, true).senders, [0, 3]);
});

test('senders: slots that follow each other are one opening with one guard, and who sends nothing has no gate', t => {
	const gates = gatesOfStretches(3, [0, 2], stretchesOfSlots([[0, 1, 3], [2]], 5000), 20_000, 2000);
	t.deepEqual(gates, [
		{
			periodUs: 20_000,
			openings: [
				{fromUs: 0, toUs: 8000},
				{fromUs: 15_000, toUs: 18_000},
			],
		},
		undefined,
		{periodUs: 20_000, openings: [{fromUs: 10_000, toUs: 13_000}]},
	]);
});
