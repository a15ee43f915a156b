// SPDX-License-Identifier: Apache-2.0
// Every decoder of bytes from outside. To add one: an entry here, and, where it has fixtures, a line in corpus.ts.
import type {ByteOrder} from '../../src/core/bytes.ts';
import {decodeUtf8, encodeUtf8} from '../../src/core/text.ts';
import {VarintReader} from '../../src/core/varint.ts';
import {batmanNeighbour, gateway, hardInterface, meshInfo, originator} from '../../src/wire/batman/batman.ts';
import type {Fields, Table} from '../../src/wire/netlink/attributes.ts';
import {ByteSink} from '../../src/wire/netlink/byte-sink.ts';
import {Conversation} from '../../src/wire/netlink/conversation.ts';
import {family, genericCommand} from '../../src/wire/netlink/generic.ts';
import {
	decodeAcknowledgement,
	encodeMessage,
	MessageCursor,
	NLMSG_DONE,
	NLMSG_ERROR,
} from '../../src/wire/netlink/message.ts';
import {bandCapability} from '../../src/wire/nl80211/capability.ts';
import * as command from '../../src/wire/nl80211/command.ts';
import {decodeElements, encodeElement} from '../../src/wire/nl80211/elements.ts';
import {event} from '../../src/wire/nl80211/event.ts';
import {interfaceMessage} from '../../src/wire/nl80211/interface.ts';
import {meshConfigMessage, pathMessage} from '../../src/wire/nl80211/mesh.ts';
import {regulatoryMessage} from '../../src/wire/nl80211/regulatory.ts';
import {scanMessage} from '../../src/wire/nl80211/scan.ts';
import {stationMessage} from '../../src/wire/nl80211/station.ts';
import {stationDetailMessage} from '../../src/wire/nl80211/station-detail.ts';
import {surveyMessage} from '../../src/wire/nl80211/survey.ts';
import {wiphyMessage} from '../../src/wire/nl80211/wiphy.ts';
import {WiphyCollector} from '../../src/wire/nl80211/wiphy-collector.ts';
import {decodeFrameHeader, FrameDecoder, FrameEncoder} from '../../src/wire/report/frame.ts';
import {decodeHello, encodeHello, type Hello, schemaHash} from '../../src/wire/report/hello.ts';
import {parseTopic, topicFor} from '../../src/wire/report/topic.ts';
import {decodeAddress, encodeAddress} from '../../src/wire/rtnetlink/address.ts';
import {formatIpAddress, parseIpAddress} from '../../src/wire/rtnetlink/ip-address.ts';
import {decodeLink, encodeLink} from '../../src/wire/rtnetlink/link.ts';
import * as messageType from '../../src/wire/rtnetlink/message-type.ts';
import {decodeNeighbour, encodeNeighbour} from '../../src/wire/rtnetlink/neighbour.ts';
import {decodeRoute, encodeRoute} from '../../src/wire/rtnetlink/route.ts';
import {actuatorTargets} from './actuator-targets.ts';
import {eyesTargets} from './eyes-targets.ts';
import type {Target} from './fuzzer.ts';
import {openwrtTargets} from './openwrt-targets.ts';
import {peerTargets} from './peer-targets.ts';
import {sourceTargets} from './source-targets.ts';
import {spectralTargets} from './spectral-targets.ts';
import {textTargets} from './text-targets.ts';
import {ubusTargets} from './ubus-targets.ts';
import {uciTargets} from './uci-targets.ts';

const orders: readonly ByteOrder[] = ['little', 'big'];

function demand(holds: boolean, promise: string): void {
	if (!holds) throw new Error(promise);
}

/** Values as text, to be compared: names in order; maps and bytes are not JSON. */
export function textOf(value: unknown): string {
	return JSON.stringify(value, (_name, each: unknown) => {
		if (each instanceof Map || each instanceof Uint8Array) return [...each];
		if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
		return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
	});
}

/** What a table reads, it writes, and reads again. */
function mirror<F extends Fields>(table: Table<F>, bytes: Uint8Array, order: ByteOrder): unknown {
	const value = table.decode(bytes, order);
	const again = table.decode(table.encode(value as never, order), order);
	demand(
		textOf(value) === textOf(again),
		`${table.path} reads ${textOf(value)}, writes it, and reads ${textOf(again)}`,
	);
	return value;
}

