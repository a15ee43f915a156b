// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {PortError} from '../../../src/core/errors.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import type {Observation, PositionObservation} from '../../../src/model/observation.ts';
import type {Stream} from '../../../src/port/port.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../../src/runtime/sim/files.ts';
import {SimNetwork} from '../../../src/runtime/sim/network.ts';
import {simRuntime} from '../../../src/runtime/sim/runtime.ts';
import {openPosition, type Position} from '../../../src/source/position/position.ts';

const GGA = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47';

function bench(files = new SimFiles()) {
	const time = new VirtualTime();
	const random = seededRandom(3);
	const network = new SimNetwork(time, {latencyMs: 1, random});
	const clock = time.clock(1_790_000_000_000);
	const runtime = simRuntime({host: 'router', clock, random, byteOrder: 'little', network, files});
	const seen: Observation[] = [];
	const open = (position: string, positionGridM = 0): Position => {
		const source = openPosition(runtime, {position, positionGridM}, each => seen.push(each));
		source.start();
		return source;
	};
	const poll = (source: Position): PositionObservation | undefined => {
		const at = seen.length;
		source.poll(() => {});
		return seen.slice(at).find(each => each.kind === 'position');
	};
	return {time, network, seen, open, poll};
}

/** A gpsd whose clients are in the list, the latest last. */
function gpsd(network: SimNetwork): {readonly clients: Stream[]; readonly asked: string[]} {
	const [clients, asked]: [Stream[], string[]] = [[], []];
	network.listen('127.0.0.1:2947', stream => {
		clients.push(stream);
		stream.write(encodeUtf8('{"class":"VERSION","release":"3.22"}\n'));
		return {open() {}, data: bytes => void asked.push(new TextDecoder().decode(bytes)), close() {}};
	});
	return {clients, asked};
}

const report = (latitude: number): Uint8Array =>
	encodeUtf8(`{"class":"TPV","mode":3,"lat":${latitude},"lon":11.5,"eph":4.5}\n`);

test('position: what the owner states is exact, and has no age', t => {
	const on = bench();
	t.deepEqual(on.poll(on.open('-31.8,-64.43')), {
		kind: 'position',
		latitudeDegrees: -31.8,
		longitudeDegrees: -64.43,
		accuracyM: 0,
		ageS: 0,
		source: 'configured',
	});
});

test('position: only the middle of the grid’s square leaves, and how large it is', t => {
	const on = bench();
	const [one, other] = ['-31.8,-64.43', '-31.8001,-64.4302'].map(place => on.poll(on.open(place, 1000)));
	t.is(one?.latitudeDegrees, other?.latitudeDegrees);
	t.is(one?.longitudeDegrees, other?.longitudeDegrees);
	t.not(one?.latitudeDegrees, -31.8);
	t.true(Math.abs((one?.latitudeDegrees ?? 0) + 31.8) * 111_195 <= 500);
	t.true((one?.accuracyM ?? 0) >= 1000 / Math.SQRT2);
});

test('gpsd: is asked to watch, and its last place is told with its age', t => {
	const on = bench();
	const {clients, asked} = gpsd(on.network);
	const source = on.open('gpsd://127.0.0.1:2947');
	on.time.advance(100);
	t.regex(asked.join(''), /\?WATCH=\{"enable":true,"json":true\}/);
	t.is(on.poll(source), undefined);
	clients[0]?.write(report(48.1));
	on.time.advance(30_000);
	t.like(on.poll(source), {latitudeDegrees: 48.1, accuracyM: 4.5, ageS: 30, source: 'gpsd'});
	on.time.advance(600_000);
	t.is(on.poll(source), undefined, 'ten minutes without the sky');
});

test('gpsd: half lines, and lines that mean nothing, do no harm', t => {
	const on = bench();
	const {clients} = gpsd(on.network);
	const source = on.open('gpsd://127.0.0.1:2947');
	on.time.advance(100);
	const line = report(48.2);
	clients[0]?.write(encodeUtf8('{"class":\n\n[]\n'));
	clients[0]?.write(line.slice(0, 20));
	on.time.advance(1000);
	clients[0]?.write(line.slice(20));
	on.time.advance(1000);
	t.like(on.poll(source), {latitudeDegrees: 48.2});
	t.deepEqual(
		on.seen.filter(each => each.kind === 'failure').map(each => each.code),
		['syntax', 'type'],
	);
});

