// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {PortError} from '../../../src/core/errors.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import type {LatencyObservation, Measurement, Observation} from '../../../src/model/observation.ts';
import type {Crypto, DatagramHandlers} from '../../../src/port/port.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../../src/runtime/sim/files.ts';
import {SimNetwork} from '../../../src/runtime/sim/network.ts';
import {type SimRuntime, simRuntime} from '../../../src/runtime/sim/runtime.ts';
import {Latency} from '../../../src/source/latency/latency.ts';
import {isOverloaded, targetsOf} from '../../../src/source/latency/targets.ts';

interface Bench {
	readonly time: VirtualTime;
	readonly network: SimNetwork;
	readonly files: SimFiles;
	readonly runtime: SimRuntime;
	readonly seen: Observation[];
}

function bench(lossShare = 0): Bench {
	const time = new VirtualTime();
	const random = seededRandom(7);
	const network = new SimNetwork(time, {latencyMs: 2, lossShare, random});
	const files = new SimFiles();
	const clock = time.clock(1_790_000_000_000);
	const runtime = simRuntime({
		host: 'router',
		clock,
		random,
		byteOrder: 'little',
		network,
		files,
		crypto: {} as Crypto,
	});
	return {time, network, files, runtime, seen: []};
}

function start(
	on: Bench,
	latencyTargets: string,
	more: {perMinute?: number; broker?: string; peers?: readonly Measurement[]} = {},
): Latency {
	const options = {latencyTargets, latencyPerMinute: more.perMinute ?? 20};
	const around = {broker: more.broker ?? '', measurements: () => more.peers ?? []};
	const latency = new Latency(on.runtime, options, around, each => on.seen.push(each));
	latency.start();
	return latency;
}

/** What a report says now. */
function poll(on: Bench, latency: Latency): readonly LatencyObservation[] {
	on.seen.length = 0;
	latency.poll(() => {});
	return on.seen.filter(each => each.kind === 'latency');
}

test('latency: each target gets its probes a minute, spread over it, and its median is told', t => {
	const on = bench();
	const latency = start(on, '192.0.2.1 2001:db8::1');
	on.time.advance(60_000);
	const said = poll(on, latency);
	t.deepEqual(
		said.map(({target}) => target),
		['192.0.2.1', '2001:db8::1'],
	);
	for (const each of said) {
		t.true(each.probes >= 17 && each.probes <= 20, `${each.probes} probes`);
		t.like(each, {lossShare: 0, medianUs: 4000, jitterUs: 0});
	}
});

test('latency: what is lost is told, and what is still on its way is not', t => {
	const on = bench(0.3);
	const latency = start(on, '192.0.2.1', {perMinute: 60});
	for (let i = 0; i < 5; i++) {
		on.time.advance(60_000);
		const [said] = poll(on, latency);
		t.true((said?.lossShare ?? 0) > 0.25 && (said?.lossShare ?? 1) < 0.8, `${said?.lossShare}`); // there and back
	}
});

test('latency: between two minutes what was said last is said again', t => {
	const on = bench();
	const latency = start(on, '192.0.2.1');
	on.time.advance(60_000);
	const first = poll(on, latency);
	on.time.advance(1000);
	t.deepEqual(poll(on, latency), first);
	on.time.advance(60_000);
	t.is(poll(on, latency).length, 1);
});

test('latency: a place that is cut off is all loss, and comes back', t => {
	const on = bench();
	const latency = start(on, '192.0.2.1');
	on.network.severed.add('192.0.2.1');
	on.time.advance(60_000);
	t.deepEqual(
		poll(on, latency).map(({lossShare, medianUs}) => [lossShare, medianUs]),
		[[1, undefined]],
	);
	on.network.severed.clear();
	on.time.advance(70_000);
	t.true((poll(on, latency)[0]?.lossShare ?? 1) < 0.2);
});

test('latency: UDP probes come back from who sends back what arrives, and from nobody else', t => {
	const on = bench();
	const echo = on.network.datagram(
		'192.0.2.7',
		{family: 'ipv4', port: 7},
		{message: (bytes, {address, port}) => echo.send(bytes, address, port), error: () => {}},
	);
	on.network.datagram('192.0.2.8', {family: 'ipv4', port: 7}, {message: () => {}, error: () => {}});
	const latency = start(on, 'udp://192.0.2.7:7 udp://192.0.2.8:7');
	on.time.advance(63_000);
	t.deepEqual(
		poll(on, latency).map(({target, medianUs, lossShare}) => [target, medianUs, lossShare]),
		[
			['udp://192.0.2.7:7', 4000, 0],
			['udp://192.0.2.8:7', undefined, 1],
		],
	);
});

test('latency: an answer with another token, or twice, counts for nothing', t => {
	const on = bench();
	let handlers: DatagramHandlers | undefined;
	let sent: Uint8Array = new Uint8Array();
	const runtime = {
		...on.runtime,
		datagram(_options: unknown, given: DatagramHandlers) {
			handlers = given;
			return {port: 9, send: (bytes: Uint8Array) => (sent = bytes), join() {}, leave() {}, close() {}};
		},
	};
	const latency = start({...on, runtime} as Bench, '192.0.2.1', {perMinute: 1});
	while (sent.length === 0) on.time.advance(100);
	const source = {address: '192.0.2.1', port: 0, interfaceIndex: 0};
	const forged = sent.slice();
	forged[0] = 0;
	forged[10] = (forged[10] ?? 0) ^ 1;
	handlers?.message(forged, source);
	handlers?.message(new Uint8Array(3), source);
	const answer = sent.slice();
	answer[0] = 0;
	for (let i = 0; i < 2; i++) handlers?.message(answer, source);
	on.time.advance(20_000);
	t.like(poll(on, latency)[0], {probes: 1, lossShare: 0});
});

