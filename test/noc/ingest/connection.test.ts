// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import mqttPacket, {type Packet} from 'mqtt-packet';
import {fromHex} from '../../../src/core/bytes.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {topicFor} from '../../../src/wire/report/topic.ts';
import {Bench} from '../../helper/noc-connection.ts';
import {SyntheticNode} from '../../helper/synthetic-node.ts';

const ping = Buffer.from([0xc0, 0x00]);
const publish = (messageId: number, payload: Uint8Array | string = 'x', version: 4 | 5 = 4): Buffer =>
	mqttPacket.generate(
		{
			cmd: 'publish',
			topic: topicFor('r1', 'ev'),
			payload: Buffer.from(payload),
			qos: messageId > 0 ? 1 : 0,
			dup: false,
			retain: false,
			...(messageId > 0 ? {messageId} : {}),
		} as Packet,
		{protocolVersion: version},
	);

test('connection: is ended after one and a half keepalives of silence, and no sooner', async t => {
	const bench = new Bench();
	const {connection, sent, state} = await bench.connect(5);
	bench.clock.advance(15_000);
	connection.check(bench.clock.nowMs());
	t.false(state.ended);
	connection.receive(Buffer.from(ping));
	bench.clock.advance(15_000);
	connection.check(bench.clock.nowMs());
	t.false(state.ended);
	bench.clock.advance(1);
	connection.check(bench.clock.nowMs());
	t.true(state.ended);
	t.like(sent.at(-1), {cmd: 'disconnect', reasonCode: 0x8d});
});

test('connection: is ended when nobody says CONNECT in time', t => {
	const bench = new Bench({connectTimeoutMs: 5000});
	const {connection, state} = bench.open();
	connection.receive(Buffer.from([0x10]));
	bench.clock.advance(5001);
	connection.check(bench.clock.nowMs());
	t.true(state.ended);
});

test('connection: waits when too many packets come, and handles them all in the end', async t => {
	const bench = new Bench({packetsPerSecond: 100});
	const {connection, sent, state} = await bench.connect(4);
	connection.receive(Buffer.concat(Array.from({length: 350}, () => ping)));
	const answered = () => sent.filter(({cmd}) => cmd === 'pingresp').length;
	t.true(answered() <= 101, `${answered()} at once`);
	t.true(state.paused);
	bench.clock.advance(1000);
	t.true(answered() <= 202, `${answered()} after a second`);
	bench.clock.advance(3000);
	t.is(answered(), 350);
	t.false(state.paused);
	t.true(bench.throttled > 0);
});

test('connection: stops reading for as long as too many bytes cost', async t => {
	const bench = new Bench({bytesPerSecond: 10_000});
	const {connection, state} = await bench.connect(4);
	connection.receive(publish(1, Buffer.alloc(30_000)));
	t.true(state.paused);
	bench.clock.advance(1900);
	t.true(state.paused);
	bench.clock.advance(200);
	t.false(state.paused);
});

test('connection: acknowledges when the log has committed, in order', async t => {
	const bench = new Bench();
	const {connection, sent} = await bench.connect(4);
	connection.receive(Buffer.concat([publish(9), publish(4), publish(7)]));
	t.is(sent.filter(({cmd}) => cmd === 'puback').length, 0);
	bench.commit();
	t.deepEqual(
		sent.filter(({cmd}) => cmd === 'puback').map(({messageId}) => messageId),
		[9, 4, 7],
	);
});

test('connection: ends a client of MQTT 5 above its receive maximum, holds one of 3.1.1', async t => {
	const flood = (version: 4 | 5) => Buffer.concat([1, 2, 3, 4, 5].map(id => publish(id, 'x', version)));
	const bench = new Bench({receiveMaximum: 3});
	const five = await bench.connect(5);
	five.connection.receive(flood(5));
	t.like(five.sent.at(-1), {cmd: 'disconnect', reasonCode: 0x93});
	const four = await bench.connect(4, {clientId: 'd'});
	four.connection.receive(flood(4));
	t.true(four.state.paused);
	t.false(four.state.ended);
	bench.commit();
	bench.commit();
	t.false(four.state.paused);
	t.is(four.sent.filter(({cmd}) => cmd === 'puback').length, 5);
});