/** A row of a table's attributes, each with a payload of its size. */
export function sample(table: Table<Fields>, order: ByteOrder): Uint8Array {
	const sink = new ByteSink();
	for (const {type, codec} of Object.values(table.fields)) {
		const length = codec.size < 0 ? 4 * codec.step : codec.size;
		sink.reserve(-sink.at & 3);
		const at = sink.reserve(4 + length);
		const header = order === 'little' ? [length + 4, 0, type & 255, type >> 8] : [0, length + 4, type >> 8, type & 255];
		sink.bytes.set(header, at);
		if (codec.size > 0) sink.bytes.fill(1, at + 4, at + 4 + length);
	}
	return sink.take();
}

function tableTarget<F extends Fields>(table: Table<F>): Target[] {
	return orders.map(order => ({
		name: `${table.path}-${order}`,
		seeds: [sample(table as unknown as Table<Fields>, order)],
		decode: bytes => mirror(table, bytes, order),
	}));
}

/** The tables of messages; those within them are reached through them. */
export const messageTables: Readonly<Record<number, Table<Fields>>> = {
	[command.NEW_WIPHY]: wiphyMessage as unknown as Table<Fields>,
	[command.NEW_INTERFACE]: interfaceMessage as unknown as Table<Fields>,
	[command.NEW_STATION]: stationMessage as unknown as Table<Fields>,
	[command.NEW_MPATH]: pathMessage as unknown as Table<Fields>,
	[command.GET_MESH_CONFIG]: meshConfigMessage as unknown as Table<Fields>,
	[command.GET_REG]: regulatoryMessage as unknown as Table<Fields>,
	[command.NEW_SCAN_RESULTS]: scanMessage as unknown as Table<Fields>,
	[command.NEW_SURVEY_RESULTS]: surveyMessage as unknown as Table<Fields>,
};

/** Reads a message as the agent would, by its type and command. */
function decodeMessage(message: MessageCursor): unknown {
	const {bytes, order, type, start, end} = message;
	switch (type) {
		case NLMSG_ERROR:
		case NLMSG_DONE:
			return decodeAcknowledgement(message);
		case messageType.RTM_NEWLINK:
		case messageType.RTM_DELLINK:
			return decodeLink(bytes, order, start, end);
		case messageType.RTM_NEWADDR:
			return decodeAddress(bytes, order, start, end);
		case messageType.RTM_NEWROUTE:
			return decodeRoute(bytes, order, start, end);
		case messageType.RTM_NEWNEIGH:
			return decodeNeighbour(bytes, order, start, end);
		default:
			return (messageTables[genericCommand(bytes, start, end)] ?? event).decode(bytes, order, start + 4, end);
	}
}

function decodeDatagram(bytes: Uint8Array, order: ByteOrder): unknown {
	const cursor = new MessageCursor(bytes, order);
	let last: unknown;
	let before = -1;
	while (cursor.next()) {
		demand(cursor.start > before && cursor.end >= cursor.start && cursor.end <= bytes.length, 'the cursor goes on');
		before = cursor.start;
		last = decodeMessage(cursor);
	}
	return last;
}

function converse(bytes: Uint8Array, order: ByteOrder): unknown {
	const endings: string[] = [];
	const conversation = new Conversation({order, firstSequence: 0, send: () => undefined, event: () => undefined});
	const request = () => encodeMessage(order, {type: 16, flags: 5}, () => undefined);
	for (let i = 0; i < 2; i++)
		conversation.request(request(), {message: () => undefined, end: ({kind}) => endings.push(kind)});
	try {
		conversation.receive(bytes);
	} finally {
		const soFar = endings.length;
		while (conversation.busy) conversation.abandon();
		demand(endings.length === 2, `every request ends once: ${soFar}, then ${endings.join()}`);
	}
	return endings;
}

const header = {type: 16, flags: 2, sequence: 1, port: 1};
const route = {
	family: 2,
	destinationLength: 24,
	sourceLength: 0,
	tos: 0,
	table: 254,
	protocol: 3,
	scope: 0,
	type: 1,
	flags: 0,
};

