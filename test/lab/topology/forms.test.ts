// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {parseTopology} from '../../../src/lab/topology/import.ts';
import {openTopology} from '../../../src/lab/topology/open.ts';
import {memoryIo} from '../memory-io.ts';

const meshviewer = {
	timestamp: '2026-01-01T00:00:00+0100',
	nodes: [
		{node_id: 'aa', hostname: 'tower', is_gateway: true, location: {latitude: 50, longitude: 6}},
		{node_id: 'bb', hostname: 'school', is_gateway: false, location: {latitude: 50.001, longitude: 6}},
		{node_id: 'cc', hostname: 'barn', is_gateway: false, location: {latitude: 0, longitude: 0}},
	],
	links: [
		{type: 'wifi', source: 'aa', target: 'bb', source_tq: 0.9, target_tq: 0.7},
		{type: 'wifi', source: 'bb', target: 'aa', source_tq: 0.7, target_tq: 0.9},
		{type: 'wifi', source: 'bb', target: 'cc', source_tq: 0.5, target_tq: 0.5},
		{type: 'vpn', source: 'aa', target: 'cc', source_tq: 1, target_tq: 1},
	],
};

const netjson = {
	type: 'NetworkGraph',
	protocol: 'olsr',
	version: '0.6',
	metric: 'ETX',
	label: 'valley',
	nodes: [
		{id: '10.0.0.1', label: 'a', properties: {location: {lat: 41, lng: 2}}},
		{id: '10.0.0.2', properties: {latitude: 41, longitude: 2.001}},
	],
	links: [{source: '10.0.0.1', target: '10.0.0.2', cost: 1.25}],
};

test('import: meshviewer.json gives Wi-Fi links once, by their worse direction, and places in metres', t => {
	const {topology, form} = parseTopology(JSON.stringify(meshviewer), 'map.json');
	t.is(form, 'meshviewer');
	t.deepEqual(topology.links, [
		{a: 0, b: 1, quality: 0.7},
		{a: 1, b: 2, quality: 0.5},
	]);
	const [tower, school, barn] = topology.nodes;
	t.deepEqual([tower?.name, tower?.gateway, school?.gateway], ['tower', true, undefined]);
	t.true(Math.abs(Math.hypot((tower?.xM ?? 0) - (school?.xM ?? 0), (tower?.yM ?? 0) - (school?.yM ?? 0)) - 111.3) < 1);
	t.is(barn?.xM, undefined, '0, 0 is nowhere');
});

test('import: graph.json gives links by place, qualities from their cost, and no tunnels', t => {
	const graph = {
		batadv: {
			directed: false,
			nodes: [{id: 'x', node_id: 'aa'}, {id: 'y'}, {id: 'z'}],
			links: [
				{source: 0, target: 1, tq: 1.25, vpn: false},
				{source: 1, target: 2, tq: 2, vpn: true},
			],
		},
		version: 1,
	};
	const {topology} = parseTopology(JSON.stringify(graph), 'graph.json');
	t.is(topology.nodes.length, 3);
	t.deepEqual(topology.links, [{a: 0, b: 1, quality: 0.8}]);
});

test('import: NetJSON gives ETX where the metric is ETX, and places where OpenWISP or others put them', t => {
	const {topology} = parseTopology(JSON.stringify(netjson), 'net.json');
	t.is(topology.name, 'valley');
	t.deepEqual(topology.links, [{a: 0, b: 1, etx: 1.25}]);
	t.true(topology.nodes.every(({xM}) => xM !== undefined));
	const other = parseTopology(JSON.stringify({...netjson, metric: 'airtime'}), 'net.json').topology;
	t.deepEqual(other.links, [{a: 0, b: 1}]);
});

test('import: the nodes and links of a graph library, with any ids and under both names', t => {
	const nodes = [{id: 'roof'}, {id: 7}, {id: 'mill'}];
	const pairs = [
		{source: 'roof', target: 7, weight: 3},
		{source: 7, target: 'roof'},
		{source: 'mill', target: 7},
	];
	for (const value of [
		{directed: false, nodes, links: pairs},
		{nodes, edges: pairs},
	]) {
		const {topology, form} = parseTopology(JSON.stringify(value), 'graph.json');
		t.is(form, 'node-link');
		t.is(topology.nodes.length, 3);
		t.deepEqual(
			topology.links.map(({a, b}) => [a, b].sort()),
			[
				[0, 1],
				[1, 2],
			],
		);
	}
});

