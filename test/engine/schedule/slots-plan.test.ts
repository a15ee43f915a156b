// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {planSlots, type SlotProblem} from '../../../src/engine/schedule/slots-plan.ts';
import {isConflictFree, largestClique, slotInstance} from '../../../src/lab/baseline/slot/instance.ts';
import {openTopology} from '../../../src/lab/topology/open.ts';
import {memoryIo} from '../../lab/memory-io.ts';

function problemOf(words: string, slots: number, more: Partial<SlotProblem> = {}) {
	const instance = slotInstance(openTopology(words, 1, memoryIo()), slots);
	const ids = instance.conflicts.map((_, node) => node + 1);
	const problem: SlotProblem = {
		ids,
		conflicts: instance.conflicts.map(list => [...list]),
		demand: ids.map(() => slots),
		weight: ids.map(() => 1),
		slots,
		...more,
	};
	return {instance, problem};
}

function ownedBy(problem: SlotProblem): number[][] {
	const {low, high} = planSlots(problem);
	return problem.ids.map((_, node) =>
		Array.from({length: problem.slots}, (_unused, slot) => slot).filter(
			slot => ((((slot < 32 ? low : high)[node] as number) >>> (slot & 31)) & 1) === 1,
		),
	);
}

for (const words of [
	'freifunk-altdorf',
	'freifunk-aachen',
	'freifunk-bremen',
	'ninux',
	'grid:10x10',
	'king:10x10',
	'random:60',
])
	test(`slot plan: on ${words} nobody has less than the clique bound allows`, t => {
		for (const slots of [32, 64]) {
			const {instance, problem} = problemOf(words, slots);
			const owned = ownedBy(problem);
			t.true(isConflictFree(instance, owned));
			t.is(Math.min(...owned.map(own => own.length)), Math.floor(slots / largestClique(instance)));
		}
	});

test('slot plan: who needs little leaves the rest to those that need more, and nothing stays unused', t => {
	const {problem} = problemOf('star:3', 32, {demand: [32, 2, 2, 32]});
	const owned = ownedBy(problem);
	t.is(owned.flat().length, 32, 'all four are in conflict with each other');
	t.deepEqual(
		owned.map(own => own.length),
		[14, 2, 2, 14],
	);
});

test('slot plan: a weight of two is twice as much', t => {
	const {problem} = problemOf('star:3', 30, {weight: [2, 1, 1, 1]});
	t.deepEqual(
		ownedBy(problem).map(own => own.length),
		[12, 6, 6, 6],
	);
});

test('slot plan: with more nodes in conflict than slots some have none, and none is owned twice', t => {
	const {instance, problem} = problemOf('star:9', 4);
	const owned = ownedBy(problem);
	t.true(isConflictFree(instance, owned));
	t.is(owned.flat().length, 4);
});

test('slot plan: the order in which conflicts are listed changes nothing', t => {
	const {problem} = problemOf('random:40', 32);
	const turned = {...problem, conflicts: problem.conflicts.map(list => [...list].reverse())};
	t.deepEqual(ownedBy(turned), ownedBy(problem));
});
