// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readI32, readU16, readU32, writeU16, writeU32, writeU64} from '../../core/bytes.ts';
import {decodeUtf8, encodeUtf8, HEXADECIMAL, isMadeOf} from '../../core/text.ts';
import type {ByteSink} from './byte-sink.ts';

// Kinds of payload, as src/runtime/quickjs/host/attributes.c knows them. What it does not read is of another kind.
export const KIND_OTHER = 1;
export const KIND_U32 = 2;
export const KIND_U64 = 3;
export const KIND_NESTED = 4;
export const KIND_U8 = 5;
export const KIND_I8 = 6;
export const KIND_U16 = 7;
export const KIND_I32 = 8;
export const KIND_S64 = 9;
export const KIND_U64_CLAMPED = 10;
export const KIND_S64_CLAMPED = 11;
export const KIND_FLAG = 12;
export const KIND_MAC = 13;
export const KIND_TEXT = 14;

/** Reads from words where it can: `words[index]` is the word at `bytes[start]`, in the host's terms. */
export interface WordReader {
	readWords(bytes: Uint8Array, words: Int32Array, index: number, order: ByteOrder, start: number, end: number): unknown;
}

/** How a payload is read and written. The table has checked `size` and `step` before it calls `read`. */
export interface Codec<T> {
	/** Absent: KIND_OTHER. */
	readonly kind?: number;
	/** The exact payload length in bytes; -1 for any. */
	readonly size: number;
	/** The payload's length is a multiple of this. */
	readonly step: number;
	/** Whether `read` may answer NaN, for a 64-bit number that is not exact. */
	readonly wide: boolean;
	/** Answers undefined for a payload that is not this field's after all: it is passed over. */
	read(bytes: Uint8Array, start: number, end: number, order: ByteOrder): T | undefined;
	/** As `read`; where it is there, a table prefers it. */
	readWords?(
		bytes: Uint8Array,
		words: Int32Array,
		index: number,
		order: ByteOrder,
		start: number,
		end: number,
	): T | undefined;
	write(sink: ByteSink, value: T, order: ByteOrder): void;
}

/** The codec of a table within a table. */
export interface NestedCodec {
	readonly kind: typeof KIND_NESTED;
	readonly table: WordReader;
}

export type Presence = 'optional' | 'required' | 'flag';

/** One row of a table: an attribute's number and what its payload is. */
export interface Field<T, P extends Presence = Presence> {
	readonly type: number;
	readonly presence: P;
	readonly codec: Codec<T>;
}

export class FieldOf<T, P extends Presence> implements Field<T, P> {
	readonly type: number;
	readonly codec: Codec<T>;
	readonly presence: P;

	constructor(type: number, codec: Codec<T>, presence: P) {
		this.type = type;
		this.codec = codec;
		this.presence = presence;
	}

	/** The same field, which a message must not lack. */
	get required(): FieldOf<T, 'required'> {
		return new FieldOf(this.type, this.codec, 'required');
	}
}

const POW32 = 4294967296;
const ANY = {size: -1, step: 1, wide: false} as const;
const fixed = (size: number) => ({size, step: 1, wide: false}) as const;
const WIDE = {size: 8, step: 1, wide: true} as const;

function writeNumber(sink: ByteSink, value: number, order: ByteOrder, size: 1 | 2 | 4 | 8): void {
	const at = sink.reserve(size);
	if (size === 4) writeU32(sink.bytes, at, value, order);
	else if (size === 8) writeU64(sink.bytes, at, value, order);
	else if (size === 2) writeU16(sink.bytes, at, value, order);
	else sink.bytes[at] = value;
}

/** The high word decides whether the whole is exact: NaN where it is not. */
function readWide(bytes: Uint8Array, at: number, order: ByteOrder): number {
	const little = order === 'little';
	const high = readU32(bytes, little ? at + 4 : at, order);
	return high > 0x1fffff ? Number.NaN : high * POW32 + readU32(bytes, little ? at : at + 4, order);
}

function readWideSigned(bytes: Uint8Array, at: number, order: ByteOrder): number {
	const little = order === 'little';
	const high = readI32(bytes, little ? at + 4 : at, order);
	const value = high * POW32 + readU32(bytes, little ? at : at + 4, order);
	return Number.isSafeInteger(value) ? value : Number.NaN;
}

function clamp(value: number, high: number): number {
	if (!Number.isNaN(value)) return value;
	return high < 0 ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
}

const highWord = (bytes: Uint8Array, at: number, order: ByteOrder) =>
	readI32(bytes, order === 'little' ? at + 4 : at, order);

const HEX = '0123456789abcdef';

/** Reads bytes as 'aa:bb:cc:dd:ee:ff'. */
export function readMac(bytes: Uint8Array, start: number, end: number = start + 6): string {
	let text = '';
	for (let at = start; at < end; at++) {
		const byte = bytes[at] as number;
		if (at > start) text += ':';
		text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
	}
	return text;
}

