// SPDX-License-Identifier: Apache-2.0
// What strangers can send the collector, and what a broken disk can give it. In Node only: the collector runs nowhere else.

import {fromHex} from '../../src/core/bytes.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import {decisionOf} from '../../src/noc/ingest/decisions.ts';
import {decodeJsonSamples} from '../../src/noc/ingest/json-samples.ts';
import {NodeStream} from '../../src/noc/ingest/node-stream.ts';
import {parsePacket} from '../../src/noc/ingest/packet.ts';
import {PacketSplitter} from '../../src/noc/ingest/packet-splitter.ts';
import {type PublishLayout, readPublish} from '../../src/noc/ingest/publish.ts';
import {ProtocolError} from '../../src/noc/ingest/reason.ts';
import {slotsOf} from '../../src/noc/ingest/slots.ts';
import {addIncrease, addValue, makeBuckets} from '../../src/noc/store/bucket.ts';
import {decodeChunk, encodeChunk} from '../../src/noc/store/chunk.ts';
import {decodeRollup, encodeRollup, fiveMinuteTier, placesOf} from '../../src/noc/store/rollup.ts';
import {Segment} from '../../src/noc/store/segment.ts';
import {SyntheticNode} from '../helper/synthetic-node.ts';
import type {Target} from './fuzzer.ts';

const router = new SyntheticNode({node: 'r1', seed: 1, startMs: 1_700_000_000_000, radios: 1, peers: 1});
const frames = Array.from({length: 4}, () => router.next());
const name = encodeUtf8('r1');

function segmentBytes(): Buffer {
	const segment = new Segment(1, 0);
	segment.append('hello', 'r1', name, 1_700_000_000_000, router.hello);
	for (const frame of frames) segment.append('frame', 'r1', name, 1_700_000_000_001, frame);
	return Buffer.concat(segment.take().map(span => span.bytes));
}

function rollupBytes(): Uint8Array {
	const cells = makeBuckets(placesOf(fiveMinuteTier));
	for (let i = 0; i < 9; i++) {
		addValue(cells, i * 20, i, i * 7);
		addIncrease(cells, i * 20, i, 1000);
	}
	return encodeRollup(
		new Map([
			[3, {counter: false, cells}],
			[9, {counter: true, cells}],
		]),
	);
}

/** A packet of a client, as the listener reads it; what the protocol forbids is a good answer. */
function readPacket(bytes: Uint8Array, version: 4 | 5): unknown {
	const splitter = new PacketSplitter(4096);
	splitter.push(Buffer.from(bytes));
	const packet = splitter.next();
	if (packet === undefined) return undefined;
	const layout = {} as PublishLayout;
	if (readPublish(packet, version, layout)) {
		if (layout.payloadAt > packet.length || layout.topicEnd > layout.payloadAt)
			throw new Error('a layout beyond its packet');
		return layout;
	}
	try {
		return parsePacket(packet, (packet[0] ?? 0) >> 4 === 1 ? 0 : version).cmd;
	} catch (error) {
		if (error instanceof ProtocolError) return `refused ${error.reason}`;
		throw error;
	}
}

const packets = [
	'101900044d51545404ce003c000174000174000177000175000170',
	'102000044d51545405c2003c05110000003c0001740000017400017700017500',
	'320c000474657374000a68656c6c',
	'320f000474657374000a020102686c6f6f',
	'8209000100046d6573680100',
	'820b000105260001610001620001',
	'a208000100046d657368',
	'40020001',
	'4004000100',
	'e000',
	'e0070005110000003c00',
	'c000',
	'f00118',
].map(fromHex);

export const collectorTargets: readonly Target[] = [
	...([4, 5] as const).map(version => ({
		name: `noc.packet-${version}`,
		seeds: packets,
		decode: (bytes: Uint8Array) => readPacket(bytes, version),
	})),
	{
		// A router's stream up to its fourth frame, and then anything.
		name: 'noc.frame',
		seeds: frames,
		decode(bytes) {
			const stream = new NodeStream();
			stream.hello(router.hello);
			for (const frame of frames.slice(0, 3)) stream.frame(frame);
			const before = JSON.stringify(stream.latest?.frame);
			try {
				return stream.frame(bytes).kind;
			} catch (error) {
				if (JSON.stringify(stream.latest?.frame) !== before) throw new Error('a frame that failed changed something');
				throw error;
			}
		},
	},
	{
		name: 'noc.json',
		seeds: [
			encodeUtf8('{"timeMs":1,"values":[{"name":"channel.noiseDbm","labels":{"radio":"phy0"},"value":-95}]}'),
			encodeUtf8('{"values":[{"name":"a.b","unit":"x","value":1.5}]}'),
		],
		decode: bytes => decodeJsonSamples(bytes, 1000),
	},
	{
		name: 'noc.event',
		seeds: [encodeUtf8('{"timeMs":1,"clockUnset":false,"event":"decision","subject":"phy0","detail":"x"}')],
		decode: bytes => decisionOf(bytes, 1000),
	},
	{
		name: 'noc.slots',
		seeds: [
			encodeUtf8(
				JSON.stringify({
					...{timeMs: 1, clockUnset: false, event: 'slots', subject: 'phy0'},
					detail:
						'{"radio":"phy0","state":"gated","sentences":["x"],"slots":8,"slotUs":5000,"open":[[6,2]],"routers":[{"router":"0a","own":[[0,3]]}]}',
				}),
			),
		],
		decode: bytes => slotsOf(bytes, 1000),
	},
	{
		name: 'noc.log',
		seeds: [segmentBytes()],
		decode(bytes) {
			const segment = new Segment(1, 0);
			const end = segment.load(Buffer.from(bytes));
			if (end > bytes.length) throw new Error('more records than bytes');
			let count = 0;
			segment.replay(() => {
				count++;
			});
			return {[`${count} entries`]: true};
		},
	},
	{
		name: 'noc.chunk',
		seeds: [
			encodeChunk({
				timesMs: [1, 2, 3],
				series: new Map([
					[1, [5, undefined, 9]],
					[2, [1, 2, 3]],
				]),
			}),
		],
		decode: bytes => decodeChunk(bytes, () => true),
	},
	{name: 'noc.rollup', seeds: [rollupBytes()], decode: bytes => decodeRollup(bytes, fiveMinuteTier, 0)},
];
