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
 *         Members keep their order, except that names which are whole numbers come first, as in any object; fields.ts
 *         keeps all as it was.
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

/** A DataView on the same bytes: in the router's engine one call of it costs a fifth of reading four bytes. */
export function viewOf({buffer, byteOffset, byteLength}: Uint8Array): DataView {
	return new DataView(buffer, byteOffset, byteLength);
}

/** Text up to `end`; what is not UTF-8 becomes U+FFFD. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
	return start === end ? '' : decoder.decode(bytes.subarray(start, end));
}

/**
 * Walks over the elements between two offsets. Errors: BlobError 'length' where an element leaves its surroundings.
 *
 * Its fields are declared and not defined: the router's engine takes ten times longer to define one than to assign it.
 */
export class ElementCursor {
	declare readonly bytes: Uint8Array;
	declare readonly view: DataView;
	/** Where the element starts, and its payload without the name. */
	declare at: number;
	declare from: number;
	declare to: number;
	declare type: number;
	/** Absent: undefined for an element without the extended bit, which has no name. */
	declare name: string | undefined;
	declare private nextAt: number;
	declare private readonly end: number;

	constructor(bytes: Uint8Array, start: number, end: number, view: DataView = viewOf(bytes)) {
		this.bytes = bytes;
		this.view = view;
		this.nextAt = start;
		this.end = end;
	}

	next(): boolean {
		const {bytes, view, nextAt: at} = this;
		const rest = this.end - at;
		if (rest <= 0) return false;
		if (rest < 4) throw new BlobError('length', at);
		const head = view.getInt32(at); // signed: what is above 2^31 is no integer for the engine
		const length = head & 0xffffff;
		const padded = (length + 3) & ~3;
		if (length < 4 || padded > rest) throw new BlobError('length', at);
		this.at = at;
		this.type = (head >>> 24) & 0x7f;
		this.from = at + 4;
		this.to = at + length;
		this.nextAt = at + padded;
		this.name = undefined;
		if (head < 0) {
			if (length < 7) throw new BlobError('length', at);
			const nameBytes = view.getUint16(at + 4);
			const from = at + ((nameBytes + 10) & ~3);
			if (from > at + length || bytes[at + 6 + nameBytes] !== 0) throw new BlobError('length', at);
			this.from = from;
			this.name = readText(bytes, at + 6, at + 6 + nameBytes);
		}
		return true;
	}
}

/** Reads a table's elements. Two of one name: the last one stands. Errors: BlobError. */
export function decodeTable(bytes: Uint8Array, start = 0, end = bytes.length): BlobTable {
	return tableOf(new ElementCursor(bytes, start, end), 0);
}

function tableOf(cursor: ElementCursor, depth: number): BlobTable {
	const table: Record<string, BlobValue> = {};
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

/** How long a value of each type is; 0 where it may be anything. */
const widths = [0, 0, 0, 0, 8, 4, 2, 1, 8];

/** The value the cursor stands on. Errors: BlobError. */
export function decodeElement(cursor: ElementCursor, depth = 0): BlobValue {
	const {bytes, view, from, to, type} = cursor;
	const width = widths[type] ?? 0;
	if (width > 0 && to - from !== width) throw new BlobError('length', cursor.at);
	if (type === STRING) {
		if (to === from || bytes[to - 1] !== 0) throw new BlobError('length', cursor.at);
		return readText(bytes, from, bytes.indexOf(0, from));
	}
	if (type === INT32) return view.getInt32(from);
	if (type === INT8) return bytes[from] !== 0;
	if (type === DOUBLE) return view.getFloat64(from);
	if (type === INT64) {
		const value = view.getInt32(from) * POW32 + view.getUint32(from + 4);
		return Number.isSafeInteger(value) ? value : view.getBigInt64(from);
	}
	if (type === INT16) return view.getInt16(from);
	if (type === UNSPEC) return null;
	if (type > DOUBLE) throw new BlobError('type', cursor.at);
	if (depth >= DEPTH_LIMIT) throw new BlobError('depth', cursor.at);
	const inner = new ElementCursor(bytes, from, to, view);
	if (type === TABLE) return tableOf(inner, depth + 1);
	const values: BlobValue[] = [];
	while (inner.next()) values.push(decodeElement(inner, depth + 1));
	return values;
}

/** A text ends at its first zero byte, as in C. */
export function endOfText(bytes: Uint8Array, from: number, to: number): number {
	const zero = bytes.indexOf(0, from);
	return zero < 0 || zero > to ? to : zero;
}

/** Builds a table's elements, without a header of their own. */
export function encodeTable(table: BlobTable): Uint8Array {
	const writer = new ByteWriter();
	putTable(writer, table);
	return writer.take();
}

export function putTable(writer: ByteWriter, table: BlobTable): void {
	// By index: the engine's iterators cost as much as an element.
	const names = Object.keys(table);
	for (let i = 0; i < names.length; i++) {
		const name = names[i] as string;
		const value = table[name];
		if (value !== undefined) putValue(writer, name, value);
	}
}

export function putValue(writer: ByteWriter, name: string, value: BlobValue): void {
	if (typeof value === 'number') {
		if (value === (value | 0)) writer.u32(INT32, name, value);
		else if (Number.isSafeInteger(value)) writer.i64(INT64, name, value);
		else writer.f64(DOUBLE, name, value);
	} else if (typeof value === 'string') writer.text(STRING, name, value);
	else if (typeof value === 'boolean') writer.u8(INT8, name, value ? 1 : 0);
	else if (typeof value === 'bigint') writer.i64(INT64, name, value);
	else if (value === null) writer.open(UNSPEC, name);
	else if (value instanceof Typed) putNumber(writer, name, value.type, value.value);
	else {
		const isArray = Array.isArray(value);
		const start = writer.open(isArray ? ARRAY : TABLE, name);
		if (isArray) for (let i = 0; i < value.length; i++) putValue(writer, '', value[i] as BlobValue);
		else putTable(writer, value as BlobTable);
		writer.close(start);
	}
}

export function putNumber(writer: ByteWriter, name: string | undefined, type: number, value: number | bigint): void {
	if (type === INT64) writer.i64(type, name, value);
	else if (type === DOUBLE) writer.f64(type, name, value as number);
	else if (type === INT16) writer.u16(type, name, value as number);
	else if (type === INT8) writer.u8(type, name, value as number);
	else writer.u32(type, name, value as number);
}
