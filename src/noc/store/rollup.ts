// SPDX-License-Identifier: Apache-2.0
import {deflateRawSync} from 'node:zlib';
import {DecodeError} from '../../core/errors.ts';
import {pushVarint, unzigzag, VarintReader, zigzag} from '../../core/varint.ts';
import {
	type Buckets,
	COUNT,
	COVERED_MS,
	FASTEST,
	FIELDS,
	get,
	INCREASE,
	isEmpty,
	LAST,
	LAST_MS,
	MAXIMUM,
	MINIMUM,
	makeBuckets,
	SLOWEST,
	SUM,
} from './bucket.ts';
import {inflate, MAX_VALUE} from './chunk.ts';

// A rollup holds the buckets of all series of one family of one node in one span:
//   u8 1 when the rest is deflated
//   varint series
//   each: varint series id   varint bytes that follow   u8 kind (0 gauge, 1 counter)
//         varint buckets   their places (differences)
//         then, field by field, for all its buckets, zigzag varints of the difference to the bucket before:
//         count, and of a gauge: rounded mean; mean - minimum; maximum - mean
//         of a counter: increase; seen in, tenths of a second; last - (last before + increase), which is 0 unless it was
//         reset; slowest and fastest pace as shares of the mean pace, in steps of 1/16 of an octave

/** Width of a bucket, and how many of them a row of the database spans. */
export interface Tier {
	readonly id: 1 | 2;
	readonly bucketMs: number;
	readonly spanMs: number;
}

export const fiveMinuteTier: Tier = {id: 1, bucketMs: 300_000, spanMs: 6 * 3_600_000};
export const hourTier: Tier = {id: 2, bucketMs: 3_600_000, spanMs: 5 * 86_400_000};
export const tiers: readonly Tier[] = [fiveMinuteTier, hourTier];

/** One series in one span: a bucket for each place, most of them empty maybe. */
export interface SpanSeries {
	readonly counter: boolean;
	readonly cells: Buckets;
}

const PATH = 'store.rollup';
const COVERED_STEP_MS = 100;
const OCTAVE = 16;
/** A pace of nothing, far below what a share of a mean can be. */
const STANDSTILL = -64 * OCTAVE;

/** What is kept in one row together: `channel.busyMs` and `channel.activeMs` are of the family `channel`. */
export function familyOf(name: string): string {
	return name.split('.', 1)[0] ?? name;
}

export function placesOf(tier: Tier): number {
	return tier.spanMs / tier.bucketMs;
}

export function encodeRollup(series: ReadonlyMap<number, SpanSeries>): Uint8Array {
	const out: number[] = [];
	pushVarint(out, series.size);
	for (const [id, {counter, cells}] of series) {
		const body = [counter ? 1 : 0];
		const rows: number[] = [];
		for (let at = 0; at < cells.length; at += FIELDS) if (!isEmpty(cells, at)) rows.push(at);
		pushVarint(body, rows.length);
		writeDifferences(body, rows, at => at / FIELDS);
		writeDifferences(body, rows, at => get(cells, at, COUNT));
		if (counter) writeCounter(body, rows, cells);
		else writeGauge(body, rows, cells);
		pushVarint(out, id);
		pushVarint(out, body.length);
		for (const byte of body) out.push(byte);
	}
	const plain = Uint8Array.from(out);
	const packed = deflateRawSync(plain, {level: 6});
	const shorter = packed.length < plain.length;
	const bytes = new Uint8Array(1 + (shorter ? packed.length : plain.length));
	bytes[0] = shorter ? 1 : 0;
	bytes.set(shorter ? packed : plain, 1);
	return bytes;
}

function writeDifferences(out: number[], rows: readonly number[], pick: (at: number) => number): void {
	let before = 0;
	for (const at of rows) {
		const value = clamp(pick(at));
		pushVarint(out, zigzag(value - before));
		before = value;
	}
}

/** A counter that is reset again and again can seem to grow without bound. */
function clamp(value: number): number {
	return Math.min(MAX_VALUE, Math.max(-MAX_VALUE, value));
}

function writeGauge(out: number[], rows: readonly number[], cells: Buckets): void {
	const mean = (at: number) => Math.round(get(cells, at, SUM) / get(cells, at, COUNT));
	writeDifferences(out, rows, mean);
	writeDifferences(out, rows, at => mean(at) - get(cells, at, MINIMUM));
	writeDifferences(out, rows, at => get(cells, at, MAXIMUM) - mean(at));
}