/** The bytes behind the header of a message that our own encoder made. */
const body = (message: Uint8Array) => message.slice(16);

const rtnetlinkTargets: readonly Target[] = orders.flatMap(order => [
	{
		name: `rtnetlink.link-${order}`,
		seeds: [
			body(encodeLink(order, {family: 0, hardware: 1, index: 2, flags: 3, name: 'wlan0', mtuBytes: 1500}, header)),
		],
		decode: (bytes: Uint8Array) => decodeLink(bytes, order, 0, bytes.length),
	},
	{
		name: `rtnetlink.address-${order}`,
		seeds: [
			body(
				encodeAddress(
					order,
					{family: 2, prefixLength: 8, flags: 0, scope: 0, interfaceIndex: 1, address: '127.0.0.1', label: 'lo'},
					header,
				),
			),
		],
		decode: (bytes: Uint8Array) => decodeAddress(bytes, order, 0, bytes.length),
	},
	{
		name: `rtnetlink.neighbour-${order}`,
		seeds: [
			body(
				encodeNeighbour(
					order,
					{
						family: 2,
						interfaceIndex: 1,
						state: 2,
						flags: 0,
						type: 1,
						destination: '192.0.2.1',
						address: '02:00:00:00:00:01',
					},
					header,
				),
			),
		],
		decode: (bytes: Uint8Array) => decodeNeighbour(bytes, order, 0, bytes.length),
	},
	{
		name: `rtnetlink.route-${order}`,
		seeds: [
			body(
				encodeRoute(order, {...route, destination: '192.0.2.0', gateway: '198.51.100.1', via: '2001:db8::1'}, header),
			),
			body(
				encodeRoute(
					order,
					{...route, nextHops: [{flags: 0, weight: 1, interfaceIndex: 3, gateway: '192.0.2.1'}]},
					header,
				),
			),
		],
		decode: (bytes: Uint8Array) => decodeRoute(bytes, order, 0, bytes.length),
	},
]);

const netlinkTargets: readonly Target[] = orders.flatMap(order => [
	{
		name: `netlink.datagram-${order}`,
		seeds: [encodeLink(order, {family: 0, hardware: 1, index: 2, flags: 3, name: 'wlan0'}, header)],
		decode: (bytes: Uint8Array) => decodeDatagram(bytes, order),
	},
	{
		name: `netlink.conversation-${order}`,
		seeds: [encodeMessage(order, {type: NLMSG_DONE, flags: 2, sequence: 1, port: 7}, sink => sink.reserve(4))],
		decode: (bytes: Uint8Array) => converse(bytes, order),
	},
	{
		name: `nl80211.collect-${order}`,
		seeds: [sample(wiphyMessage as unknown as Table<Fields>, order)],
		decode: (bytes: Uint8Array) => {
			const collector = new WiphyCollector();
			const part = wiphyMessage.decode(bytes, order);
			collector.add(part);
			collector.add(part);
			return collector.wiphys().flatMap(({bands}) => [...bands.values()].map(bandCapability));
		},
	},
]);

const elementsTarget: Target = {
	name: 'ieee80211.elements',
	seeds: [
		encodeElement(0, encodeUtf8('network')),
		encodeElement(11, [3, 0, 128, 0, 0]),
		encodeElement(61, [1, 5, ...new Array<number>(20).fill(0)]),
		encodeElement(113, [1, 1, 0, 1, 0, 3, 9]),
		encodeElement(192, [1, 42, 0, 0, 0]),
		encodeElement(255, [36, 0, 0, 2, 0, 0, 0, 5, 2, 7, 0, 0]),
	],
	decode: bytes => decodeElements(bytes),
};

const ipAddressTarget: Target = {
	name: 'rtnetlink.ipAddress',
	seeds: ['192.0.2.1', '2001:db8::1', '::', '::ffff:192.0.2.1', '1:2:3:4:5:6:7:8'].map(encodeUtf8),
	decode(bytes) {
		const address = parseIpAddress(decodeUtf8(bytes));
		const text = formatIpAddress(address);
		demand(textOf(parseIpAddress(text)) === textOf(address), `${text} is another address`);
		return text.length;
	},
};

