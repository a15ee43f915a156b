// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex, toHex} from '../../../src/core/bytes.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {
	decodeFrameHeader,
	type Frame,
	FrameDecoder,
	FrameEncoder,
	MAX_FRAME_VALUE,
	rewriteFrameTime,
} from '../../../src/wire/report/frame.ts';
import {checkCut} from '../../helper/vector.ts';

type Values = readonly (number | undefined)[];

const SCHEMA = 0xdeadbeef;
const BOOT = 0x01020304;
const TIME_MS = 1_795_220_000_123;

const encoderOf = (count: number) => new FrameEncoder(count, SCHEMA, BOOT);
const decoderOf = (count: number) => new FrameDecoder(count, SCHEMA, BOOT);

function encode(encoder: FrameEncoder, values: Values, sequence: number, keyframe = sequence === 0): Uint8Array {
	return encoder.encode(values, {timeMs: TIME_MS, clockUnset: false, sequence, keyframe});
}

test('frame: a keyframe is laid out as the table above its encoder says', t => {
	const bytes = encode(encoderOf(10), [1, undefined, -1, 64, 0, undefined, undefined, undefined, undefined, 300], 0);
	const header = '01 01 deadbeef 01020304 01a1fb734d7b 00';
	t.is(toHex(bytes), `${header} 1d02 02 01 8001 00 d804`.replaceAll(' ', ''));
});

test('frame: a delta says what changed, came and went', t => {
	const encoder = encoderOf(5);
	encode(encoder, [10, 20, undefined, 40, 50], 0);
	const bytes = encode(encoder, [10, 15, 7, undefined, 51], 1);
	// Bits 1, 2, 3, 4: −5, came with 7, gone, +1.
	t.is(toHex(bytes).slice(32), '01 1e 09 0f 00 02'.replaceAll(' ', ''));
});

const roundTrip = test.macro({
	title: (name = '') => `frame: ${name} survives`,
	exec(t, sequences: readonly Values[]) {
		const count = sequences[0]?.length ?? 0;
		const encoder = encoderOf(count);
		const decoder = decoderOf(count);
		sequences.forEach((values, sequence) => {
			const bytes = encode(encoder, values, sequence);
			const expected: Frame = {
				keyframe: sequence === 0,
				clockUnset: false,
				schema: SCHEMA,
				boot: BOOT,
				timeMs: TIME_MS,
				sequence,
				values,
			};
			t.deepEqual(decoder.decode(bytes), expected);
			t.is(decoder.sequence, sequence);
		});
	},
});

test('nothing at all', roundTrip, [[], [], []]);
test('a frame without changes', roundTrip, [
	[1, 2],
	[1, 2],
]);
test('one series of nine, whose bitmap has two bytes', roundTrip, [
	[undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined, 5],
	[undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined],
]);
test('a series that comes, goes and comes again', roundTrip, [
	[undefined],
	[0],
	[undefined],
	[-3],
	[-3],
	[undefined],
	[0],
]);
test('zero, which is not absence', roundTrip, [[0], [1], [0], [undefined], [0]]);
test('a counter up to the largest value and its reset', roundTrip, [[MAX_FRAME_VALUE], [0], [MAX_FRAME_VALUE]]);
test('the largest and the smallest step', roundTrip, [[MAX_FRAME_VALUE], [-MAX_FRAME_VALUE], [MAX_FRAME_VALUE]]);

test('frame: a value that none could read back is left out', t => {
	const encoder = encoderOf(3);
	const decoder = decoderOf(3);
	const wild = [MAX_FRAME_VALUE + 1, Number.MIN_SAFE_INTEGER, Number.NaN];
	t.deepEqual(decoder.decode(encode(encoder, wild, 0)).values, [undefined, undefined, undefined]);
	t.deepEqual(decoder.decode(encode(encoder, [1, 2, 3], 1)).values, [1, 2, 3]);
	t.deepEqual(decoder.decode(encode(encoder, wild, 2)).values, [undefined, undefined, undefined]);
	t.deepEqual(decoder.decode(encode(encoder, wild, 3)).values, [undefined, undefined, undefined]);
});