test('latency: a router that is overloaded sends nothing, and calls nothing lost', t => {
	const on = bench();
	on.files.set('/proc/loadavg', encodeUtf8('9.50 4.00 2.00 1/99 1234\n'));
	const latency = start(on, '192.0.2.1');
	on.time.advance(120_000);
	t.deepEqual(poll(on, latency), []);
	on.files.set('/proc/loadavg', encodeUtf8('0.50 4.00 2.00 1/99 1234\n'));
	on.time.advance(120_000);
	t.is(poll(on, latency).length, 1);
});

test('latency: the load that is too much goes by the number of processors', t => {
	const on = bench();
	on.files.set('/proc/loadavg', encodeUtf8('3.50 4.00 2.00 1/99 1234\n'));
	t.true(isOverloaded(on.runtime));
	on.files.set('/sys/devices/system/cpu/online', encodeUtf8('0-3\n'));
	t.false(isOverloaded(on.runtime));
});

test('latency: where there are no sockets for echo requests it says so and goes on', t => {
	const on = bench();
	const runtime = {
		...on.runtime,
		datagram() {
			throw new PortError('permission', 'echo');
		},
	};
	const latency = start({...on, runtime} as Bench, '192.0.2.1');
	on.time.advance(60_000);
	t.like(on.seen[0], {kind: 'failure', source: 'latency', code: 'permission'});
	t.deepEqual(poll(on, latency), []);
});

test('targets: gateways, the collector where it is an address, and peers that answer', t => {
	const on = bench();
	on.files.set('/proc/net/route', encodeUtf8('Iface\nwan\t00000000\t0102A8C0\t0003\t0\t0\t10\t00000000\t0\t0\t0\n'));
	on.files.set('/sys/class/net/wan/ifindex', encodeUtf8('3\n'));
	on.files.set('/sys/class/net/mesh0/ifindex', encodeUtf8('5\n'));
	const peers = [
		{kind: 'station', interface: 'mesh0', peer: '02:00:00:00:00:01', signalDbm: -70},
		{kind: 'station', interface: 'gone0', peer: '02:00:00:00:00:02', signalDbm: -50},
	] as Measurement[];
	const around = {port: on.runtime, broker: 'tls://[2001:db8::5]:8883', measurements: () => peers};
	t.deepEqual(targetsOf('gateway neighbours collector', around), [
		{name: 'gateway', address: '192.168.2.1', interfaceIndex: 3, isGuess: false},
		{name: '02:00:00:00:00:01', address: 'fe80::ff:fe00:1', interfaceIndex: 5, isGuess: true},
		{name: 'collector', address: '2001:db8::5', interfaceIndex: 0, isGuess: false},
	]);
	t.deepEqual(targetsOf('collector', {...around, broker: 'noc.example:1883'}), []);
});

test('latency: a neighbour is told of once it has answered, then also when it is lost', t => {
	const on = bench();
	on.files.set('/sys/class/net/mesh0/ifindex', encodeUtf8('5\n'));
	const peers = [{kind: 'station', interface: 'mesh0', peer: '02:00:00:00:00:01', signalDbm: -70}] as Measurement[];
	const address = 'fe80::ff:fe00:1';
	on.network.severed.add(address);
	const latency = start(on, 'neighbours', {peers});
	on.time.advance(60_000);
	t.deepEqual(poll(on, latency), []);
	on.network.severed.clear();
	on.time.advance(60_000);
	t.like(poll(on, latency)[0], {target: '02:00:00:00:00:01'});
	on.network.severed.add(address);
	on.time.advance(70_000);
	poll(on, latency);
	on.time.advance(60_000);
	t.like(poll(on, latency)[0], {lossShare: 1});
});

test('latency: nothing is sent once it was stopped', t => {
	const on = bench();
	const latency = start(on, '192.0.2.1');
	latency.stop();
	on.time.advance(120_000);
	t.deepEqual(poll(on, latency), []);
});

test('latency: once a minute a packet as large as the path is said to be is sent, beside the probes', t => {
	const on = bench();
	const sizes: number[] = [];
	const network = on.runtime.datagram.bind(on.runtime);
	const runtime: SimRuntime = {
		...on.runtime,
		pathMtuBytes: () => 1400,
		datagram(options, handlers) {
			const socket = network(options, handlers);
			return {
				...socket,
				send: (bytes, address, port, index) => {
					sizes.push(bytes.length);
					socket.send(bytes, address, port, index);
				},
			};
		},
	};
	const latency = start({...on, runtime}, '192.0.2.1', {perMinute: 60});
	for (let minute = 0; minute < 3; minute++) {
		on.time.advance(60_000);
		t.like(poll(on, latency)[0], {pathMtuBytes: 1400, lossShare: 0});
	}
	on.time.advance(1000);
	const large = sizes.filter(size => size !== 64);
	t.deepEqual(large, [1380, 1380, 1380]); // 1400 without the IPv4 header
});
