// SPDX-License-Identifier: Apache-2.0
import {ByteWriter} from './byte-writer.ts';

// blobmsg: tables and arrays of typed values, big-endian. An element is a header (extended bit, type, length with these four
// bytes), the length of its name, the name with a zero byte, padding to four bytes, then the value, padded again.

export const UNSPEC = 0;
export const ARRAY = 1;
export const TABLE = 2;
export const STRING = 3;
export const INT64 = 4;
export const INT32 = 5;
export const INT16 = 6;
export const INT8 = 7;
export const DOUBLE = 8;

/** Deeper nesting is refused: nothing on a bus has it, and a decoder recurses. */
export const DEPTH_LIMIT = 32;
const POW32 = 4294967296;

/**
 * What a table can hold.
 *
 * Shape:  booleans travel as int8, whole numbers as int32 where they fit and as int64 beyond, others as double, null as an
 *         empty value; `typed` says a width explicitly. Read back, an int64 that a number cannot hold is a bigint.
 * Absent: a member that is undefined is left out.
 */
export type BlobValue = null | boolean | number | bigint | string | Typed | readonly BlobValue[] | BlobTable;
export interface BlobTable {
	readonly [name: string]: BlobValue | undefined;
}

/** A number whose width on the wire is said, for callees that insist on it. */
export class Typed {
	readonly type: number;
	readonly value: number | bigint;

	constructor(type: number, value: number | bigint) {
		this.type = type;
		this.value = value;
	}
}

export function typed(type: number, value: number | bigint): Typed {
	return new Typed(type, value);
}

/** Bytes that are not what they claim to be. `code` is a stable word, `offset` the byte where the element starts. */
export class BlobError extends Error {
	readonly code: 'length' | 'type' | 'depth';
	readonly offset: number;

	constructor(code: BlobError['code'], offset: number) {
		super(`blobmsg: ${code} at byte ${offset}`);
		this.name = 'BlobError';
		this.code = code;
		this.offset = offset;
	}
}

const decoder = /* @__PURE__ */ new TextDecoder();
const scratch = /* @__PURE__ */ new DataView(new ArrayBuffer(8));