/** Writes 'aa:bb:cc:dd:ee:ff' as bytes. Errors: RangeError for anything else, or another length. */
export function writeMac(sink: ByteSink, address: string, length = 6): void {
	const pairs = address === '' ? [] : address.split(':');
	if (pairs.length !== length || !pairs.every(pair => pair.length === 2 && isMadeOf(pair, HEXADECIMAL)))
		throw new RangeError(`not a hardware address of ${length} bytes: ${address}`);
	const at = sink.reserve(length);
	for (let i = 0; i < length; i++) sink.bytes[at + i] = Number.parseInt(pairs[i] ?? '', 16);
}

/** One reader and one writer for each kind of payload, shared by all tables. */
export const codecs = {
	u8: {
		...fixed(1),
		kind: KIND_U8,
		read: (bytes, at) => bytes[at] as number,
		write: (sink, value, order) => writeNumber(sink, value, order, 1),
	} as Codec<number>,
	i8: {
		...fixed(1),
		kind: KIND_I8,
		read: (bytes, at) => ((bytes[at] as number) << 24) >> 24,
		write: (sink, value, order) => writeNumber(sink, value, order, 1),
	} as Codec<number>,
	u16: {
		...fixed(2),
		kind: KIND_U16,
		read: (bytes, at, _end, order) => readU16(bytes, at, order),
		write: (sink, value, order) => writeNumber(sink, value, order, 2),
	} as Codec<number>,
	u32: {
		...fixed(4),
		kind: KIND_U32,
		read: (bytes, at, _end, order) => readU32(bytes, at, order),
		write: (sink, value, order) => writeNumber(sink, value, order, 4),
	} as Codec<number>,
	i32: {
		...fixed(4),
		kind: KIND_I32,
		read: (bytes, at, _end, order) => readI32(bytes, at, order),
		write: (sink, value, order) => writeNumber(sink, value, order, 4),
	} as Codec<number>,
	u64: {
		...WIDE,
		kind: KIND_U64,
		read: (bytes, at, _end, order) => readWide(bytes, at, order),
		write: (sink, value, order) => writeNumber(sink, value, order, 8),
	} as Codec<number>,
	s64: {
		...WIDE,
		kind: KIND_S64,
		read: (bytes, at, _end, order) => readWideSigned(bytes, at, order),
		write: (sink, value, order) => writeNumber(sink, value, order, 8),
	} as Codec<number>,
	u64Clamped: {
		...fixed(8),
		kind: KIND_U64_CLAMPED,
		read: (bytes, at, _end, order) => clamp(readWide(bytes, at, order), 0),
		write: (sink, value, order) => writeNumber(sink, value, order, 8),
	} as Codec<number>,
	s64Clamped: {
		...fixed(8),
		kind: KIND_S64_CLAMPED,
		read: (bytes, at, _end, order) => clamp(readWideSigned(bytes, at, order), highWord(bytes, at, order)),
		write: (sink, value, order) => writeNumber(sink, value, order, 8),
	} as Codec<number>,
	flag: {...fixed(0), kind: KIND_FLAG, read: () => true, write: () => undefined} as Codec<boolean>,
	text: {
		...ANY,
		kind: KIND_TEXT,
		read(bytes, start, end) {
			let stop = start;
			while (stop < end && bytes[stop] !== 0) stop++;
			return decodeUtf8(bytes.subarray(start, stop));
		},
		write(sink, value) {
			sink.push(encodeUtf8(value));
			sink.reserve(1);
		},
	} as Codec<string>,
	bytes: {
		...ANY,
		read: (bytes, start, end) => bytes.slice(start, end),
		write: (sink, value) => sink.push(value),
	} as Codec<Uint8Array>,
	mac: {
		...fixed(6),
		kind: KIND_MAC,
		read: (bytes, start) => readMac(bytes, start),
		write: (sink, value) => writeMac(sink, value),
	} as Codec<string>,
	address: {
		...ANY,
		read: (bytes, start, end) => readMac(bytes, start, end),
		write: (sink, value) => writeMac(sink, value, value === '' ? 0 : (value.length + 1) / 3),
	} as Codec<string>,
	u16s: {
		...ANY,
		step: 2,
		read(bytes, start, end, order) {
			const values: number[] = [];
			for (let at = start; at < end; at += 2) values.push(readU16(bytes, at, order));
			return values;
		},
		write(sink, values, order) {
			for (const value of values) writeNumber(sink, value, order, 2);
		},
	} as Codec<readonly number[]>,
	u32s: {
		...ANY,
		step: 4,
		read(bytes, start, end, order) {
			const values: number[] = [];
			for (let at = start; at < end; at += 4) values.push(readU32(bytes, at, order));
			return values;
		},
		write(sink, values, order) {
			for (const value of values) writeNumber(sink, value, order, 4);
		},
	} as Codec<readonly number[]>,
};