test('frame: random values of 200 series survive, keyframes amid them', t => {
	const seed = 4;
	const random = seededRandom(seed);
	const encoder = encoderOf(200);
	const decoder = decoderOf(200);
	let values: (number | undefined)[] = new Array<number | undefined>(200).fill(undefined);
	for (let sequence = 0; sequence < 300; sequence++) {
		values = values.map(value => {
			if (random() < 0.5) return value;
			if (random() < 0.1) return undefined;
			return Math.floor((random() - 0.5) * 2 ** Math.floor(random() * 50));
		});
		const bytes = encode(encoder, values, sequence, sequence % 60 === 0);
		t.deepEqual(decoder.decode(bytes).values, values, `seed ${seed}, frame ${sequence}`);
	}
});

test('frame: the answer is not changed by the frames that follow', t => {
	const encoder = encoderOf(2);
	const decoder = decoderOf(2);
	const first = decoder.decode(encode(encoder, [1, 2], 0));
	decoder.decode(encode(encoder, [3, undefined], 1));
	t.deepEqual(first.values, [1, 2]);
});

test('frame: the encoder does not keep the array it was given', t => {
	const encoder = encoderOf(1);
	const decoder = decoderOf(1);
	const values = [1];
	decoder.decode(encode(encoder, values, 0));
	values[0] = 5;
	t.deepEqual(decoder.decode(encode(encoder, values, 1)).values, [5]);
});

const refusedAfterKeyframe = test.macro({
	title: (name = '') => `frame: refuses ${name}, and nothing has changed`,
	exec(t, spoil: (delta: Uint8Array) => Uint8Array, code: string, path: string) {
		const encoder = encoderOf(3);
		const decoder = decoderOf(3);
		decoder.decode(encode(encoder, [10, 20, undefined], 0));
		const delta = encode(encoder, [11, 20, 5], 1);
		const error = t.throws(() => decoder.decode(spoil(delta.slice())), {instanceOf: DecodeError});
		t.like(error, {code, path});
		t.is(decoder.sequence, 0);
		t.deepEqual(decoder.decode(delta).values, [11, 20, 5]);
	},
});

function withByte(at: number, value: number): (bytes: Uint8Array) => Uint8Array {
	return bytes => {
		bytes[at < 0 ? bytes.length + at : at] = value;
		return bytes;
	};
}

