// SPDX-License-Identifier: Apache-2.0
import {deflateRawSync, inflateRawSync} from 'node:zlib';
import {DecodeError} from '../../core/errors.ts';
import {pushVarint, unzigzag, VarintReader, zigzag} from '../../core/varint.ts';

// A chunk holds the samples of one node in one hour, column by column:
//   varint rows   varint columns   columns × (varint series id, the ids ascending and written as differences)
//   columns × (u8 mode, varint bytes of the column)   times   columns
// Times and columns are zigzag varints of differences; in 'second' mode of the difference of differences, which a
// counter at an even pace makes zeros of. A column with holes has a bitmap of its rows in front. Deflate finishes it.

/** Values beyond ±this are not kept: differences of them would not be exact. A petabyte in bytes is within. */
export const MAX_VALUE = 2 ** 50;

/** Samples of one node, column by column. */
export interface Columns {
	readonly timesMs: readonly number[];
	/** Series id → a value for each time; undefined where there was none. */
	readonly series: ReadonlyMap<number, readonly (number | undefined)[]>;
}

const CONSTANT = 0;
const FIRST = 1;
const SECOND = 2;
const HOLES = 4;
const PATH = 'store.chunk';
const MAX_INFLATED = 1 << 26;

export function encodeChunk(columns: Columns): Uint8Array {
	const ids = [...columns.series.keys()].sort((a, b) => a - b);
	const head: number[] = [];
	pushVarint(head, columns.timesMs.length);
	pushVarint(head, ids.length);
	let before = 0;
	for (const id of ids) {
		pushVarint(head, id - before);
		before = id;
	}
	const body: number[] = [];
	writeSecond(body, columns.timesMs);
	const timesBytes = body.length;
	for (const id of ids) {
		const start = body.length;
		const mode = writeColumn(body, columns.series.get(id) ?? []);
		head.push(mode);
		pushVarint(head, body.length - start);
	}
	pushVarint(head, timesBytes);
	const plain = Buffer.allocUnsafe(head.length + body.length);
	plain.set(head, 0);
	plain.set(body, head.length);
	return deflateRawSync(plain, {level: 6});
}

function writeColumn(out: number[], values: readonly (number | undefined)[]): number {
	const present: number[] = [];
	for (const value of values) if (value !== undefined) present.push(value);
	let mode = 0;
	if (present.length < values.length) {
		mode |= HOLES;
		for (let i = 0; i < values.length; i += 8) {
			let bits = 0;
			for (let bit = 0; bit < 8; bit++) if (values[i + bit] !== undefined) bits |= 1 << bit;
			out.push(bits);
		}
	}
	const first = present[0];
	if (first === undefined) return mode | CONSTANT;
	if (present.every(value => value === first)) {
		pushVarint(out, zigzag(first));
		return mode | CONSTANT;
	}
	if (secondIsShorter(present)) {
		writeSecond(out, present);
		return mode | SECOND;
	}
	let before = 0;
	for (const value of present) {
		pushVarint(out, zigzag(value - before));
		before = value;
	}
	return mode | FIRST;
}

function secondIsShorter(values: readonly number[]): boolean {
	let first = 0;
	let second = 0;
	let step = 0;
	for (let i = 1; i < values.length; i++) {
		const next = (values[i] ?? 0) - (values[i - 1] ?? 0);
		const turn = next - step;
		if (!Number.isSafeInteger(4 * turn)) return false;
		first += Math.log2(1 + Math.abs(next));
		second += Math.log2(1 + Math.abs(turn));
		step = next;
	}
	return second < first;
}

function writeSecond(out: number[], values: readonly number[]): void {
	let before = 0;
	let step = 0;
	for (const [i, value] of values.entries()) {
		const next = value - before;
		pushVarint(out, zigzag(next - step));
		step = i === 0 ? 0 : next; // the first value is no pace
		before = value;
	}
}

/** Reads the times and the columns asked for. Errors: DecodeError when the bytes are not a chunk. */
export function decodeChunk(bytes: Uint8Array, wanted: (id: number) => boolean): Columns {
	const plain = inflate(bytes);
	const reader = new VarintReader(plain, 0, PATH);
	const rows = reader.next();
	const count = reader.next();
	if (rows > plain.length * 1100 || count > plain.length) throw new DecodeError('limit', PATH, 0);
	const ids: number[] = [];
	let id = 0;
	for (let i = 0; i < count; i++) {
		id += reader.next();
		ids.push(id);
	}
	const modes: number[] = [];
	const lengths: number[] = [];
	for (let i = 0; i < count; i++) {
		modes.push(plain[reader.at++] ?? 0);
		lengths.push(reader.next());
	}
	let at = reader.next() + reader.at;
	const timesMs = readSecond(reader, rows);
	const series = new Map<number, (number | undefined)[]>();
	for (const [i, one] of ids.entries()) {
		const end = at + (lengths[i] ?? 0);
		if (end > plain.length) throw new DecodeError('truncated', PATH, at);
		if (wanted(one)) {
			reader.at = at;
			series.set(one, readColumn(reader, plain, rows, modes[i] ?? 0));
			if (reader.at !== end) throw new DecodeError('length', PATH, reader.at);
		}
		at = end;
	}
	return {timesMs, series};
}

/** Inflates with a bound. Errors: DecodeError 'syntax'. */
export function inflate(bytes: Uint8Array): Buffer {
	try {
		return inflateRawSync(bytes, {maxOutputLength: MAX_INFLATED});
	} catch (error) {
		throw new DecodeError('syntax', PATH, 0, error instanceof Error ? error.message : '');
	}
}

function readColumn(reader: VarintReader, plain: Buffer, rows: number, mode: number): (number | undefined)[] {
	const values = new Array<number | undefined>(rows).fill(undefined);
	const places: number[] = [];
	if ((mode & HOLES) === 0) for (let i = 0; i < rows; i++) places.push(i);
	else {
		const bitmapAt = reader.at;
		reader.at += (rows + 7) >> 3;
		for (let i = 0; i < rows; i++) if (((plain[bitmapAt + (i >> 3)] ?? 0) & (1 << (i & 7))) !== 0) places.push(i);
	}
	if (places.length === 0) return values;
	switch (mode & 3) {
		case CONSTANT: {
			const value = unzigzag(reader.next());
			for (const place of places) values[place] = value;
			return values;
		}
		case FIRST: {
			let value = 0;
			for (const place of places) {
				value += unzigzag(reader.next());
				values[place] = value;
			}
			return values;
		}
		case SECOND: {
			const present = readSecond(reader, places.length);
			for (const [i, place] of places.entries()) values[place] = present[i];
			return values;
		}
		default:
			throw new DecodeError('range', `${PATH}.mode`, reader.at);
	}
}

function readSecond(reader: VarintReader, count: number): number[] {
	const values: number[] = [];
	let value = 0;
	let step = 0;
	for (let i = 0; i < count; i++) {
		step += unzigzag(reader.next());
		value += step;
		values.push(value);
		if (i === 0) step = 0;
	}
	return values;
}