interface Broken {
	readonly hex: string;
	readonly reason: number;
	readonly version?: 4 | 5;
}

const topic = Buffer.from(topicFor('r1', 'ev')).toString('hex');
const topicLength = (topic.length / 2).toString(16).padStart(4, '0');
const withLength = (first: string, body: string) => `${first}${(body.length / 2).toString(16).padStart(2, '0')}${body}`;

const broken: Record<string, Broken> = {
	'packet type 0': {hex: '0000', reason: 0x81},
	'CONNECT again': {hex: '101000044d5154540402003c000474657374', reason: 0x82},
	'CONNACK from a client': {hex: '20020000', reason: 0x82},
	'PUBLISH with QoS 3': {hex: withLength('36', `${topicLength}${topic}000100`), reason: 0x81},
	'PUBLISH with QoS 2': {hex: withLength('34', `${topicLength}${topic}0001`), reason: 0x9b, version: 4},
	'PUBLISH with DUP and QoS 0': {hex: withLength('38', `${topicLength}${topic}`), reason: 0x81, version: 4},
	'PUBLISH whose topic is longer than it': {hex: '3004ffff6162', reason: 0x81},
	'PUBLISH without an identifier': {hex: withLength('32', `${topicLength}${topic}`), reason: 0x82, version: 4},
	'PUBLISH with identifier 0': {hex: withLength('32', `${topicLength}${topic}0000`), reason: 0x82, version: 4},
	'PUBLISH with a topic alias': {hex: withLength('30', `${topicLength}${topic}03230001`), reason: 0x94, version: 5},
	'PUBLISH whose properties are longer than it': {
		hex: withLength('30', `${topicLength}${topic}7f`),
		reason: 0x81,
		version: 5,
	},
	'PUBACK without an identifier': {hex: '4000', reason: 0x82},
	'PUBACK with flags': {hex: '41020001', reason: 0x81},
	'PUBREC nobody waits for': {hex: '50020001', reason: 0x82},
	'PUBREL nobody waits for': {hex: '62020001', reason: 0x82},
	'PUBREL without its flags': {hex: '60020001', reason: 0x81},
	'PUBCOMP nobody waits for': {hex: '70020001', reason: 0x82},
	'SUBSCRIBE without its flags': {hex: '80020001', reason: 0x81},
	'SUBSCRIBE without a filter': {hex: '82020001', reason: 0x82, version: 4},
	'SUBSCRIBE with QoS 3': {hex: '82060001000161ff', reason: 0x81},
	'SUBSCRIBE with half a filter': {hex: '82050001000561', reason: 0x81},
	'SUBACK from a client': {hex: '9003000100', reason: 0x82},
	'UNSUBSCRIBE without a filter': {hex: 'a2020001', reason: 0x82, version: 4},
	'UNSUBSCRIBE without its flags': {hex: 'a0020001', reason: 0x81},
	'UNSUBACK from a client': {hex: 'b0020001', reason: 0x82},
	'PINGREQ with a body': {hex: 'c00100', reason: 0x81},
	'PINGREQ with flags': {hex: 'c100', reason: 0x81},
	'PINGRESP from a client': {hex: 'd000', reason: 0x82},
	'DISCONNECT with flags': {hex: 'e100', reason: 0x81},
	'AUTH out of place': {hex: 'f00118', reason: 0x82, version: 5},
	'AUTH in MQTT 3.1.1': {hex: 'f000', reason: 0x81, version: 4},
	'a length of five bytes': {hex: '30ffffffff01', reason: 0x81},
	'a packet above the limit': {hex: '30ffffff7f', reason: 0x95},
};