function writeCounter(out: number[], rows: readonly number[], cells: Buckets): void {
	writeDifferences(out, rows, at => get(cells, at, INCREASE));
	writeDifferences(out, rows, at => Math.round(get(cells, at, COVERED_MS) / COVERED_STEP_MS));
	let last = 0;
	for (const at of rows) {
		pushVarint(out, zigzag(get(cells, at, LAST) - (last + clamp(get(cells, at, INCREASE)))));
		last = get(cells, at, LAST);
	}
	for (const field of [SLOWEST, FASTEST]) writeDifferences(out, rows, at => shareCode(cells, at, field));
}

function meanPace(cells: Buckets, at: number): number {
	const coveredMs = get(cells, at, COVERED_MS);
	return coveredMs > 0 ? (get(cells, at, INCREASE) * 1000) / coveredMs : 0;
}

function shareCode(cells: Buckets, at: number, field: number): number {
	const mean = meanPace(cells, at);
	const pace = get(cells, at, field);
	if (mean <= 0 || !(pace > 0) || !Number.isFinite(pace)) return mean <= 0 ? 0 : STANDSTILL;
	return Math.max(STANDSTILL, Math.round(Math.log2(pace / mean) * OCTAVE));
}

/**
 * Reads the series asked for. A bucket's last value counts as read at its end; a slowest and fastest pace is good to two percent.
 *
 * Errors: DecodeError when the bytes are not a rollup.
 */
export function decodeRollup(
	bytes: Uint8Array,
	tier: Tier,
	spanStartMs: number,
	wanted: (id: number) => boolean = () => true,
): Map<number, SpanSeries> {
	const packed = bytes.subarray(1);
	const plain = bytes[0] === 1 ? inflate(packed) : packed;
	const reader = new VarintReader(plain, 0, PATH);
	const found = new Map<number, SpanSeries>();
	const most = placesOf(tier);
	for (let left = reader.next(); left > 0; left--) {
		const id = reader.next();
		const end = reader.next() + reader.at;
		if (end > plain.length) throw new DecodeError('truncated', PATH, reader.at);
		if (!wanted(id)) {
			reader.at = end;
			continue;
		}
		const counter = plain[reader.at++] === 1;
		const count = reader.next();
		if (count > most) throw new DecodeError('limit', PATH, reader.at);
		const places = readDifferences(reader, count);
		if (places.some(place => place < 0 || place >= most)) throw new DecodeError('range', PATH, reader.at);
		const cells = makeBuckets(most);
		const counts = readDifferences(reader, count);
		for (const [i, place] of places.entries()) {
			const at = place * FIELDS;
			cells[at + COUNT] = counts[i] ?? 0;
			cells[at + LAST_MS] = spanStartMs + (place + 1) * tier.bucketMs - 1;
		}
		if (counter) readCounter(reader, places, cells);
		else readGauge(reader, places, cells);
		if (reader.at !== end) throw new DecodeError('length', PATH, reader.at);
		found.set(id, {counter, cells});
	}
	return found;
}

function readDifferences(reader: VarintReader, count: number): number[] {
	const values: number[] = [];
	let value = 0;
	for (let i = 0; i < count; i++) {
		value += unzigzag(reader.next());
		values.push(value);
	}
	return values;
}

function readGauge(reader: VarintReader, places: readonly number[], cells: Buckets): void {
	const means = readDifferences(reader, places.length);
	const below = readDifferences(reader, places.length);
	const above = readDifferences(reader, places.length);
	for (const [i, place] of places.entries()) {
		const at = place * FIELDS;
		const mean = means[i] ?? 0;
		cells[at + SUM] = mean * get(cells, at, COUNT);
		cells[at + LAST] = mean;
		cells[at + MINIMUM] = mean - (below[i] ?? 0);
		cells[at + MAXIMUM] = mean + (above[i] ?? 0);
	}
}

function readCounter(reader: VarintReader, places: readonly number[], cells: Buckets): void {
	const increases = readDifferences(reader, places.length);
	const covered = readDifferences(reader, places.length);
	let last = 0;
	for (const [i, place] of places.entries()) {
		const at = place * FIELDS;
		const increase = increases[i] ?? 0;
		last += increase + unzigzag(reader.next());
		cells[at + INCREASE] = increase;
		cells[at + COVERED_MS] = (covered[i] ?? 0) * COVERED_STEP_MS;
		cells[at + LAST] = last;
		cells[at + MINIMUM] = last;
		cells[at + MAXIMUM] = last;
		cells[at + SUM] = last * get(cells, at, COUNT);
	}
	for (const field of [SLOWEST, FASTEST]) {
		const codes = readDifferences(reader, places.length);
		for (const [i, place] of places.entries()) {
			const at = place * FIELDS;
			const code = codes[i] ?? 0;
			if (get(cells, at, COVERED_MS) > 0)
				cells[at + field] = code <= STANDSTILL ? 0 : meanPace(cells, at) * 2 ** (code / OCTAVE);
		}
	}
}
