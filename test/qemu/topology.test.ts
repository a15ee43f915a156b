// SPDX-License-Identifier: Apache-2.0
import {readdir} from 'node:fs/promises';
import test from 'ava';
import {mediumLines} from '../../qemu/topology/setup.ts';
import {checkTopology, expectedPeers, loadTopology, placeRadios, type Topology} from '../../qemu/topology/topology.ts';

const small: Topology = {
	name: 'small',
	routers: [
		{name: 'a', radios: [{mhz: 2412}, {mhz: 5180}]},
		{name: 'b', radios: [{mhz: 2412}]},
		{name: 'c', radios: [{mhz: 5180}]},
	],
	links: [
		{from: 'a', to: 'b', signalDbm: -60, lossShare: 0.25},
		{from: 'a', to: 'c', signalDbm: -70, oneWay: true},
	],
	channels: [
		{mhz: 2412, busyShare: 0.2, noiseDbm: -90},
		{mhz: 5180, busyShare: 0, noiseDbm: -97, router: 'a'},
	],
};

test('topology: every one in the folder is sound and has only radios that hear someone', async t => {
	const files = (await readdir(new URL('../../qemu/topology/', import.meta.url))).filter(name =>
		name.endsWith('.json'),
	);
	t.true(files.length >= 3);
	for (const file of files) {
		const topology = await loadTopology(file.replace('.json', ''));
		t.is(`${topology.name}.json`, file);
		for (const [radio, count] of expectedPeers(topology))
			t.true(count > 0, `${topology.name}: ${radio.router} ${radio.interfaceName}`);
	}
});

test('topology: a link to a router that does not exist is refused', t => {
	t.throws(() => checkTopology({...small, links: [{from: 'a', to: 'nowhere', signalDbm: -50}]}), {message: /nowhere/});
});

test('topology: radios are numbered router by router, and a one-way link makes no peer', t => {
	t.deepEqual(
		placeRadios(small).map(radio => `${radio.number} ${radio.router} ${radio.interfaceName}`),
		['0 a mesh0', '1 a mesh1', '2 b mesh0', '3 c mesh0'],
	);
	t.deepEqual([...expectedPeers(small).values()], [1, 0, 1, 0]);
});

test('topology: the medium is told every direction, and what no link names is not heard', t => {
	const lines = mediumLines(small);
	t.true(lines.includes('link 0 2 -60 250'));
	t.true(lines.includes('link 2 0 -60 250'));
	t.true(lines.includes('link 1 3 -70 0'));
	t.true(lines.includes('link 3 1 -128 0'));
	t.true(lines.includes('link 0 3 -128 0'));
	t.is(lines.filter(line => line.startsWith('link')).length, 12);
	t.true(lines.includes('channel -1 2412 200 -90'));
	t.deepEqual(
		lines.filter(line => line.includes(' 5180 ')),
		['channel 0 5180 0 -97', 'channel 1 5180 0 -97'],
	);
});