test('gpsd: that restarts is found again', t => {
	const on = bench();
	const {clients} = gpsd(on.network);
	const source = on.open('gpsd://127.0.0.1:2947');
	on.time.advance(100);
	clients[0]?.close();
	on.time.advance(16_000);
	t.is(clients.length, 2);
	clients[1]?.write(report(48.3));
	on.time.advance(100);
	t.like(on.poll(source), {latitudeDegrees: 48.3});
	t.true(on.seen.some(each => each.kind === 'failure'));
	source.stop();
	on.time.advance(60_000);
	t.is(clients.length, 2);
});

test('gpsd: that is not there is asked again, and each time is counted', t => {
	const on = bench();
	on.open('gpsd://127.0.0.1:2947');
	on.time.advance(60_000);
	const failures = on.seen.filter(each => each.kind === 'failure');
	t.true(failures.length >= 3 && failures.length <= 5);
	t.like(failures[0], {source: 'position', code: 'refused'});
});

test('NMEA: sentences come from the serial line, and what was garbled is counted', t => {
	const on = bench();
	let line: Stream | undefined;
	on.network.listen('device:/dev/ttyUSB0', stream => {
		line = stream;
		return {open() {}, data() {}, close() {}};
	});
	const source = on.open('/dev/ttyUSB0:9600');
	on.time.advance(100);
	line?.write(encodeUtf8(`\x80\xff garbage\r\n${GGA.replace('48', '49')}\r\n${GGA}\r\n`));
	on.time.advance(2000);
	t.like(on.poll(source), {latitudeDegrees: 48 + 7.038 / 60, accuracyM: 4.5, ageS: 2, source: 'nmea'});
	t.is(on.seen.filter(each => each.kind === 'failure').length, 2);
});

test('NMEA: a line without an end is dropped, and the next one is read', t => {
	const on = bench();
	let line: Stream | undefined;
	on.network.listen('device:/dev/ttyUSB0', stream => {
		line = stream;
		return {open() {}, data() {}, close() {}};
	});
	const source = on.open('/dev/ttyUSB0:9600');
	on.time.advance(100);
	for (let i = 0; i < 10; i++) line?.write(new Uint8Array(500).fill(65));
	on.time.advance(100);
	line?.write(encodeUtf8(`\r\n${GGA}\r\n`));
	on.time.advance(100);
	t.not(on.poll(source), undefined);
	t.true(on.seen.some(each => each.kind === 'failure' && each.code === 'limit'));
});

const location = "config lime 'settings'\n\toption node_latitude '-31.8'\n\toption node_longitude '-64.43'\n";
const libremap = "config location 'location'\n\toption latitude '-30.5'\n\toption longitude '-64.5'\n";

test('LibreMesh: the place its owner put on the map is taken, the newer file first', t => {
	const files = new SimFiles();
	files.set('/etc/config/libremap', encodeUtf8(libremap));
	const old = bench(files);
	t.like(old.poll(old.open('libremesh')), {latitudeDegrees: -30.5, longitudeDegrees: -64.5});
	files.set('/etc/config/location', encodeUtf8(location));
	const now = bench(files);
	t.like(now.poll(now.open('libremesh')), {latitudeDegrees: -31.8, accuracyM: 0, source: 'configured'});
});

test('LibreMesh: without a place, or with words for one, there is none', t => {
	for (const text of [
		'',
		"config lime 'settings'\n",
		location.replace('-31.8', 'here'),
		'config "',
		location.replace('-31.8', '95'),
	]) {
		const files = new SimFiles();
		files.set('/etc/config/location', encodeUtf8(text));
		const on = bench(files);
		t.is(t.throws(() => on.open('libremesh'), {instanceOf: PortError})?.code, 'not-found', text);
	}
});
