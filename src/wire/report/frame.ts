// SPDX-License-Identifier: Apache-2.0
import {readU32, writeU16, writeU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {pushVarint, unzigzag, VarintReader, zigzag} from '../../core/varint.ts';
import {hostPack} from './native.ts';

// A telemetry frame, all numbers big-endian:
//
//   u8  version (1)         u8  flags: 1 keyframe, 2 clock was not set when this was measured
//   u32 schema hash         u32 boot id
//   u48 time, ms since 1970, when the measuring began
//   varint sequence number, 0 at start, one more each frame
//   bitmap, one bit a series, least significant first
//   one varint for each set bit:
//     keyframe: the series is present; zigzag(value)
//     else:     it changed; 0 = gone; was absent: 1 + zigzag(value); was present: zigzag(value − previous), never 0
//
// A node with 151 values measured 199 bytes a frame this way, against 3,377 of JSON.

export interface FrameHeader {
	readonly keyframe: boolean;
	/** The wall clock was not set: `timeMs` is only good relative to other frames of this boot. */
	readonly clockUnset: boolean;
	readonly schema: number;
	readonly boot: number;
	readonly timeMs: number;
	readonly sequence: number;
}

export interface Frame extends FrameHeader {
	/** Value × scale for each series of the schema; undefined where the node had none at that moment. */
	readonly values: readonly (number | undefined)[];
}

/** The largest value a frame carries: the step between any two of them fits a varint of 53 bits. */
export const MAX_FRAME_VALUE = 2 ** 51 - 1;

const VERSION = 1;
const KEYFRAME = 1;
const CLOCK_UNSET = 2;
const FLAGS_AT = 1;
const TIME_AT = 10;
const SEQUENCE_AT = 16;
const PATH = 'report.frame';
const POW32 = 4294967296;

/** Where a frame's clock can be mended before it is sent: the queue outlives the moment the router learns the time. */
export function rewriteFrameTime(frame: Uint8Array, timeMs: number, clockUnset: boolean): void {
	writeTime(frame, timeMs);
	frame[FLAGS_AT] = ((frame[FLAGS_AT] ?? 0) & ~CLOCK_UNSET) | (clockUnset ? CLOCK_UNSET : 0);
}

/** Whether a frame's time is not that of a clock. */
export function isClockUnset(frame: Uint8Array): boolean {
	return ((frame[FLAGS_AT] as number) & CLOCK_UNSET) !== 0;
}

/** Writes the frames of one schema and boot. */
export class FrameEncoder {
	/** NaN where there was none. */
	readonly #previous: Float64Array;
	/** What every frame begins with. */
	readonly #start = new Uint8Array(TIME_AT);

	constructor(seriesCount: number, schema: number, boot: number) {
		this.#previous = new Float64Array(seriesCount).fill(Number.NaN);
		this.#start[0] = VERSION;
		writeU32(this.#start, 2, schema, 'big');
		writeU32(this.#start, 6, boot, 'big');
	}

	/**
	 * `values` are integers (value × scale), one a series; undefined or NaN where there is none. What is beyond
	 * ±MAX_FRAME_VALUE is left out: no decoder could read the step back from it, and a stranger's beacon can make one.
	 */
	encode(
		values: ArrayLike<number | undefined>,
		header: {timeMs: number; clockUnset: boolean; sequence: number; keyframe: boolean},
	): Uint8Array {
		const {keyframe} = header;
		const sequence: number[] = [];
		pushVarint(sequence, header.sequence);
		const reserved = SEQUENCE_AT + sequence.length;
		const byHost = values instanceof Float64Array ? hostPack?.(values, this.#previous, keyframe, reserved) : undefined;
		const frame = byHost ?? packByScript(values, this.#previous, keyframe, reserved);
		frame.set(this.#start);
		frame[FLAGS_AT] = (keyframe ? KEYFRAME : 0) | (header.clockUnset ? CLOCK_UNSET : 0);
		writeTime(frame, header.timeMs);
		for (let i = 0; i < sequence.length; i++) frame[SEQUENCE_AT + i] = sequence[i] as number;
		return frame;
	}
}

/** What `hostPack` does, from values of any kind of array. */
export function packByScript(
	values: ArrayLike<number | undefined>,
	previous: Float64Array,
	keyframe: boolean,
	reserved: number,
): Uint8Array {
	const count = previous.length;
	const bitmap = new Uint8Array((count + 7) >> 3);
	const body: number[] = [];
	for (let i = 0; i < count; i++) {
		const given = values[i];
		const value = given !== undefined && given <= MAX_FRAME_VALUE && given >= -MAX_FRAME_VALUE ? given : undefined;
		const before = Number.isNaN(previous[i]) ? undefined : (previous[i] as number);
		previous[i] = value ?? Number.NaN;
		if (keyframe) {
			if (value === undefined) continue;
			pushVarint(body, zigzag(value));
		} else {
			if (value === before) continue;
			if (value === undefined) body.push(0);
			else if (before === undefined) pushVarint(body, 1 + zigzag(value));
			else pushVarint(body, zigzag(value - before));
		}
		bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));
	}
	const packed = new Uint8Array(reserved + bitmap.length + body.length);
	packed.set(bitmap, reserved);
	packed.set(body, reserved + bitmap.length);
	return packed;
}

/** Reads what stands before the values. Errors: DecodeError 'truncated' | 'version' | 'range'. */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader {
	return readHeader(bytes).header;
}

function readHeader(bytes: Uint8Array): {header: FrameHeader; reader: VarintReader} {
	if (bytes.length <= SEQUENCE_AT) throw new DecodeError('truncated', PATH, bytes.length);
	if (bytes[0] !== VERSION) throw new DecodeError('version', `${PATH}.version`, 0);
	const flags = bytes[FLAGS_AT] ?? 0;
	if (flags > (KEYFRAME | CLOCK_UNSET)) throw new DecodeError('range', `${PATH}.flags`, FLAGS_AT);
	const reader = new VarintReader(bytes, SEQUENCE_AT, `${PATH}.values`);
	const header = {
		keyframe: (flags & KEYFRAME) !== 0,
		clockUnset: (flags & CLOCK_UNSET) !== 0,
		schema: readU32(bytes, 2, 'big'),
		boot: readU32(bytes, 6, 'big'),
		timeMs: (((bytes[TIME_AT] ?? 0) << 8) | (bytes[TIME_AT + 1] ?? 0)) * POW32 + readU32(bytes, TIME_AT + 2, 'big'),
		sequence: reader.next(),
	};
	return {header, reader};
}

/** Reads the frames of one schema and boot, in order. */
export class FrameDecoder {
	readonly #values: (number | undefined)[];
	readonly #schema: number;
	readonly #boot: number;
	#sequence = -1;

	constructor(seriesCount: number, schema: number, boot: number) {
		this.#values = new Array<number | undefined>(seriesCount).fill(undefined);
		this.#schema = schema;
		this.#boot = boot;
	}

	/** The sequence number of the last frame read; -1 before the first. */
	get sequence(): number {
		return this.#sequence;
	}

	/**
	 * Reads the next frame. A frame that fails changes nothing.
	 *
	 * Errors: DecodeError 'sequence' (another schema or boot, or a delta that does not follow the frame before: ask for a
	 *         keyframe), 'truncated' | 'length' | 'version' | 'range'.
	 */
	decode(bytes: Uint8Array): Frame {
		const {header, reader} = readHeader(bytes);
		if (header.schema !== this.#schema || header.boot !== this.#boot)
			throw new DecodeError('sequence', `${PATH}.schema`, 2, 'another schema or boot');
		if (!header.keyframe && (this.#sequence < 0 || header.sequence !== this.#sequence + 1))
			throw new DecodeError('sequence', `${PATH}.sequence`, SEQUENCE_AT, `${header.sequence} after ${this.#sequence}`);
		const values = this.#read(bytes, reader, header.keyframe);
		for (let i = 0; i < values.length; i++) this.#values[i] = values[i];
		this.#sequence = header.sequence;
		return {...header, values};
	}

	#read(bytes: Uint8Array, reader: VarintReader, keyframe: boolean): (number | undefined)[] {
		const count = this.#values.length;
		const bitmapAt = reader.at;
		reader.at += (count + 7) >> 3;
		if (reader.at > bytes.length) throw new DecodeError('truncated', `${PATH}.bitmap`, bitmapAt);
		if ((count & 7) !== 0 && (bytes[reader.at - 1] ?? 0) >> (count & 7) !== 0)
			throw new DecodeError('range', `${PATH}.bitmap`, reader.at - 1, 'a bit beyond the last series');
		const values = keyframe ? new Array<number | undefined>(count).fill(undefined) : this.#values.slice();
		for (let i = 0; i < count; i++) {
			if (((bytes[bitmapAt + (i >> 3)] ?? 0) & (1 << (i & 7))) === 0) continue;
			const at = reader.at;
			const value = applyCode(reader.next(), keyframe, values[i], at);
			if (value !== undefined && !Number.isSafeInteger(value)) throw new DecodeError('range', `${PATH}.values`, at);
			values[i] = value;
		}
		if (reader.at !== bytes.length) throw new DecodeError('length', PATH, reader.at, 'bytes after the last value');
		return values;
	}
}

function applyCode(code: number, keyframe: boolean, before: number | undefined, at: number): number | undefined {
	if (keyframe) return unzigzag(code);
	if (code === 0) {
		if (before === undefined) throw new DecodeError('range', `${PATH}.values`, at, 'gone twice');
		return undefined;
	}
	return before === undefined ? unzigzag(code - 1) : before + unzigzag(code);
}

function writeTime(frame: Uint8Array, timeMs: number): void {
	const whole = Math.min(Math.max(0, Math.round(timeMs)), 2 ** 48 - 1);
	const high = Math.floor(whole / POW32);
	writeU16(frame, TIME_AT, high, 'big');
	writeU32(frame, TIME_AT + 2, whole - high * POW32, 'big');
}