for (const [name, {hex, reason, version}] of Object.entries(broken))
	for (const spoken of version === undefined ? ([4, 5] as const) : [version])
		test(`connection: ${name} ends a connection of MQTT ${spoken === 5 ? '5' : '3.1.1'} with its reason`, async t => {
			const bench = new Bench();
			const other = await bench.connect(4, {clientId: 'other'});
			const {connection, sent, state} = await bench.connect(spoken);
			connection.receive(Buffer.from(fromHex(hex)));
			// Half a packet may come first: the reason must not depend on where the stream was cut.
			t.true(state.ended, 'ended');
			t.deepEqual(
				bench.refused.map(code => code.toString(16)),
				[reason.toString(16)],
			);
			if (spoken === 5) t.like(sent.at(-1), {cmd: 'disconnect', reasonCode: reason});
			else t.is(sent.filter(({cmd}) => cmd === 'disconnect').length, 0);
			t.is(bench.appended, 0);
			t.false(other.state.ended);
			const sliced = await bench.connect(spoken, {clientId: 'sliced'});
			for (const byte of fromHex(hex)) sliced.connection.receive(Buffer.from([byte]));
			t.is(bench.refused.at(-1)?.toString(16), reason.toString(16));
		});

const brokenConnects: Record<string, {hex: string; code: number | undefined}> = {
	'an unknown protocol version': {hex: '100d00044d5154540702003c000174', code: 1},
	'another protocol': {hex: '100d00044d5154580402003c000174', code: 1},
	'the reserved flag': {hex: '100d00044d5154540403003c000174', code: undefined},
	'no client id and a session to keep': {hex: '100c00044d5154540400003c0000', code: 2},
	'half a header': {hex: '100400044d51', code: undefined},
	'a will without a topic': {hex: '100d00044d5154540406003c000174', code: undefined},
	'a will under no node': {hex: '101300044d5154540406003c000174000161000162', code: 5},
	'something else in front': {hex: 'c000', code: undefined},
};

for (const [name, {hex, code}] of Object.entries(brokenConnects))
	test(`connection: CONNECT with ${name} is refused`, async t => {
		const bench = new Bench();
		const {connection, sent, state} = bench.open();
		connection.receive(Buffer.from(fromHex(hex)));
		await new Promise(resolve => setImmediate(resolve));
		t.true(state.ended);
		if (code === undefined) t.is(sent.length, 0);
		else t.like(sent.at(-1), {cmd: 'connack', returnCode: code});
	});

test('connection: no bytes make it throw, hang or write for another node', async t => {
	const seed = Number(process.env.FUZZ_SEED ?? 1);
	const rounds = Number(process.env.FUZZ_ROUNDS ?? 4000);
	const random = seededRandom(seed);
	const node = new SyntheticNode({node: 'r1', seed: 1, startMs: 1_700_000_000_000});
	const samples: Buffer[] = [
		...([4, 5] as const).flatMap(version =>
			(
				[
					{
						cmd: 'publish',
						topic: topicFor('r1', 't'),
						payload: Buffer.from(node.next()),
						qos: 1,
						messageId: 1,
						dup: false,
						retain: false,
					},
					{
						cmd: 'publish',
						topic: topicFor('r1', 'hello'),
						payload: Buffer.from(node.hello),
						qos: 0,
						dup: false,
						retain: true,
					},
					{cmd: 'subscribe', messageId: 2, subscriptions: [{topic: topicFor('r1', 'cmd'), qos: 1}]},
					{cmd: 'unsubscribe', messageId: 3, unsubscriptions: [topicFor('r1', 'cmd')]},
					{cmd: 'puback', messageId: 4, reasonCode: 0},
					{cmd: 'disconnect', reasonCode: 0, properties: {sessionExpiryInterval: 5, reasonString: 'why'}},
				] as Packet[]
			).map(packet => mqttPacket.generate(packet, {protocolVersion: version})),
		),
		ping,
	];
	const bench = new Bench({bytesPerSecond: 1e12, packetsPerSecond: 1e12});
	for (let round = 0; round < rounds; round++) {
		const version = random() < 0.5 ? 4 : 5;
		const {connection} = await bench.connect(version, {clientId: `c${round % 50}`});
		for (let count = 0; count < 5; count++) {
			const sample = Buffer.from(samples[Math.floor(random() * samples.length)] ?? ping);
			const flips = Math.floor(random() * 4);
			for (let flip = 0; flip < flips; flip++) {
				const at = Math.floor(random() ** 2 * sample.length);
				sample[at] = (sample[at] ?? 0) ^ (1 << Math.floor(random() * 8));
			}
			const cut = random() < 0.3 ? Math.floor(random() * sample.length) : sample.length;
			connection.receive(sample.subarray(0, cut));
			if (cut < sample.length && random() < 0.5) connection.receive(sample.subarray(cut));
		}
		bench.commit();
		connection.closed();
	}
	t.is(bench.sessions.count <= 50, true, `seed ${seed}`);
	// A flipped bit in a topic fails its shard or names another node of the same shard; it never reaches r1's series.
	for (const record of bench.intake.nodes.values()) t.true(record.connections === 0, record.name);
});