export function readU32(bytes: Uint8Array, at: number): number {
	return (
		(((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
	);
}

/** Text up to `end`; what is not UTF-8 becomes U+FFFD. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
	if (end - start > 64) return decoder.decode(bytes.subarray(start, end));
	let text = '';
	for (let i = start; i < end; i++) {
		const byte = bytes[i] ?? 0;
		if (byte > 127) return decoder.decode(bytes.subarray(start, end));
		text += String.fromCharCode(byte);
	}
	return text;
}

/** Walks over the elements between two offsets. Errors: BlobError 'length' where an element leaves its surroundings. */
export class ElementCursor {
	readonly bytes: Uint8Array;
	/** Where the element starts, and its payload without the name. */
	at = 0;
	from = 0;
	to = 0;
	type = 0;
	/** Absent: undefined for an element without the extended bit, which has no name. */
	name: string | undefined;
	private nextAt: number;
	private readonly end: number;

	constructor(bytes: Uint8Array, start: number, end: number) {
		this.bytes = bytes;
		this.nextAt = start;
		this.end = end;
	}

	next(): boolean {
		const {bytes} = this;
		const at = this.nextAt;
		const rest = this.end - at;
		if (rest <= 0) return false;
		this.at = at;
		const first = bytes[at] ?? 0;
		const length = readU32(bytes, at) & 0xffffff;
		const padded = (length + 3) & ~3;
		if (length < 4 || padded > rest) throw new BlobError('length', at);
		this.type = first & 0x7f;
		this.from = at + 4;
		this.to = at + length;
		this.nextAt = at + padded;
		this.name = undefined;
		if (first & 0x80) {
			if (length < 7) throw new BlobError('length', at);
			const nameEnd = at + 6 + (((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0));
			this.from = at + ((nameEnd - at + 4) & ~3);
			if (this.from > this.to || bytes[nameEnd] !== 0) throw new BlobError('length', at);
			this.name = nameEnd === at + 6 ? '' : readText(bytes, at + 6, nameEnd);
		}
		return true;
	}
}

/** Reads a table's elements. Two of one name: the last one stands. Errors: BlobError. */
export function decodeTable(bytes: Uint8Array, start = 0, end = bytes.length, depth = 0): BlobTable {
	const table: Record<string, BlobValue> = {};
	const cursor = new ElementCursor(bytes, start, end);
	while (cursor.next()) {
		const {name} = cursor;
		if (name === undefined) continue; // as libubox does
		const value = decodeElement(cursor, depth);
		if (name === '__proto__')
			Object.defineProperty(table, name, {value, enumerable: true, configurable: true, writable: true});
		else table[name] = value;
	}
	return table;
}

function decodeArray(bytes: Uint8Array, start: number, end: number, depth: number): BlobValue[] {
	const values: BlobValue[] = [];
	const cursor = new ElementCursor(bytes, start, end);
	while (cursor.next()) values.push(decodeElement(cursor, depth));
	return values;
}

/** The value the cursor stands on. Errors: BlobError. */
export function decodeElement({bytes, at, from, to, type}: ElementCursor, depth = 0): BlobValue {
	const length = to - from;
	const width =
		type === INT32 ? 4 : type === INT8 ? 1 : type === INT16 ? 2 : type === INT64 || type === DOUBLE ? 8 : length;
	if (length !== width) throw new BlobError('length', at);
	switch (type) {
		case STRING:
			if (length === 0 || bytes[to - 1] !== 0) throw new BlobError('length', at);
			return readText(bytes, from, endOfText(bytes, from, to));
		case INT32:
			return readU32(bytes, from) | 0;
		case INT8:
			return bytes[from] !== 0;
		case INT16:
			return (((bytes[from] ?? 0) << 24) >> 16) | (bytes[from + 1] ?? 0);
		case INT64:
			return decodeInt64(bytes, from);
		case DOUBLE:
			scratch.setUint32(0, readU32(bytes, from));
			scratch.setUint32(4, readU32(bytes, from + 4));
			return scratch.getFloat64(0);
		case UNSPEC:
			return null;
		case TABLE:
		case ARRAY:
			if (depth >= DEPTH_LIMIT) throw new BlobError('depth', at);
			return type === TABLE ? decodeTable(bytes, from, to, depth + 1) : decodeArray(bytes, from, to, depth + 1);
		default:
			throw new BlobError('type', at);
	}
}

/** A text ends at its first zero byte, as in C. */
export function endOfText(bytes: Uint8Array, from: number, to: number): number {
	const zero = bytes.indexOf(0, from);
	return zero < 0 || zero > to ? to : zero;
}

function decodeInt64(bytes: Uint8Array, at: number): number | bigint {
	const value = (readU32(bytes, at) | 0) * POW32 + readU32(bytes, at + 4);
	return Number.isSafeInteger(value) ? value : decodeBigInt(bytes, at);
}

/** Signed. The router's engine has bigints, but not the function that makes one of a number. */
export function decodeBigInt(bytes: Uint8Array, at: number): bigint {
	scratch.setUint32(0, readU32(bytes, at));
	scratch.setUint32(4, readU32(bytes, at + 4));
	return scratch.getBigInt64(0);
}

/** Builds a table's elements, without a header of their own. */
export function encodeTable(table: BlobTable): Uint8Array {
	const writer = new ByteWriter();
	putTable(writer, table);
	return writer.take();
}

export function putTable(writer: ByteWriter, table: BlobTable): void {
	for (const name of Object.keys(table)) {
		const value = table[name];
		if (value !== undefined) putValue(writer, name, value);
	}
}

export function putValue(writer: ByteWriter, name: string, value: BlobValue): void {
	switch (typeof value) {
		case 'string': {
			const start = writer.open(STRING, name);
			writer.text(value);
			return writer.close(start);
		}
		case 'boolean':
			return putNumber(writer, name, INT8, value ? 1 : 0);
		case 'number':
			if (value === (value | 0)) return putNumber(writer, name, INT32, value);
			return putNumber(writer, name, Number.isSafeInteger(value) ? INT64 : DOUBLE, value);
		case 'bigint':
			return putNumber(writer, name, INT64, value);
	}
	if (value === null) return writer.close(writer.open(UNSPEC, name));
	if (value instanceof Typed) return putNumber(writer, name, value.type, value.value);
	const isArray = Array.isArray(value);
	const start = writer.open(isArray ? ARRAY : TABLE, name);
	if (isArray) for (const item of value as readonly BlobValue[]) putValue(writer, '', item);
	else putTable(writer, value as BlobTable);
	writer.close(start);
}

export function putNumber(writer: ByteWriter, name: string | undefined, type: number, value: number | bigint): void {
	const start = writer.open(type, name);
	if (type === INT64 && typeof value === 'bigint') {
		scratch.setBigInt64(0, value);
		writer.u32(scratch.getUint32(0));
		writer.u32(scratch.getUint32(4));
	} else if (type === DOUBLE) {
		scratch.setFloat64(0, value as number);
		writer.u32(scratch.getUint32(0));
		writer.u32(scratch.getUint32(4));
	} else {
		const number = value as number;
		if (type === INT64) writer.u32(Math.floor(number / POW32));
		if (type === INT64 || type === INT32) writer.u32(number);
		else if (type === INT16) writer.u16(number);
		else writer.u8(number);
	}
	writer.close(start);
}
