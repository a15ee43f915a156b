// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {contentionRow} from '../../../src/lab/baseline/slot/contention.ts';
import {isConflictFree, largestClique, slotInstance} from '../../../src/lab/baseline/slot/instance.ts';
import {jainOf, slotMethods, slotRow} from '../../../src/lab/baseline/slot/methods.ts';
import {generate} from '../../../src/lab/topology/generate.ts';
import {openTopology} from '../../../src/lab/topology/open.ts';
import type {Topology} from '../../../src/lab/topology/topology.ts';
import {memoryIo} from '../memory-io.ts';

const shape = (words: string): Topology => generate(words, 1) as Topology;

test('slots: who is within two hops conflicts', t => {
	const {conflicts} = slotInstance(shape('chain:5'), 8);
	t.deepEqual(
		conflicts.map(list => [...list]),
		[
			[1, 2],
			[0, 2, 3],
			[0, 1, 3, 4],
			[1, 2, 4],
			[2, 3],
		],
	);
});

test('slots: no schedule has a slot owned twice among nodes in conflict', t => {
	for (const topology of [
		...['chain:9', 'star:7', 'grid:5x5', 'king:4x4', 'random:40'].map(shape),
		openTopology('freifunk-aachen', 1, memoryIo()),
	])
		for (const slots of [32, 64]) {
			const instance = slotInstance(topology, slots);
			for (const method of slotMethods) {
				const owned = method.run(instance, seededRandom(2))?.owned ?? [];
				t.true(isConflictFree(instance, owned), `${method.name} on ${topology.name}`);
				const row = slotRow(instance, method.name, {owned, rounds: 0});
				t.true(row.minimumShare <= row.bound, `${method.name} on ${topology.name}`);
			}
		}
});

test('slots: a schedule that is wrong is seen to be wrong', t => {
	const instance = slotInstance(shape('chain:3'), 4);
	t.true(isConflictFree(instance, [[0], [1], [2]]));
	t.false(isConflictFree(instance, [[0], [1], [0]]), 'ends of a chain of three are hidden from each other');
	t.false(isConflictFree(instance, [[0], [1], [4]]), 'there is no slot 4 of 4');
	t.false(isConflictFree(instance, [[0, 0], [1], [2]]));
});

test('slots: in a star everybody is in one clique', t => {
	const instance = slotInstance(shape('star:7'), 32);
	t.is(largestClique(instance), 8);
	const dsatur = slotMethods.find(({name}) => name === 'dsatur-filled');
	const row = slotRow(instance, '', dsatur?.run(instance, seededRandom(1)) ?? {owned: [], rounds: 0});
	t.deepEqual([row.minimumShare, row.bound, row.slotsUsed, row.jain], [4, 4, 32, 1]);
});

test('slots: a long chain repeats its slots every third node', t => {
	const instance = slotInstance(shape('chain:12'), 30);
	const dsatur = slotMethods.find(({name}) => name === 'dsatur');
	t.is(slotRow(instance, '', dsatur?.run(instance, seededRandom(1)) ?? {owned: [], rounds: 0}).minimumShare, 10);
});

test('slots: what is left over goes to who has fewest', t => {
	const instance = slotInstance(openTopology('freifunk-altdorf', 1, memoryIo()), 64);
	const total = (name: string): number => {
		const method = slotMethods.find(each => each.name === name);
		return (method?.run(instance, seededRandom(1))?.owned ?? []).flat().length;
	};
	t.true(total('dsatur-filled') > total('dsatur'));
});

test("Jain's index is 1 for the same, 1/n for one who has all, 0 for nothing", t => {
	t.is(jainOf([3, 3, 3]), 1);
	t.is(jainOf([1, 0, 0, 0]), 0.25);
	t.is(jainOf([0, 0]), 0);
	t.is(jainOf([]), 0);
});

test('contention: hidden ends starve under CSMA, and RTS helps the one that gets least', t => {
	const plain = contentionRow(shape('star:4'), 32, 6, false, 1);
	const asked = contentionRow(shape('star:4'), 32, 6, true, 1);
	t.true(asked.minimumShare > plain.minimumShare, `${asked.minimumShare} and ${plain.minimumShare}`);
	t.true(plain.minimumShare < 6);
});

test('contention: a pair alone gets all there is', t => {
	const alone = contentionRow(shape('chain:2'), 32, 16, false, 1);
	t.true(alone.minimumShare > 13 && alone.minimumShare < 19, `${alone.minimumShare}`);
});
