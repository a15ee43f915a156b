// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {DecodeError} from '../../../src/core/errors.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {PacketSplitter} from '../../../src/noc/ingest/packet-splitter.ts';

function packet(type: number, length: number): Buffer {
	const head = [type << 4];
	let rest = length;
	do {
		head.push((rest & 0x7f) | (rest > 127 ? 0x80 : 0));
		rest >>= 7;
	} while (rest > 0);
	return Buffer.concat([Buffer.from(head), Buffer.alloc(length, type)]);
}

test('packet splitter: gives the same packets however the stream is cut', t => {
	const seed = 20;
	const random = seededRandom(seed);
	const packets = [0, 1, 127, 128, 200, 16_383, 16_384, 70_000, 2, 0].map((length, i) => packet((i % 14) + 1, length));
	const stream = Buffer.concat(packets);
	for (const largest of [1, 2, 3, 7, 100, 5000, 100_000]) {
		const splitter = new PacketSplitter(100_000);
		const found: Buffer[] = [];
		for (let at = 0; at < stream.length; ) {
			const end = Math.min(stream.length, at + 1 + Math.floor(random() * largest));
			splitter.push(Buffer.from(stream.subarray(at, end)));
			for (let one = splitter.next(); one !== undefined; one = splitter.next()) found.push(Buffer.from(one));
			at = end;
		}
		t.deepEqual(
			found.map(one => one.length),
			packets.map(one => one.length),
			`pieces up to ${largest}, seed ${seed}`,
		);
		t.true(Buffer.concat(found).equals(stream));
		t.is(splitter.heldBytes, 0);
	}
});

test('packet splitter: keeps packets that are not asked for when more arrives', t => {
	const splitter = new PacketSplitter(100);
	splitter.push(Buffer.concat([packet(1, 5), packet(2, 6)]));
	t.is(splitter.next()?.length, 7);
	splitter.push(packet(3, 7));
	t.is(splitter.next()?.length, 8);
	t.is(splitter.next()?.length, 9);
	t.is(splitter.next(), undefined);
});

test('packet splitter: refuses a packet above the limit before it is held', t => {
	for (const cut of [2, 3, 4, 5]) {
		const splitter = new PacketSplitter(1000);
		const bytes = Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]);
		const error = t.throws(
			() => {
				splitter.push(bytes.subarray(0, cut));
				splitter.next();
				splitter.push(bytes.subarray(cut));
				splitter.next();
			},
			{instanceOf: DecodeError},
		);
		t.is(error?.code, 'limit');
	}
});

test('packet splitter: refuses a length of five bytes', t => {
	const splitter = new PacketSplitter(1000);
	splitter.push(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]));
	t.like(
		t.throws(() => splitter.next(), {instanceOf: DecodeError}),
		{code: 'length'},
	);
});
