// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {DecodeError} from '../../../src/core/errors.ts';
import {decodeBabelDump, isBabelAnswerWhole} from '../../../src/wire/routing/babel.ts';
import {bmxRateKbps, decodeBmxLinks, decodeBmxOriginator} from '../../../src/wire/routing/bmx.ts';
import {decodeOlsr, decodeOlsr2} from '../../../src/wire/routing/olsr.ts';

const folder = join(import.meta.dirname, '../../fixture/routing');
const fixture = (path: string): string => readFileSync(join(folder, path), 'utf8');
const codeOf = (task: () => unknown): string => {
	try {
		task();
	} catch (error) {
		return error instanceof DecodeError ? `${error.code} ${error.path}` : String(error);
	}
	return 'nothing';
};

test('babel: a dump tells neighbours with their cost', t => {
	const {links} = decodeBabelDump(fixture('babeld/dump.txt'));
	t.deepEqual(links.map(link => [link.interface, link.cost]).sort(), [
		['w10', 256],
		['w12', 256],
	]);
});

test('babel: a dump tells the installed routes, and none that leads nowhere', t => {
	const {routes} = decodeBabelDump(fixture('babeld/dump.txt'));
	t.like(
		routes.find(({destination}) => destination === '10.99.0.2/32'),
		{interface: 'w12', cost: 256},
	);
	t.true(routes.every(({cost}) => cost !== undefined && cost < 65_535));
	const lines = fixture('babeld/dump.txt').split('\n');
	const expected = lines.filter(line => line.includes('installed yes') && !line.includes('metric 65535'));
	t.is(routes.length, expected.length);
});

test('babel: the way out is the next hop of the default route', t => {
	const route =
		'add route 1 prefix 0.0.0.0/0 from 0.0.0.0/0 installed yes id 1 metric 512 refmetric 256 via fe80::2 if w';
	t.deepEqual(decodeBabelDump(`BABEL 1.0\nok\n${route}\nok\n`).gateways, [
		{gateway: 'fe80::2', selected: true, cost: 512},
	]);
});

test('babel: an answer is whole at its second ok', t => {
	const text = fixture('babeld/dump.txt');
	t.true(isBabelAnswerWhole(text));
	t.false(isBabelAnswerWhole(text.slice(0, 60)));
	t.false(isBabelAnswerWhole(text.slice(0, -4)));
});

test('babel: what is cut, foreign or absurd is refused with its place', t => {
	t.is(
		codeOf(() => decodeBabelDump('HTTP/1.0 400')),
		'version babel',
	);
	t.is(
		codeOf(() => decodeBabelDump('BABEL 1.0\nok\nadd neighbour 1 address fe80::1 if')),
		'missing babel.neighbour.if',
	);
	t.is(
		codeOf(() => decodeBabelDump('BABEL 1.0\nok\nadd neighbour 1 address a if b cost -3')),
		'range babel.neighbour.cost',
	);
	t.is(
		codeOf(() => decodeBabelDump('BABEL 1.0\nok\nbad\n')),
		'syntax babel',
	);
});

test('olsrd: links and routes come with their ETX, the way out with its hops', t => {
	const links = JSON.parse(fixture('olsrd/links.json')) as object;
	const routes = JSON.parse(fixture('olsrd/routes.json')) as object;
	const table = decodeOlsr(JSON.stringify({...links, ...routes}));
	t.deepEqual(table.links, [{interface: 'w01', peer: '10.0.1.2', etx: 1}]);
	t.like(
		table.routes.find(({destination}) => destination === '10.1.2.2/32'),
		{nextHop: '10.0.1.2', etx: 2, hops: 2},
	);
	t.deepEqual(table.gateways, [{gateway: '10.0.1.2', selected: true, etx: 2, hops: 2}]);
});

test('olsrd: costs of older releases are in 1/1024, and a broken link has none', t => {
	const link = (linkCost: number) => ({localIP: 'a', remoteIP: 'b', olsrInterface: 'wlan0', linkCost});
	const {links} = decodeOlsr(JSON.stringify({links: [link(1536), link(4_194_304), link(0)]}));
	t.deepEqual(
		links.map(({etx}) => etx),
		[1.5, undefined, undefined],
	);
});

test('olsrd2: the directional air time metric becomes a throughput', t => {
	const table = decodeOlsr2(fixture('olsrd2/links.json'), fixture('olsrd2/routes.json'));
	t.true(table.links.length > 0);
	t.is(Math.trunc((table.links[0]?.throughputKbps ?? 0) * 1000), 209); // it prints "209bit/s"
	t.true(table.routes.every(({nextHop, hops}) => nextHop !== '' && hops !== undefined));
	const [fast] = decodeOlsr2(
		JSON.stringify({
			link: [{if: 'w', link_bindto: 'fe80::1', link_status: 'symmetric', domain_metric_out_raw: 2_105_088}],
		}),
		'{}',
	).links;
	t.true(Math.abs((fast?.throughputKbps ?? 0) - 1.02) < 0.001); // and this one "1.02kbit/s"
});

test('bmx6: links tell the share that arrives, originators their metric as throughput', t => {
	const links = decodeBmxLinks('bmx6', fixture('bmx6/links'));
	t.like(links[0], {interface: 'w01', quality: 1});
	const routes = readdirSync(join(folder, 'bmx6/originators')).map(name =>
		decodeBmxOriginator('bmx6', fixture(`bmx6/originators/${name}`)),
	);
	t.deepEqual(
		routes.map(route => route?.throughputKbps),
		[undefined, 999_000, 709_000], // ourselves, one hop, two hops
	);
	t.true(routes.every(route => route === undefined || route.nextHop === links[0]?.peer));
});

test('bmx7: links tell a throughput where it is known', t => {
	const links = decodeBmxLinks('bmx7', fixture('bmx7/links'));
	t.is(links.length, 2);
	t.true(links.some(({throughputKbps}) => throughputKbps !== undefined && throughputKbps > 1000));
	for (const name of readdirSync(join(folder, 'bmx7/originators')))
		t.is(decodeBmxOriginator('bmx7', fixture(`bmx7/originators/${name}`)), undefined); // metric -1: no way yet
});

test('bmx: rates have the letters of thousands', t => {
	t.is(bmxRateKbps('11764K'), 11_764);
	t.is(bmxRateKbps('101M'), 101_000);
	t.is(bmxRateKbps('128G'), 128_000_000);
	t.is(bmxRateKbps('5000'), 5);
	for (const none of ['-1', '', 'M', 'x', 7, undefined]) t.is(bmxRateKbps(none), undefined);
});

test('JSON of a daemon: half of it, another kind of it or too much of it is refused', t => {
	t.is(
		codeOf(() => decodeOlsr('{"links": [')),
		'syntax olsr',
	);
	t.is(
		codeOf(() => decodeOlsr('[]')),
		'type olsr',
	);
	t.is(
		codeOf(() => decodeOlsr('{"links": [3]}')),
		'type olsr.links',
	);
	t.is(
		codeOf(() => decodeOlsr('{"links": [{"ifName": "w"}]}')),
		'missing olsr.links.remoteIP',
	);
	t.is(
		codeOf(() => decodeOlsr(`{"links": [${'{},'.repeat(2000)}{}]}`)),
		'limit olsr.links',
	);
	t.is(
		codeOf(() => decodeBmxLinks('bmx7', '{"links": {}}')),
		'type bmx7.links',
	);
});
