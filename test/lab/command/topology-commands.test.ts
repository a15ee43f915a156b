// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {anonymise, importFile} from '../../../src/lab/command/topology.ts';
import {failureOf, memoryIo} from '../memory-io.ts';

const mesh = JSON.stringify({
	type: 'NetworkGraph',
	label: 'valley',
	nodes: [{id: 'a', label: 'inn', properties: {lat: 41, lng: 2}}, {id: 'b'}],
	links: [{source: 'a', target: 'b', cost: 1}],
});

test('import: says what it found, and writes it where it is told', async t => {
	const io = memoryIo({'net.json': mesh});
	t.is(await importFile.run(['net.json', '-o', 'out.json'], io), 0);
	t.regex(io.printed.join(' '), /netjson: 2 nodes \(1 with a place\), 1 links/);
	t.is((JSON.parse(io.files.get('out.json') ?? '{}') as {name: string}).name, 'valley');
});

test('import: a broken file writes nothing', async t => {
	const io = memoryIo({'net.json': mesh.replace('"target":"b"', '"target":"z"')});
	t.is(
		await failureOf(importFile, ['net.json', '-o', 'out.json'], io),
		"TopologyError: net.json: links[0].target: expected a node's id",
	);
	t.is(io.writes, 0);
	t.is(await failureOf(importFile, ['no.json'], io), '1: no.json: there is no such file');
	t.is(await failureOf(importFile, [], io), '2: one FILE is wanted');
});

test('anonymise: writes the mesh without names, and says who could still be told', async t => {
	const io = memoryIo({'net.json': mesh});
	t.is(await anonymise.run(['net.json', '-o', 'out.json', '--grid', '500', '--key', '3'], io), 0);
	t.false((io.files.get('out.json') ?? 'inn').includes('inn'));
	t.regex(io.printed.join(' '), /2 nodes, 1 with a place; every place is shared by at least 1.*alone in their cell/);
	t.regex(await failureOf(anonymise, ['net.json'], io), /^2: -o OUT\.json is missing/);
	t.regex(await failureOf(anonymise, ['net.json', '-o', 'x', '--grid', '0'], io), /^2: --grid takes a whole number/);
});
