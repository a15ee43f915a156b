// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readU16} from '../../core/bytes.ts';
import {type DecodeCode, DecodeError} from '../../core/errors.ts';
import type {Rows} from '../../core/rows.ts';
import {type Codec, codecs, KIND_FLAG, KIND_MAC, KIND_NESTED, KIND_TEXT} from './field.ts';
import {
	ARGUMENT_SHIFT,
	FALLBACK,
	KIND_MASK,
	KIND_STRUCTURE,
	type Layout,
	PLAN_COLUMNS,
	PLAN_FACTORS,
	PLAN_HEADER_BYTES,
	PLAN_ROOT,
	PLAN_STRUCTURE,
} from './layout.ts';
import {readRows} from './native.ts';

// Messages become rows. The router's host takes as many messages of a datagram at once as are plainly rows that are known;
// it stops before anything else: another kind of message, a key that is new, bytes that are not as they should be. The
// script then takes that one message, adds a row or throws, and the host goes on behind it. So the host never judges.

const HEADER = 4;
const TYPE_MASK = 0x3fff;
/** A text is three columns of five bytes each, which a double holds exactly: interface names have up to 15. */
const TEXT_PART = 5;
const TEXT_BYTES = 3 * TEXT_PART;

const readers: (Codec<number> | undefined)[] = [];
for (const codec of Object.values(codecs) as Codec<number>[]) if (codec.kind !== undefined) readers[codec.kind] = codec;

/** Reads the messages of one dump into rows. */
export class RowReader {
	readonly layout: Layout;
	readonly rows: Rows;
	readonly order: ByteOrder;
	private readonly plan: Uint16Array;
	private readonly little: boolean;

	constructor(layout: Layout, rows: Rows, order: ByteOrder) {
		this.layout = layout;
		this.rows = rows;
		this.order = order;
		this.plan = layout.plan;
		this.little = order === 'little';
	}

	/** Takes the messages from `at` on that need no script, all of one conversation, and answers where it stopped. */
	skip(bytes: Uint8Array, at: number, sequence: number, port: number): number {
		if (readRows === undefined) return at;
		return readRows(bytes, at, this.little, sequence, port, this.plan, this.rows.values);
	}

	/**
	 * Takes one message. One that says nothing at all is passed over.
	 *
	 * Errors: DecodeError 'truncated' | 'length' | 'range'; 'missing' when it has no key.
	 */
	message(bytes: Uint8Array, start: number, end: number): void {
		const cells = readCells(this.layout, bytes, start, end, this.order);
		const {keys} = this.rows;
		for (let i = 0; i < keys; i++) {
			if (!Number.isNaN(cells[i])) continue;
			if (cells.every(Number.isNaN)) return;
			throw new DecodeError('missing', `${this.layout.path}.${this.layout.columns[i]}`, start);
		}
		this.rows.put(cells);
	}
}

/** One message as the columns of a layout, NaN where it gives none. Errors: DecodeError 'truncated' | 'length' | 'range'. */
export function readCells(layout: Layout, bytes: Uint8Array, start: number, end: number, order: ByteOrder): number[] {
	const {plan, path} = layout;
	const headerBytes = plan[PLAN_HEADER_BYTES] as number;
	if (end > bytes.length || end - start < headerBytes) throw new DecodeError('truncated', path, start);
	const reading = {layout, bytes, order, cells: new Array<number>(plan[PLAN_COLUMNS] as number).fill(Number.NaN)};
	const structure = plan[PLAN_STRUCTURE] as number;
	if (structure > 0) readStructure(reading, structure, start, start + headerBytes, start);
	readNode(reading, plan[PLAN_ROOT] as number, start + headerBytes, end);
	return reading.cells;
}

interface Reading {
	readonly layout: Layout;
	readonly bytes: Uint8Array;
	readonly order: ByteOrder;
	readonly cells: number[];
}

