// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {Rows} from '../../../src/core/rows.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import type {Observation} from '../../../src/model/observation.ts';
import type {Stream, StreamHandlers} from '../../../src/port/port.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../../src/runtime/sim/files.ts';
import {SimNetwork} from '../../../src/runtime/sim/network.ts';
import {type SimRuntime, simRuntime} from '../../../src/runtime/sim/runtime.ts';
import {Addresses, tableOf, waysLayout} from '../../../src/source/routing/batman.ts';
import {Babel, Bmx, Olsr, Olsr2} from '../../../src/source/routing/daemons.ts';
import type {RoutingDriver} from '../../../src/source/routing/driver.ts';
import {Routing} from '../../../src/source/routing/routing.ts';
import {batmanNeighbour, gateway} from '../../../src/wire/batman/batman.ts';
import type {Fields, Table, Value} from '../../../src/wire/netlink/attributes.ts';
import {decodeGeneric} from '../../../src/wire/netlink/generic.ts';
import {RowReader} from '../../../src/wire/netlink/row-reader.ts';
import {captured, replay} from '../../helper/capture.ts';

const folder = join(import.meta.dirname, '../../fixture/routing');
const fixture = (path: string): string => readFileSync(join(folder, path), 'utf8');

interface Bench {
	readonly time: VirtualTime;
	readonly network: SimNetwork;
	readonly files: SimFiles;
	readonly runtime: SimRuntime;
	readonly seen: Observation[];
}

function bench(): Bench {
	const time = new VirtualTime();
	const random = seededRandom(7);
	const network = new SimNetwork(time, {latencyMs: 1, random});
	const files = new SimFiles();
	const runtime = simRuntime({
		host: '127.0.0.1',
		clock: time.clock(1_790_000_000_000),
		random,
		byteOrder: 'big',
		network,
		files,
	});
	return {time, network, files, runtime, seen: []};
}

/** A daemon that answers whatever starts with a question, and closes where `closes`. */
function serve(
	network: SimNetwork,
	place: string,
	answers: Record<string, string>,
	closes: boolean,
	greeting = '',
): void {
	network.listen(place, (stream: Stream): StreamHandlers => {
		if (greeting !== '') stream.write(encodeUtf8(greeting));
		return {
			open() {},
			data(bytes) {
				const question = new TextDecoder().decode(bytes);
				stream.write(encodeUtf8(answers[question] ?? 'bad\n'));
				if (closes) stream.close();
			},
			close() {},
		};
	});
}

function poll(
	{time, seen, runtime}: Bench,
	drivers: (observe: (each: Observation) => void) => RoutingDriver[],
): Routing {
	const observe = (each: Observation): void => void seen.push(each);
	const routing = new Routing(runtime, observe, 10_000, drivers(observe));
	routing.start();
	routing.poll(() => {});
	time.advance(20_000);
	return routing;
}

const kinds = (seen: readonly Observation[], kind: string) => seen.filter(each => each.kind === kind);

test('babeld: is asked on its socket and tells links, routes and itself', t => {
	const on = bench();
	on.files.set('/var/run/babeld.sock', new Uint8Array());
	const [greeting = '', ...rest] = fixture('babeld/dump.txt').split(/(?<=\nok\n)/);
	serve(on.network, 'unix:/var/run/babeld.sock', {'dump\n': rest.join('')}, false, greeting);
	poll(on, observe => [new Babel(on.runtime, observe)]);
	t.like(kinds(on.seen, 'routing')[0], {protocol: 'babel', links: 2, ageS: 0});
	t.is(kinds(on.seen, 'link').length, 2);
	t.true(kinds(on.seen, 'route').length > 3);
	t.is(kinds(on.seen, 'failure').length, 0);
});

test('a daemon that is not there is not asked', t => {
	const on = bench();
	poll(on, observe => [
		new Babel(on.runtime, observe),
		new Olsr(on.runtime, observe),
		new Bmx(on.runtime, 'bmx7', observe),
	]);
	t.deepEqual(on.seen, []);
});

test('olsrd: that closes behind half an answer is a failure, and the next one is asked all the same', t => {
	const on = bench();
	for (const name of ['olsrd', 'olsrd2']) on.files.set(`/etc/config/${name}`, new Uint8Array());
	serve(on.network, '127.0.0.1:9090', {'/links/routes': fixture('olsrd/links.json').slice(0, 200)}, true);
	serve(
		on.network,
		'127.0.0.1:2009',
		{
			'/nhdpinfo jsonraw link/quit\n': fixture('olsrd2/links.json'),
			'/olsrv2info jsonraw route/quit\n': fixture('olsrd2/routes.json'),
		},
		true,
	);
	poll(on, observe => [new Olsr(on.runtime, observe), new Olsr2(on.runtime, observe)]);
	t.like(kinds(on.seen, 'failure')[0], {source: 'olsr', code: 'syntax'});
	t.like(kinds(on.seen, 'routing')[0], {protocol: 'olsr2'});
});

