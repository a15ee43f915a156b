// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {encodeUtf8} from '../../src/core/text.ts';
import type {Stream} from '../../src/port/port.ts';
import {TestBroker} from '../helper/broker.ts';
import {readAll} from '../helper/received.ts';
import {bench, startAgent} from '../helper/router.ts';

/** Lets the parts be loaded: what was imported once is there at once. */
async function settle(): Promise<void> {
	await import('../../src/source/position/position.ts');
	for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve));
}

test('survey walk: each second has its place, is kept while nobody listens, and is told afterwards', async t => {
	const on = bench();
	let receiver: Stream | undefined;
	on.network.listen('127.0.0.1:2947', stream => {
		receiver = stream;
		return {open() {}, data() {}, close() {}};
	});
	startAgent(on, {broker: 'late:1883', surveyWalk: '1', position: 'gpsd://127.0.0.1:2947', positionGridM: '0'});
	await settle();
	on.time.advance(500);
	const STEPS = 120;
	for (let second = 0; second < STEPS; second++) {
		receiver?.write(encodeUtf8(`{"class":"TPV","mode":3,"lat":${48 + second / 1000},"lon":11.5,"eph":3}\n`));
		on.time.advance(1000);
	}
	const broker = new TestBroker(on.network, 'late:1883');
	on.time.advance(180_000);
	const {rows, hello} = readAll({broker});
	t.is(hello.intervalMs, 1000);
	const walked = rows.slice(0, STEPS - 1);
	const places = walked.map(row => row.get('position.latitudeDegrees'));
	for (const [second, latitude] of places.slice(2).entries())
		t.true(Math.abs((latitude ?? 0) - (48 + (second + 2) / 1000)) < 0.0015, `second ${second}: ${latitude}`);
	for (const name of [
		'station.signalDbm mesh0 02:00:00:00:00:00',
		'channel.noiseDbm phy0 5180',
		'channel.busyMs phy0 5180',
	])
		t.true(
			walked.every(row => row.get(name) !== undefined),
			name,
		);
	t.is(rows.at(-1)?.get('agent.droppedFrames'), 0);
});

test('survey walk: what does not fit any more is the oldest, and it is counted', async t => {
	const on = bench();
	startAgent(on, {broker: 'late:1883', surveyWalk: '1', position: '48,11', queueBytes: '65536'});
	await settle();
	on.time.advance(3_600_000);
	const broker = new TestBroker(on.network, 'late:1883');
	on.time.advance(900_000);
	const {rows} = readAll({broker});
	t.true((rows.at(-1)?.get('agent.droppedFrames') ?? 0) > 1000);
	t.true(rows.length > 200);
	t.not(rows.at(-1)?.get('position.latitudeDegrees'), undefined);
});