function readNode(of: Reading, node: number, start: number, end: number): void {
	const {layout, bytes, order} = of;
	const {plan, path} = layout;
	const count = plan[node] as number;
	for (let at = start; at < end; ) {
		if (end - at < HEADER) throw new DecodeError('truncated', path, at);
		const length = readU16(bytes, at, order);
		if (length < HEADER) throw new DecodeError('length', path, at);
		const type = readU16(bytes, at + 2, order) & TYPE_MASK;
		const entry = type < count ? (plan[node + 1 + type] as number) : 0;
		if (length > end - at) throw fail(layout, 'truncated', entry, at);
		const kind = entry & KIND_MASK;
		const inside = entry >> ARGUMENT_SHIFT;
		if (kind === KIND_NESTED) readNode(of, inside, at + HEADER, at + length);
		else if (kind === KIND_STRUCTURE) readStructure(of, inside, at + HEADER, at + length, at);
		else if (kind !== 0) readNumber(of, entry, at + HEADER, at + length, at);
		at += (length + 3) & ~3;
	}
}

function readStructure(of: Reading, structure: number, start: number, end: number, at: number): void {
	const {plan, path} = of.layout;
	if (end - start < (plan[structure] as number)) throw new DecodeError('length', path, at);
	const count = plan[structure + 1] as number;
	for (let i = 0; i < count; i++) {
		const offset = plan[structure + 2 + 2 * i] as number;
		const entry = plan[structure + 3 + 2 * i] as number;
		const size = readers[entry & KIND_MASK]?.size ?? 0;
		readNumber(of, entry, start + offset, start + offset + size, at);
	}
}

function readNumber(of: Reading, entry: number, start: number, end: number, at: number): void {
	const {layout, bytes, order, cells} = of;
	const kind = entry & KIND_MASK;
	const column = entry >> ARGUMENT_SHIFT;
	if (kind === KIND_TEXT) return readText(of, entry, start, end, at);
	const codec = readers[kind];
	if (codec === undefined || codec.size !== end - start) throw fail(layout, 'length', entry, at);
	if ((entry & FALLBACK) !== 0 && !Number.isNaN(cells[column])) return;
	const value =
		kind === KIND_MAC
			? wholeOf(bytes, start, 6)
			: kind === KIND_FLAG
				? 1
				: (codec.read(bytes, start, end, order) as number);
	if (Number.isNaN(value)) throw fail(layout, 'range', entry, at);
	cells[column] = value * (layout.plan[PLAN_FACTORS + column] as number);
}

function readText(of: Reading, entry: number, start: number, end: number, at: number): void {
	const {layout, bytes, cells} = of;
	const column = entry >> ARGUMENT_SHIFT;
	let stop = start;
	while (stop < end && bytes[stop] !== 0) stop++;
	if (stop - start > TEXT_BYTES) throw fail(layout, 'length', entry, at);
	for (let part = 0; part < 3; part++) {
		let value = 0;
		for (let i = start + part * TEXT_PART; i < start + (part + 1) * TEXT_PART; i++)
			value = value * 256 + (i < stop ? (bytes[i] as number) : 0);
		cells[column + part] = value;
	}
}

function wholeOf(bytes: Uint8Array, start: number, count: number): number {
	let value = 0;
	for (let i = 0; i < count; i++) value = value * 256 + (bytes[start + i] as number);
	return value;
}

function fail(layout: Layout, code: DecodeCode, entry: number, at: number): DecodeError {
	const kind = entry & KIND_MASK;
	const inside = kind === 0 || kind === KIND_NESTED || kind === KIND_STRUCTURE;
	const name = inside ? undefined : layout.columns[entry >> ARGUMENT_SHIFT];
	return new DecodeError(code, name === undefined ? layout.path : `${layout.path}.${name}`, at);
}

/** The bytes that a number was made of, as a hardware address or a text has them. */
export function bytesOf(value: number, count: number): Uint8Array {
	const bytes = new Uint8Array(count);
	let rest = value;
	for (let i = count - 1; i >= 0; i--) {
		bytes[i] = rest % 256;
		rest = Math.floor(rest / 256);
	}
	return bytes;
}

/** The bytes of the text that three columns hold. */
export function bytesOfText(values: Float64Array, at: number): Uint8Array {
	const bytes = new Uint8Array(TEXT_BYTES);
	for (let part = 0; part < 3; part++) bytes.set(bytesOf(values[at + part] as number, TEXT_PART), part * TEXT_PART);
	const end = bytes.indexOf(0);
	return end < 0 ? bytes : bytes.subarray(0, end);
}
