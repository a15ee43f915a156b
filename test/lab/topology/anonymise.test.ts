// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {anonymise} from '../../../src/lab/topology/anonymise.ts';
import {graphOf, type Topology} from '../../../src/lab/topology/topology.ts';

const village: Topology = {
	name: 'Hinterwald',
	source: 'a map',
	note: 'ask Maria',
	nodes: [
		{id: 10, name: 'maria-roof', xM: 1003.2, yM: 77.7, gateway: true},
		{id: 20, name: '02:00:00:00:00:01', xM: 1090, yM: 12},
		{id: 30, name: 'inn', xM: 1450.5, yM: 240},
		{id: 40},
	],
	links: [
		{a: 10, b: 20, quality: 0.87654},
		{a: 20, b: 30, etx: 1.23456},
		{a: 30, b: 40},
	],
};

test('anonymise: no name, address, note, id or exact place remains', t => {
	const {topology} = anonymise(village, {gridM: 100, random: seededRandom(7)});
	const text = JSON.stringify(topology);
	for (const word of ['Hinterwald', 'maria', 'Maria', '02:00', 'inn', 'a map', '1003', '1450', '77', '87654'])
		t.false(text.includes(word), word);
	t.deepEqual(
		topology.nodes.map(({id}) => id),
		[0, 1, 2, 3],
	);
	for (const {xM, yM} of topology.nodes) if (xM !== undefined) t.deepEqual([xM % 100, (yM ?? 1) % 100], [0, 0]);
	t.is(Math.min(...topology.nodes.flatMap(({xM}) => (xM === undefined ? [] : [xM]))), 0);
});

test('anonymise: the mesh stays the same mesh', t => {
	const {topology} = anonymise(village, {gridM: 100, random: seededRandom(7)});
	const degrees = (of: Topology): number[] =>
		graphOf(of)
			.neighbours.map(near => near.length)
			.sort();
	t.deepEqual(degrees(topology), degrees(village));
	t.deepEqual(topology.links.map(({quality, etx}) => quality ?? etx ?? 0).sort(), [0, 0.88, 1.23]);
	t.is(topology.nodes.filter(({gateway}) => gateway === true).length, 1);
});

test('anonymise: with another key the nodes are in another order', t => {
	const orders = new Set(
		[1, 2, 3, 4, 5, 6].map(key =>
			JSON.stringify(anonymise(village, {gridM: 100, random: seededRandom(key)}).topology.links),
		),
	);
	t.true(orders.size > 2);
});

test('anonymise: the report counts who shares a cell and who is alone', t => {
	const fine = anonymise(village, {gridM: 100, random: seededRandom(7)}).report;
	t.deepEqual([fine.nodes, fine.placed, fine.k, fine.alone], [4, 3, 1, 1]);
	t.deepEqual([...fine.cellsWith].sort(), [
		[1, 1],
		[2, 1],
	]);
	const wide = anonymise(village, {gridM: 10_000, random: seededRandom(7)}).report;
	t.deepEqual([wide.k, wide.alone], [3, 0]);
	const nowhere = anonymise({name: '', nodes: [{id: 1}], links: []}, {gridM: 100, random: seededRandom(7)}).report;
	t.deepEqual([nowhere.placed, nowhere.k], [0, 0]);
});