test("import: a collector's recording gives links whose quality is the share of attempts that arrived", t => {
	const recording = {
		from: 0,
		to: 60_000,
		stepMs: 10_000,
		addresses: {b: ['02:00:00:00:00:02']},
		series: [
			{node: 'a', name: 'station.transmitPackets', labels: {peer: '02:00:00:00:00:02'}, mean: [100, null, 190]},
			{node: 'a', name: 'station.transmitRetries', labels: {peer: '02:00:00:00:00:02'}, mean: [5, 10, 2]},
			{node: 'a', name: 'station.transmitFailed', labels: {peer: '02:00:00:00:00:02'}, mean: [0, 3, 3]},
			{node: 'b', name: 'survey.busyMs', labels: {frequency: '5180'}, mean: [1]},
		],
	};
	const {topology} = parseTopology(JSON.stringify(recording), 'week.json');
	t.deepEqual(
		topology.nodes.map(({name}) => name),
		['a', 'b'],
	);
	// 90 sent; retries grew by 5, then the counter began again at 2; 3 failed.
	t.deepEqual(topology.links, [{a: 0, b: 1, quality: 0.9}]);
});

test("import: the lab's own form comes out as it went in", t => {
	const own = openTopology('freifunk-altdorf', 1, memoryIo());
	t.deepEqual(parseTopology(JSON.stringify(own), 'again.json').topology, own);
});

test('import: a weight below 1 is no ETX, and its link is read', t => {
	const text = JSON.stringify({nodes: [{id: 0}, {id: 1}], links: [{a: 0, b: 1, etx: 0.5}]});
	t.deepEqual(parseTopology(text, 'f.json').topology.links, [{a: 0, b: 1}]);
});

const broken: readonly (readonly [what: string, value: unknown, complaint: RegExp])[] = [
	['a list', [], /f\.json: the file: expected/],
	['no known form', {hello: 1}, /f\.json: the file: expected/],
	['a node without an id', {nodes: [{}], links: []}, /f\.json: nodes\[0\]\.id: expected/],
	['two nodes of one id', {nodes: [{id: 0}, {id: 0}], links: []}, /nodes\[1\]\.id: expected/],
	['a link to nowhere', {nodes: [{id: 0}], links: [{a: 0, b: 7}]}, /links\[0\]\.b: expected/],
	[
		'a quality of 2',
		{nodes: [{id: 0}, {id: 1}], links: [{a: 0, b: 1, quality: 2}]},
		/links\[0\]\.quality: expected .*1/,
	],
	['links that are no list', {nodes: [{id: 0}], links: {}}, /links: expected/],
	['an ETX below 0', {nodes: [{id: 0}, {id: 1}], links: [{a: 0, b: 1, etx: -1}]}, /links\[0\]\.etx: expected/],
	[
		'a meshviewer link to nobody',
		{...meshviewer, links: [{type: 'wifi', source: 'aa', target: 'zz'}]},
		/links\[0\]\.target: expected a node's node_id/,
	],
	[
		'a latitude of 91',
		{...meshviewer, nodes: [{node_id: 'aa', location: {latitude: 91, longitude: 0}}]},
		/nodes\[0\]\.location\.latitude: expected/,
	],
	['a NetJSON id that is a number', {...netjson, nodes: [{id: 1}]}, /nodes\[0\]\.id: expected a text/],
	[
		'a NetJSON link to nobody',
		{...netjson, links: [{source: '10.0.0.1', target: 'x', cost: 1}]},
		/links\[0\]\.target: expected a node's id/,
	],
	[
		'a link of a graph library to nobody',
		{nodes: [{id: 1}], edges: [{source: 1, target: 2}]},
		/target: expected a node's id/,
	],
	[
		'a node of a graph library without an id',
		{nodes: [{}], links: [{source: 1, target: 2}]},
		/nodes\[0\]\.id: expected a text or/,
	],
	['a series without a node', {stepMs: 1, series: [{}]}, /series\[0\]: expected/],
];
for (const [what, value, complaint] of broken)
	test(`import: ${what} is refused with file, path and what was expected`, t => {
		t.throws(() => parseTopology(JSON.stringify(value), 'f.json'), {name: 'TopologyError', message: complaint});
	});

test('import: what is no JSON is refused with file and place', t => {
	t.throws(() => parseTopology('{"nodes": [', 'f.json'), {name: 'TopologyError', message: /f\.json/});
});

test('topology: an unknown name says which there are', t => {
	t.throws(() => openTopology('atlantis', 1, memoryIo()), {message: /freifunk-altdorf.*grid:CxR/});
});