test('another version', refusedAfterKeyframe, withByte(0, 2), 'version', 'report.frame.version');
test('a flag nobody defined', refusedAfterKeyframe, withByte(1, 4), 'range', 'report.frame.flags');
test('another schema', refusedAfterKeyframe, withByte(2, 0), 'sequence', 'report.frame.schema');
test('another boot', refusedAfterKeyframe, withByte(9, 0), 'sequence', 'report.frame.schema');
test('a gap', refusedAfterKeyframe, withByte(16, 2), 'sequence', 'report.frame.sequence');
test('a frame that was before', refusedAfterKeyframe, withByte(16, 0), 'sequence', 'report.frame.sequence');
test('a bit beyond the last series', refusedAfterKeyframe, withByte(17, 0x0d), 'range', 'report.frame.bitmap');
test('a series that goes twice', refusedAfterKeyframe, withByte(-1, 0), 'range', 'report.frame.values');
test('a value that is cut', refusedAfterKeyframe, bytes => bytes.slice(0, -1), 'truncated', 'report.frame.values');
test('a value whose rest is missing', refusedAfterKeyframe, withByte(-1, 0x80), 'truncated', 'report.frame.values');
test('bytes after the last value', refusedAfterKeyframe, bytes => Uint8Array.of(...bytes, 0), 'length', 'report.frame');
test('a frame without a bitmap', refusedAfterKeyframe, bytes => bytes.slice(0, 17), 'truncated', 'report.frame.bitmap');
test(
	'a value of more than 53 bits',
	refusedAfterKeyframe,
	bytes => Uint8Array.of(...bytes.slice(0, -1), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
	'range',
	'report.frame.values',
);

test('frame: refuses a sum beyond 2^53', t => {
	const decoder = decoderOf(1);
	const encoder = encoderOf(1);
	decoder.decode(encode(encoderOf(1), [MAX_FRAME_VALUE], 0));
	encode(encoder, [-MAX_FRAME_VALUE], 0);
	const step = encode(encoder, [MAX_FRAME_VALUE], 1);
	// Each time as much again: 3, then 5 times 2^51.
	decoder.decode(step);
	const again = withByte(16, 2)(step.slice());
	t.throws(() => decoder.decode(again), {instanceOf: DecodeError, message: /range/});
	t.is(decoder.sequence, 1);
});

test('frame: a delta is refused before a keyframe, and a keyframe mends a gap', t => {
	const encoder = encoderOf(1);
	const key = encode(encoder, [1], 0);
	const delta = encode(encoder, [2], 1);
	const late = encode(encoder, [9], 7, true);
	const decoder = decoderOf(1);
	t.is(decoder.sequence, -1);
	t.throws(() => decoder.decode(delta), {instanceOf: DecodeError, message: /1 after -1/});
	decoder.decode(key);
	t.deepEqual(decoder.decode(late).values, [9]);
	t.is(decoder.sequence, 7);
});

test('frame: cut anywhere, it answers or throws a DecodeError', t => {
	const bytes = encode(encoderOf(20), new Array<number>(20).fill(2 ** 40), 3, true);
	checkCut(t, bytes, cut => decoderOf(20).decode(cut));
	checkCut(t, bytes, cut => decodeFrameHeader(cut));
});

test('frame: every bit flipped, it answers or throws a DecodeError', t => {
	const bytes = encode(encoderOf(9), [1, -2, 300, undefined, 0, 2 ** 45, 7, 8, 9], 200, true);
	for (let bit = 0; bit < 8 * bytes.length; bit++) {
		const mutant = bytes.slice();
		mutant[bit >> 3] = (mutant[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		try {
			decoderOf(9).decode(mutant);
		} catch (error) {
			t.true(error instanceof DecodeError, `bit ${bit}: ${String(error)}`);
		}
	}
	t.pass();
});

test('frame: its header is read alone', t => {
	const bytes = encoderOf(3).encode([1, 2, 3], {timeMs: 5, clockUnset: true, sequence: 300, keyframe: false});
	t.deepEqual(decodeFrameHeader(bytes), {
		keyframe: false,
		clockUnset: true,
		schema: SCHEMA,
		boot: BOOT,
		timeMs: 5,
		sequence: 300,
	});
});

test('frame: a sequence number up to 2^53 - 1 is read, one above is refused', t => {
	const head = '0100deadbeef01020304000000000001';
	t.is(decodeFrameHeader(fromHex(`${head}ffffffffffffff0f`)).sequence, Number.MAX_SAFE_INTEGER);
	for (const varint of ['ffffffffffffff1f', '80808080808080808001', '80'])
		t.throws(() => decodeFrameHeader(fromHex(head + varint)), {instanceOf: DecodeError});
});

test('frame: its time is mended in place, all else stays', t => {
	const encoder = encoderOf(2);
	const bytes = encoder.encode([1, 2], {timeMs: 60_000, clockUnset: true, sequence: 0, keyframe: true});
	rewriteFrameTime(bytes, TIME_MS, false);
	t.deepEqual(bytes, encode(encoderOf(2), [1, 2], 0));
	rewriteFrameTime(bytes, 60_000, true);
	t.like(decodeFrameHeader(bytes), {timeMs: 60_000, clockUnset: true, keyframe: true});
});

test('frame: a time that does not fit 48 bits becomes the nearest that does', t => {
	const bytes = encode(encoderOf(0), [], 0);
	for (const [given, kept] of [
		[-5, 0],
		[0.6, 1],
		[2 ** 48, 2 ** 48 - 1],
		[1e20, 2 ** 48 - 1],
		[2 ** 32, 2 ** 32],
		[2 ** 48 - 1, 2 ** 48 - 1],
	] as const) {
		rewriteFrameTime(bytes, given, false);
		t.is(decodeFrameHeader(bytes).timeMs, kept);
	}
});
