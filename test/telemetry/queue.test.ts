// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../src/core/random.ts';
import {type EntryKind, FrameQueue} from '../../src/telemetry/queue.ts';
import {FrameEncoder} from '../../src/wire/report/frame.ts';

// Entries of these tests: first byte its kind ('h', 'k', 'd'), then a number, then padding.

const kinds: Readonly<Record<number, EntryKind>> = {104: 'hello', 107: 'keyframe', 100: 'delta'};
const kindOf = (bytes: Uint8Array): EntryKind => kinds[bytes[0] ?? 0] ?? 'delta';

function entry(kind: 'h' | 'k' | 'd', number: number, length = 100): Uint8Array {
	const bytes = new Uint8Array(length);
	bytes[0] = kind.charCodeAt(0);
	bytes[1] = number >> 8;
	bytes[2] = number & 255;
	return bytes;
}

const numberOf = (bytes: Uint8Array): number => ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);

function drain(queue: FrameQueue): string[] {
	const seen: string[] = [];
	for (let next = queue.next(); next !== undefined; next = queue.next())
		seen.push(String.fromCharCode(next.bytes[0] ?? 0) + numberOf(next.bytes));
	return seen;
}

test('queue: hands out each entry once, in order, and forgets it when it is acknowledged', t => {
	const queue = new FrameQueue(65_536, kindOf);
	for (let i = 0; i < 100; i++) queue.push(entry(i % 10 === 0 ? 'k' : 'd', i));
	const first = queue.next();
	t.is(first?.id, 0);
	t.is(queue.length, 100);
	queue.acknowledge(0);
	t.is(queue.length, 99);
	t.is(drain(queue).length, 99);
	t.is(queue.next(), undefined);
	queue.acknowledge(99);
	t.is(queue.length, 0);
	t.is(queue.bytes, 0);
	t.is(queue.dropped, 0);
});

test('queue: does not forget what was not handed out', t => {
	const queue = new FrameQueue(65_536, kindOf);
	queue.push(entry('k', 1));
	queue.acknowledge(5);
	t.is(queue.length, 1);
});

test('queue: invariant 1, never holds more than its capacity, whatever comes', t => {
	const random = seededRandom(7);
	const queue = new FrameQueue(20_000, kindOf);
	let acknowledged = -1;
	for (let i = 0; i < 5000; i++) {
		queue.push(entry(random() < 0.1 ? 'k' : 'd', i & 0xffff, 3 + Math.floor(random() * 900)));
		t.true(queue.bytes <= 20_000);
		const next = random() < 0.3 ? queue.next() : undefined;
		if (next !== undefined) acknowledged = next.id;
		if (random() < 0.5) queue.acknowledge(acknowledged);
	}
	t.true(queue.dropped > 0);
});

test('queue: invariant 2, what is oldest after a drop can be read alone', t => {
	const queue = new FrameQueue(20_000, kindOf);
	for (let i = 0; i < 1000; i++) queue.push(entry(i % 10 === 0 ? 'k' : 'd', i));
	t.regex(drain(queue)[0] ?? '', /^k/);
});

test('queue: invariant 3, everything is delivered or counted as dropped', t => {
	const queue = new FrameQueue(20_000, kindOf);
	for (let i = 0; i < 1000; i++) queue.push(entry(i % 10 === 0 ? 'k' : 'd', i));
	t.is(drain(queue).length + queue.dropped, 1000);
});

test('queue: invariant 3 holds for entries on their way when they are dropped', t => {
	const queue = new FrameQueue(20_000, kindOf);
	let delivered = 0;
	for (let i = 0; i < 1000; i++) {
		queue.push(entry(i % 10 === 0 ? 'k' : 'd', i));
		if (i % 3 === 0 && queue.next() !== undefined) delivered++;
	}
	const rest = drain(queue).length;
	t.true(delivered + rest + queue.dropped >= 1000);
	t.true(queue.length <= 1000 - queue.dropped);
});

test('queue: invariant 4, a dropped hello is delivered before the frames it explains', t => {
	const queue = new FrameQueue(20_000, kindOf);
	queue.push(entry('h', 1));
	for (let i = 0; i < 1000; i++) queue.push(entry(i % 10 === 0 ? 'k' : 'd', i));
	const seen = drain(queue);
	t.is(seen[0], 'h1');
	t.regex(seen[1] ?? '', /^k/);
});

test('queue: invariant 4, only the newest of several dropped hellos is kept', t => {
	const queue = new FrameQueue(20_000, kindOf);
	for (let i = 0; i < 1000; i++) queue.push(i % 100 === 0 ? entry('h', i) : entry(i % 10 === 1 ? 'k' : 'd', i));
	const hellos = drain(queue).filter(name => name.startsWith('h'));
	t.true(hellos.length >= 1 && hellos.length <= 3);
	t.is(hellos.at(-1), 'h900');
});

test('queue: counts what could never fit', t => {
	const queue = new FrameQueue(16_384, kindOf);
	queue.push(entry('k', 1, 20_000));
	t.is(queue.length, 0);
	t.is(queue.dropped, 1);
});

test('queue: holds a day of 60 s frames of 151 values in 512 KiB', t => {
	const random = seededRandom(3);
	const encoder = new FrameEncoder(151, 1, 1);
	const values = Array.from({length: 151}, () => Math.floor(random() * 1e6));
	const queue = new FrameQueue(524_288, bytes => (((bytes[1] ?? 0) & 1) === 1 ? 'keyframe' : 'delta'));
	for (let sequence = 0; sequence < 1440; sequence++) {
		for (let i = 0; i < 151; i++) values[i] = (values[i] ?? 0) + Math.floor(random() * 60);
		queue.push(encoder.encode(values, {timeMs: sequence, clockUnset: false, sequence, keyframe: sequence % 10 === 0}));
	}
	t.is(queue.dropped, 0);
	t.is(queue.length, 1440);
});