test('session: is kept as long as the client asked, and no longer', async t => {
	const bench = new Bench();
	const first = await bench.connect(5, {clean: false, properties: {sessionExpiryInterval: 100}});
	first.connection.closed();
	bench.clock.advance(99_000);
	bench.sessions.expire(bench.clock.nowMs());
	const second = await bench.connect(5, {clean: false, properties: {sessionExpiryInterval: 100}});
	t.like(second.sent[0], {cmd: 'connack', sessionPresent: true});
	second.connection.closed();
	bench.clock.advance(100_000);
	bench.sessions.expire(bench.clock.nowMs());
	t.is(bench.sessions.count, 0);
	const third = await bench.connect(5, {clean: false});
	t.like(third.sent[0], {cmd: 'connack', sessionPresent: false});
	third.connection.closed();
	t.is(bench.sessions.count, 0, 'no interval, no session');
});

test('connection: a delayed will is not published when the client is back in time', async t => {
	const will = {
		topic: topicFor('r1', 'state'),
		payload: Buffer.from('gone'),
		qos: 0,
		retain: true,
		properties: {willDelayInterval: 30},
	};
	const options = {clean: false, properties: {sessionExpiryInterval: 100}, will};
	const bench = new Bench();
	const state = () => bench.intake.nodes.get('r1')?.stateText;
	(await bench.connect(5, options)).connection.closed();
	bench.clock.advance(20_000);
	const back = await bench.connect(5, options);
	bench.clock.advance(20_000);
	t.is(state(), undefined);
	back.connection.closed();
	bench.clock.advance(29_000);
	t.is(state(), undefined);
	bench.clock.advance(1000);
	t.is(state(), 'gone');
});

test('intake: a sample without a usable clock is stored under the time it came', t => {
	const bench = new Bench();
	const record = bench.intake.node('r1');
	const router = new SyntheticNode({node: 'r1', seed: 1, startMs: bench.clock.wallMs() + 7_200_000});
	if (record === undefined) return t.fail();
	bench.intake.take(record, 'hello', router.hello);
	bench.intake.take(record, 't', router.next());
	t.is(record.lastSampleMs, bench.clock.wallMs(), 'two hours ahead of us');
	const unset = router.next();
	unset[1] = (unset[1] ?? 0) | 2;
	bench.clock.advance(5000);
	bench.intake.take(record, 't', unset);
	t.is(record.lastSampleMs, bench.clock.wallMs());
	t.true(record.clockUnset);
});

test('intake: knows no more nodes than its limit', t => {
	const bench = new Bench({maxNodes: 2});
	t.truthy(bench.intake.node('a'));
	t.truthy(bench.intake.node('b'));
	t.is(bench.intake.node('c'), undefined);
	t.truthy(bench.intake.node('a'));
});
