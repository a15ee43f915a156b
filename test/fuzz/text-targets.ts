// SPDX-License-Identifier: Apache-2.0
// What a server or an owner can send an agent: MQTT packets, commands, configuration.
import {encodeUtf8} from '../../src/core/text.ts';
import {options, readConfiguration} from '../../src/model/configuration.ts';
import {parseConfiguration} from '../../src/source/configuration.ts';
import type {Layout} from '../../src/wire/mqtt/layout.ts';
import * as mqtt from '../../src/wire/mqtt/packet.ts';
import {PacketSplitter} from '../../src/wire/mqtt/splitter.ts';
import {parseObject} from '../../src/wire/report/hello.ts';
import type {Target} from './fuzzer.ts';

type AnyLayout = Pick<Layout<Record<string, never>>, 'type' | 'decode' | 'encode'>;

const layouts = [
	mqtt.connect,
	mqtt.connack,
	mqtt.publish,
	mqtt.puback,
	mqtt.subscribe,
	mqtt.suback,
	mqtt.pingreq,
	mqtt.pingresp,
	mqtt.disconnect,
] as unknown as readonly AnyLayout[];

const payload = encodeUtf8('{"id":"1","command":"keyframe"}');
const packets = [
	mqtt.connack.encode({flags: 0, acknowledgeFlags: 1, code: 0}),
	mqtt.publish.encode({flags: 2, topic: 'mesh/v1/3/node/cmd', packetId: 9, payload}),
	mqtt.publish.encode({flags: 0, topic: 'a', payload: new Uint8Array(200)}),
	mqtt.puback.encode({flags: 0, packetId: 77}),
	mqtt.connect.encode({
		flags: 0,
		protocol: 'MQTT',
		level: 4,
		connectFlags: mqtt.CONNECT_WILL | mqtt.CONNECT_USERNAME | mqtt.CONNECT_PASSWORD,
		keepAliveS: 60,
		clientId: 'node',
		willTopic: 'state',
		willPayload: payload,
		username: 'node',
		password: payload,
	}),
	mqtt.pingresp.encode({flags: 0}),
];
const stream = Uint8Array.from(packets.flatMap(packet => [...packet]));

export const textTargets: readonly Target[] = [
	{
		// A stream of packets, in two pieces: each that is read is written again and must be the same packet.
		name: 'mqtt.stream',
		seeds: [...packets, stream],
		decode(bytes) {
			const seen: unknown[] = [];
			const splitter = new PacketSplitter(1000, (type, flags, all, start, end) => {
				const layout = layouts.find(known => known.type === type);
				const packet = layout?.decode(flags, all, start, end);
				seen.push(packet);
				if (layout === undefined || packet === undefined) return;
				const again = layout.encode(packet);
				if (again.length > 2 + (end - start) + 3) throw new Error('a packet that is read is not written longer');
			});
			splitter.push(bytes.subarray(0, bytes.length >> 1));
			splitter.push(bytes.subarray(bytes.length >> 1));
			return seen;
		},
	},
	{
		name: 'report.command',
		seeds: [payload, encodeUtf8('{"command":7}'), encodeUtf8('[]')],
		decode: bytes => parseObject(bytes, 'report.command'),
	},
	{
		// A configuration never fails: what is wrong is a problem, and every option has a value.
		name: 'configuration',
		seeds: [
			encodeUtf8('# routers\nnode = roof\nbroker = tls://[fe80::1%mesh0]:8883\nintervalS = 60\n\npsk = 00ff\nwhat\n'),
		],
		decode(bytes) {
			const {texts} = parseConfiguration(new TextDecoder().decode(bytes), 'file');
			const {configuration, problems} = readConfiguration(texts);
			for (const name of Object.keys(options))
				if (configuration[name as keyof typeof options] === undefined) throw new Error(`${name} has no value`);
			return problems;
		},
	},
];