const series = [
	{name: 'radio.frequencyMhz', labels: {radio: 'phy0'}, unit: 'MHz', scale: 1, kind: 'gauge', class: 'public'},
	{
		name: 'interface.receiveBytes',
		labels: {interface: 'bat0'},
		unit: 'bytes',
		scale: 1,
		kind: 'counter',
		class: 'public',
	},
] as const;
const hello: Hello = {
	version: 1,
	node: 'node-1',
	boot: 1,
	schema: schemaHash(series),
	software: 'astral-mesh 0.1.0',
	intervalMs: 1000,
	series,
};

const SERIES = 12;
const BOOT = 2;
const frameHeader = {timeMs: 1.7e12, clockUnset: false};
const firstValues = [2412, -95, undefined, 0, 1, 2 ** 40, 5, 6, 7, 8, 9, 10];

/** A keyframe and the frame after it, as a collector receives them. */
function frames(): Uint8Array[] {
	const encoder = new FrameEncoder(SERIES, 1, BOOT);
	const key = encoder.encode(firstValues, {...frameHeader, sequence: 0, keyframe: true});
	const values = [2437, -95, -1, undefined, 2, 2 ** 41, 5, 6, 7, 8, 9, undefined];
	return [key, encoder.encode(values, {...frameHeader, sequence: 1, keyframe: false})];
}

const reportTargets: readonly Target[] = [
	{
		name: 'report.hello',
		seeds: [encodeHello(hello)],
		decode(bytes) {
			const value = decodeHello(bytes);
			demand(textOf(decodeHello(encodeHello(value))) === textOf(value), 'a hello that is read can be written');
			return value;
		},
	},
	{name: 'report.frameHeader', seeds: frames(), decode: bytes => decodeFrameHeader(bytes)},
	{
		// The input is one frame after a good keyframe: a frame that fails must change nothing.
		name: 'report.frame',
		seeds: frames(),
		decode(bytes) {
			const decoder = new FrameDecoder(SERIES, 1, BOOT);
			const [key, next] = frames() as [Uint8Array, Uint8Array];
			decoder.decode(key);
			let value: unknown;
			try {
				value = decoder.decode(bytes);
			} finally {
				if (value === undefined) {
					demand(decoder.sequence === 0, 'a frame that failed is not counted');
					demand(decoder.decode(next).values[0] === 2437, 'a frame that failed changes nothing');
				}
			}
			const {values} = value as {values: readonly (number | undefined)[]};
			demand(values.length === SERIES, 'one value a series');
			demand(
				values.every(each => each === undefined || Number.isSafeInteger(each)),
				'values are safe integers',
			);
			return value;
		},
	},
	{
		name: 'report.topic',
		seeds: [encodeUtf8(topicFor('node-1', 'hello')), encodeUtf8(topicFor('n', 't'))],
		decode(bytes) {
			const text = decodeUtf8(bytes);
			const topic = parseTopic(text);
			if (topic !== undefined) demand(topicFor(topic.node, topic.kind) === text, 'one topic, one text');
			return topic;
		},
	},
	{
		name: 'core.varint',
		seeds: [Uint8Array.of(0, 127, 128, 1, 255, 255, 255, 255, 255, 255, 255, 15)],
		decode(bytes) {
			const reader = new VarintReader(bytes, 0, 'core.varint');
			let last = 0;
			while (reader.at < bytes.length) last = reader.next();
			demand(Number.isSafeInteger(last), 'a varint is a safe integer');
			return last;
		},
	},
];

export const targets: readonly Target[] = [
	...Object.values(messageTables).flatMap(tableTarget),
	...tableTarget(stationDetailMessage),
	...tableTarget(event),
	...tableTarget(family),
	...[meshInfo, hardInterface, originator, batmanNeighbour, gateway].flatMap(each =>
		tableTarget(each as Table<Fields>),
	),
	...netlinkTargets,
	...rtnetlinkTargets,
	elementsTarget,
	ipAddressTarget,
	...reportTargets,
	...sourceTargets,
	...textTargets,
	...openwrtTargets,
	...actuatorTargets,
	...spectralTargets,
	...ubusTargets,
	...uciTargets,
	...peerTargets,
	...eyesTargets,
];