test('olsrd: that hangs ends in a time-out', t => {
	const on = bench();
	on.files.set('/etc/config/olsrd', new Uint8Array());
	on.network.listen('127.0.0.1:9090', () => ({open() {}, data() {}, close() {}}));
	poll(on, observe => [new Olsr(on.runtime, observe)]);
	t.like(kinds(on.seen, 'failure')[0], {source: 'olsr', code: 'timed-out'});
});

test('olsrd: that talks without end is cut off', t => {
	const on = bench();
	on.files.set('/etc/config/olsrd', new Uint8Array());
	on.network.listen('127.0.0.1:9090', stream => {
		stream.write(new Uint8Array(2_500_000).fill(32));
		return {open() {}, data() {}, close() {}};
	});
	poll(on, observe => [new Olsr(on.runtime, observe)]);
	t.like(kinds(on.seen, 'failure')[0], {source: 'olsr', code: 'no-space'});
});

test('bmx6: is read from its files', t => {
	const on = bench();
	on.files.set('/var/run/bmx6/json/links', encodeUtf8(fixture('bmx6/links')));
	for (const name of readdirSync(join(folder, 'bmx6/originators')))
		on.files.set(`/var/run/bmx6/json/originators/${name}`, encodeUtf8(fixture(`bmx6/originators/${name}`)));
	poll(on, observe => [new Bmx(on.runtime, 'bmx6', observe)]);
	t.like(kinds(on.seen, 'routing')[0], {protocol: 'bmx6', links: 1, destinations: 2});
	t.like(kinds(on.seen, 'link')[0], {interface: 'w01', quality: 1});
});

test('routing: what was said is repeated with its age until it is five minutes old', t => {
	const on = bench();
	on.files.set('/etc/config/olsrd', new Uint8Array());
	const links = fixture('olsrd/links.json');
	let answers = true;
	on.network.listen('127.0.0.1:9090', stream => ({
		open() {},
		data() {
			if (answers) stream.write(encodeUtf8(links));
			stream.close();
		},
		close() {},
	}));
	const routing = poll(on, observe => [new Olsr(on.runtime, observe)]);
	answers = false;
	const again = (): Observation[] => {
		on.seen.length = 0;
		let done = false;
		routing.poll(() => {
			done = true;
		});
		for (let i = 0; i < 200 && !done; i++) on.time.advance(100);
		return [...on.seen];
	};
	on.time.advance(40_000);
	t.like(kinds(again(), 'routing')[0], {links: 1, ageS: 60});
	t.is(kinds(again(), 'link').length, 1);
	on.time.advance(300_000);
	t.is(kinds(again(), 'routing').length, 0);
});

function dump<F extends Fields>(name: string, answer: number, table: Table<F>): Value<F>[] {
	const capture = captured('uml', name);
	if (capture === undefined) throw new Error(`${name} is missing`);
	return (replay(capture).answers[answer]?.messages ?? []).map(({bytes, start, end}) =>
		decodeGeneric(table, bytes, capture.byteOrder, start, end),
	);
}

function ways(name: string, answer: number): Rows {
	const capture = captured('uml', name);
	if (capture === undefined) throw new Error(`${name} is missing`);
	const rows = new Rows(waysLayout.columns.length, 0, 100);
	const reader = new RowReader(waysLayout, rows, capture.byteOrder);
	for (const {bytes, start, end} of replay(capture).answers[answer]?.messages ?? []) reader.message(bytes, start, end);
	return rows;
}

test('batman-adv: BATMAN_IV tells a neighbour’s quality as that of the route to it', t => {
	const table = tableOf(
		dump('batman-iv', 3, batmanNeighbour),
		ways('batman-iv', 2),
		dump('batman-iv', 4, gateway),
		new Addresses(),
	);
	const [near, far] = [183 / 255, 112 / 255]; // batctl printed (183) and (112) beside
	t.like(table.links[0], {interface: 'w01a', peer: '02:ba:00:00:01:0b', quality: near});
	t.deepEqual(
		table.routes.map(({destination, nextHop, quality}) => [destination, nextHop, quality]),
		[
			['02:ba:00:00:12:0b', '02:ba:00:00:01:0b', far],
			['02:ba:00:00:01:0b', '02:ba:00:00:01:0b', near],
		],
	);
	t.deepEqual(table.gateways, [{gateway: '02:ba:00:00:12:0b', selected: true, quality: far}]);
});
