// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex, toHex} from '../../../src/core/bytes.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import type {Layout} from '../../../src/wire/mqtt/layout.ts';
import * as mqtt from '../../../src/wire/mqtt/packet.ts';
import {PacketSplitter} from '../../../src/wire/mqtt/splitter.ts';

// Vectors: bytes made by mqtt-packet 9.0.2 (`generate`), so that the layouts are judged by another's reading of the standard.

type AnyLayout = Layout<Record<string, never>>;

const vector = test.macro({
	title: (name = '') => `mqtt: reads and rebuilds ${name}`,
	exec(t, layout: unknown, hex: string, value: object) {
		const codec = layout as AnyLayout;
		const bytes = fromHex(hex);
		const seen: object[] = [];
		new PacketSplitter(1000, (type, flags, all, start, end) => {
			t.is(type, codec.type);
			seen.push(codec.decode(flags, all, start, end));
		}).push(bytes);
		t.deepEqual(seen, [value]);
		t.is(toHex(codec.encode(value as never)), toHex(bytes));
		// What ends in a payload is whole without it.
		const least = bytes.length - 2 - ('payload' in value ? (value.payload as Uint8Array).length : 0);
		for (let cut = 0; cut < least; cut++)
			t.throws(() => codec.decode((bytes[0] ?? 0) & 15, bytes, 2, 2 + cut), {instanceOf: DecodeError}, `cut at ${cut}`);
	},
});

test(
	'a greeting with a will and credentials',
	vector,
	mqtt.connect,
	'102f00044d51545404ee003c0006726f75746572000573746174650004676f6e650006726f757465720006736563726574',
	{
		flags: 0,
		protocol: 'MQTT',
		level: 4,
		connectFlags: 0xee,
		keepAliveS: 60,
		clientId: 'router',
		willTopic: 'state',
		willPayload: encodeUtf8('gone'),
		username: 'router',
		password: encodeUtf8('secret'),
	},
);

test('a bare greeting', vector, mqtt.connect, '101200044d5154540400003c0006726f75746572', {
	flags: 0,
	protocol: 'MQTT',
	level: 4,
	connectFlags: 0,
	keepAliveS: 60,
	clientId: 'router',
});

test('an answer to a greeting', vector, mqtt.connack, '20020105', {flags: 0, acknowledgeFlags: 1, code: 5});

test('a message of quality 1', vector, mqtt.publish, '330a0003612f620007787978', {
	flags: 3,
	topic: 'a/b',
	packetId: 7,
	payload: encodeUtf8('xyx'),
});

test('an acknowledgement', vector, mqtt.puback, '40020007', {flags: 0, packetId: 7});
test('a subscription', vector, mqtt.subscribe, '820800010003636d6401', {flags: 2, packetId: 1, filter: 'cmd', qos: 1});

test('mqtt: a message of quality 0 has no identifier', t => {
	const bytes = mqtt.publish.encode({flags: 0, topic: 'a', payload: encodeUtf8('b')});
	t.is(toHex(bytes), '300400016162');
	t.deepEqual(mqtt.publish.decode(0, bytes, 2, bytes.length), {flags: 0, topic: 'a', payload: encodeUtf8('b')});
});

for (const length of [0, 1, 121, 122, 16_377, 16_378, 100_000]) {
	test(`mqtt: a payload of ${length} bytes has the length field the standard wants`, t => {
		const payload = new Uint8Array(length).fill(65);
		const bytes = mqtt.publish.encode({flags: 2, topic: 'abc', packetId: 1, payload});
		let seen = 0;
		const splitter = new PacketSplitter(200_000, (_type, flags, all, start, end) => {
			seen++;
			t.is(mqtt.publish.decode(flags, all, start, end).payload.length, length);
		});
		for (let at = 0; at < bytes.length; at += 1000) splitter.push(bytes.subarray(at, at + 1000));
		t.is(seen, 1);
	});
}

test('mqtt: the splitter finds every packet, however the stream is cut', t => {
	const packets = [
		mqtt.connack.encode({flags: 0, acknowledgeFlags: 0, code: 0}),
		mqtt.puback.encode({flags: 0, packetId: 1}),
		mqtt.publish.encode({flags: 2, topic: 'cmd', packetId: 9, payload: new Uint8Array(300)}),
		mqtt.pingresp.encode({flags: 0}),
	];
	const stream = Uint8Array.from(packets.flatMap(packet => [...packet]));
	for (let piece = 1; piece <= stream.length; piece++) {
		const types: number[] = [];
		const splitter = new PacketSplitter(1000, type => types.push(type));
		for (let at = 0; at < stream.length; at += piece) splitter.push(stream.subarray(at, at + piece));
		t.deepEqual(types, [2, 4, 3, 13], `pieces of ${piece}`);
	}
});
