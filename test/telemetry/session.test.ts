// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../src/core/random.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import {VirtualTime} from '../../src/runtime/sim/clock.ts';
import {SimNetwork} from '../../src/runtime/sim/network.ts';
import {MqttSession, WINDOW} from '../../src/telemetry/session.ts';
import {TestBroker} from '../helper/broker.ts';

function setUp() {
	const time = new VirtualTime();
	const random = seededRandom(2);
	const network = new SimNetwork(time, {latencyMs: 5, random});
	const said: string[] = [];
	const waitsMs: number[] = [];
	const session = new MqttSession(
		{clock: time.clock(0), random, stream: (address, handlers) => network.stream('router', address, handlers)},
		{
			address: {kind: 'tcp', host: 'noc', port: 1883},
			clientId: 'router',
			username: 'router',
			password: 'pässword',
			keepAliveS: 60,
			will: {topic: 'state', payload: encodeUtf8('gone')},
			subscribeTo: 'cmd',
		},
		{
			connected: () => said.push('connected'),
			disconnected: (reason, retryMs) => {
				said.push(reason);
				waitsMs.push(retryMs);
			},
			message: (topic, payload) => said.push(`${topic} ${new TextDecoder().decode(payload)}`),
			ready: () => said.push('ready'),
		},
	);
	return {time, network, session, said, waitsMs};
}

test('session: greets with a will, credentials and a kept session, as another codec reads it', t => {
	const {time, network, session, said} = setUp();
	const broker = new TestBroker(network, 'noc:1883');
	session.start();
	time.advance(2000);
	t.deepEqual(said, ['connected']);
	const [connect, subscribe] = broker.packets;
	t.like(connect, {cmd: 'connect', clientId: 'router', clean: false, keepalive: 60, username: 'router'});
	t.like(connect, {will: {topic: 'state', payload: Buffer.from('gone'), qos: 1, retain: true}});
	t.deepEqual((connect as {password?: Buffer}).password, Buffer.from('pässword'));
	t.like(subscribe, {cmd: 'subscribe', subscriptions: [{topic: 'cmd', qos: 1}]});
});

test('session: delivers each message and tells so once', t => {
	const {time, network, session} = setUp();
	const broker = new TestBroker(network, 'noc:1883');
	session.start();
	time.advance(2000);
	let delivered = 0;
	for (let i = 0; i < WINDOW; i++) session.publish('t', encodeUtf8(`${i}`), false, () => delivered++);
	t.false(session.hasRoom);
	time.advance(100);
	t.is(delivered, WINDOW);
	t.true(session.hasRoom);
	t.is(broker.received.length, WINDOW);
});

test('session: invariant 2, sends again what was not acknowledged, in order and marked, with its identifiers', t => {
	const {time, network, session} = setUp();
	const broker = new TestBroker(network, 'noc:1883');
	session.start();
	time.advance(2000);
	broker.acknowledges = false;
	let delivered = 0;
	for (const text of ['a', 'b', 'c']) session.publish('t', encodeUtf8(text), false, () => delivered++);
	time.advance(100);
	const first = broker.packets.filter(packet => packet.cmd === 'publish').map(packet => packet.messageId);
	broker.received.length = 0;
	broker.acknowledges = true;
	broker.drop();
	time.advance(5000);
	t.deepEqual(
		broker.received.map(message => [Buffer.from(message.payload).toString(), message.duplicate]),
		[
			['a', true],
			['b', true],
			['c', true],
		],
	);
	const again = broker.packets.filter(packet => packet.cmd === 'publish').map(packet => packet.messageId);
	t.deepEqual(again.slice(3), first);
	t.is(delivered, 3);
});

test('session: backs off from a second to five minutes, with jitter', t => {
	const {time, session, waitsMs} = setUp();
	session.start();
	time.advance(3_600_000);
	for (const [attempt, waitMs] of waitsMs.entries()) {
		const nominalMs = Math.min(1000 * 2 ** attempt, 300_000);
		t.true(waitMs >= nominalMs / 2 && waitMs <= nominalMs * 1.5, `attempt ${attempt} waits ${waitMs} ms`);
	}
	t.true(waitsMs.length < 30);
});

test('session: goes back to a short wait once it was connected', t => {
	const {time, network, session, waitsMs} = setUp();
	session.start();
	time.advance(600_000);
	const broker = new TestBroker(network, 'noc:1883');
	time.advance(600_000);
	t.true(session.connected);
	broker.drop();
	time.advance(10);
	t.true((waitsMs.at(-1) ?? Number.POSITIVE_INFINITY) <= 1500);
});

test('session: says why it was refused and tries again', t => {
	const {time, network, session, said} = setUp();
	const broker = new TestBroker(network, 'noc:1883');
	broker.code = 5;
	session.start();
	time.advance(2000);
	t.is(said[0], 'not authorised');
	broker.code = 0;
	time.advance(10_000);
	t.true(session.connected);
});

test('session: ends a connection that has gone silent', t => {
	const {time, network, session, said} = setUp();
	network.listen('noc:1883', stream => ({
		open: () => {},
		data: bytes => {
			if ((bytes[0] ?? 0) >> 4 === 1) stream.write(Uint8Array.of(0x20, 2, 0, 0));
		},
		close: () => {},
	}));
	session.start();
	time.advance(3000);
	t.true(session.connected);
	time.advance(120_000);
	t.true(said.includes('silent'));
});

test('session: a server that opens and says nothing is given up', t => {
	const {time, network, session, said} = setUp();
	network.listen('noc:1883', () => ({open: () => {}, data: () => {}, close: () => {}}));
	session.start();
	time.advance(60_000);
	t.true(said.includes('timed-out'));
});

for (const [name, bytes] of [
	['a length of five bytes', [0x30, 0xff, 0xff, 0xff, 0xff, 0x7f]],
	['a packet larger than we hold', [0x30, 0xff, 0xff, 0x7f]],
	['a packet that no server sends', [0x10, 0]],
	['a greeting too short', [0x20, 1, 0]],
	['a publish cut inside its topic', [0x30, 3, 0, 9, 65]],
	['a topic that is not UTF-8', [0x30, 4, 0, 2, 0xc3, 0x28]],
	['a second greeting', [0x20, 2, 0, 0]],
] as const) {
	test(`session: reconnects after ${name}`, t => {
		const {time, network, session, said} = setUp();
		const broker = new TestBroker(network, 'noc:1883');
		session.start();
		time.advance(2000);
		broker.send(Uint8Array.from(bytes));
		time.advance(100);
		t.false(session.connected);
		t.is(said.length, 2);
		time.advance(10_000);
		t.true(session.connected);
	});
}

test('session: acknowledges what it is sent', t => {
	const {time, network, session, said} = setUp();
	const broker = new TestBroker(network, 'noc:1883');
	session.start();
	time.advance(2000);
	broker.publish('cmd', 'hello');
	time.advance(100);
	t.true(said.includes('cmd hello'));
	t.like(broker.packets.at(-1), {cmd: 'puback', messageId: 7});
});
