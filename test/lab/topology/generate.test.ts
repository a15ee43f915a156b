// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {generate} from '../../../src/lab/topology/generate.ts';
import {graphOf, hopsOf} from '../../../src/lab/topology/topology.ts';

const shapes: readonly (readonly [words: string, nodes: number, links: number])[] = [
	['chain:6', 6, 5],
	['ring:5', 5, 5],
	['star:4', 5, 4],
	['grid:5x4', 20, 31],
	['grid:3', 9, 12],
	['king:3x3', 9, 20],
	['chain:1', 1, 0],
];
for (const [words, nodes, links] of shapes)
	test(`generate: ${words} has ${nodes} nodes and ${links} links`, t => {
		const topology = generate(words, 1);
		t.is(topology?.nodes.length, nodes);
		t.is(topology?.links.length, links);
	});

test('generate: a random mesh is connected, and the same for the same seed', t => {
	for (const seed of [1, 2, 3]) {
		const topology = generate('random:60', seed);
		if (topology === undefined) return t.fail();
		t.false(hopsOf(graphOf(topology)).includes(-1));
		t.deepEqual(generate('random:60', seed), topology);
	}
	return t.notDeepEqual(generate('random:60', 1), generate('random:60', 2));
});

test('generate: hops in a chain are distances, and none lead to another part', t => {
	const chain = generate('chain:4', 1);
	if (chain === undefined) return t.fail();
	t.deepEqual([...hopsOf(graphOf(chain)).slice(0, 4)], [0, 1, 2, 3]);
	const apart = {...chain, links: chain.links.slice(1)};
	return t.deepEqual([...hopsOf(graphOf(apart)).slice(0, 4)], [0, -1, -1, -1]);
});

test('generate: other words are no shape', t => {
	for (const words of ['grid:', 'grid:0x3', 'chain:-1', 'chain:1.5', 'toString:3', 'grid:999x999', 'freifunk-aachen'])
		t.is(generate(words, 1), undefined, words);
});
