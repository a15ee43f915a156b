// SPDX-License-Identifier: Apache-2.0
import {deflateRawSync} from 'node:zlib';
import {DecodeError} from '../../core/errors.ts';
import {pushVarint, unzigzag, VarintReader, zigzag} from '../../core/varint.ts';
import {type Bucket, emptyBucket} from './bucket.ts';
import {inflate} from './chunk.ts';

// A rollup holds the buckets of all series of one name of one node in one span:
//   varint series
//   each: varint series id   u8 kind (0 gauge, 1 counter)   varint buckets   then, field by field, for all its buckets:
//         place (difference to the one before), count, and
//         a gauge:   zigzag differences of: rounded mean; mean - minimum; maximum - mean
//         a counter: zigzag differences of: last; increase; covered ms / 100; slowest; fastest (thousandths per second)
// Deflate finishes it when that makes it shorter; the first byte says so.

/** Width of a bucket, and how many of them a row of the database spans. */
export interface Tier {
	readonly id: 1 | 2;
	readonly bucketMs: number;
	readonly spanMs: number;
}

export const fiveMinuteTier: Tier = {id: 1, bucketMs: 300_000, spanMs: 6 * 3_600_000};
export const hourTier: Tier = {id: 2, bucketMs: 3_600_000, spanMs: 5 * 86_400_000};
export const tiers: readonly Tier[] = [fiveMinuteTier, hourTier];

export interface SeriesBuckets {
	readonly counter: boolean;
	/** Place within the span → bucket. */
	readonly buckets: Map<number, Bucket>;
}

const PATH = 'store.rollup';
const PACE_SCALE = 1000;
const COVERED_MS = 100;

export function encodeRollup(series: ReadonlyMap<number, SeriesBuckets>): Uint8Array {
	const out: number[] = [];
	pushVarint(out, series.size);
	for (const [id, {counter, buckets}] of series) {
		pushVarint(out, id);
		out.push(counter ? 1 : 0);
		const places = [...buckets.keys()].sort((a, b) => a - b);
		const rows = places.map(place => buckets.get(place) ?? emptyBucket());
		pushVarint(out, places.length);
		for (const [i, place] of places.entries()) pushVarint(out, place - (places[i - 1] ?? 0));
		writeField(
			out,
			rows.map(row => row.count),
		);
		for (const field of counter ? counterFields : gaugeFields) writeField(out, rows.map(field.get));
	}
	const plain = Uint8Array.from(out);
	const packed = deflateRawSync(plain, {level: 6});
	const shorter = packed.length < plain.length;
	const bytes = new Uint8Array(1 + (shorter ? packed.length : plain.length));
	bytes[0] = shorter ? 1 : 0;
	bytes.set(shorter ? packed : plain, 1);
	return bytes;
}

interface Field {
	get(bucket: Bucket): number;
	set(bucket: Bucket, value: number): void;
}

const mean = (bucket: Bucket): number => (bucket.count === 0 ? 0 : Math.round(bucket.sum / bucket.count));
const pace = (value: number): number => (Number.isFinite(value) ? Math.round(value * PACE_SCALE) : 0);

const gaugeFields: readonly Field[] = [
	{
		get: mean,
		set(bucket, value) {
			bucket.sum = value * bucket.count;
			bucket.last = value;
		},
	},
	{
		get: bucket => mean(bucket) - bucket.minimum,
		set(bucket, value) {
			bucket.minimum = bucket.last - value;
		},
	},
	{
		get: bucket => bucket.maximum - mean(bucket),
		set(bucket, value) {
			bucket.maximum = bucket.last + value;
		},
	},
];

const counterFields: readonly Field[] = [
	{
		get: bucket => bucket.last,
		set(bucket, value) {
			bucket.last = value;
			bucket.minimum = value;
			bucket.maximum = value;
			bucket.sum = value * bucket.count;
		},
	},
	{
		get: bucket => bucket.increase,
		set(bucket, value) {
			bucket.increase = value;
		},
	},
	{
		get: bucket => Math.round(bucket.coveredMs / COVERED_MS),
		set(bucket, value) {
			bucket.coveredMs = value * COVERED_MS;
		},
	},
	{
		get: bucket => pace(bucket.slowest),
		set(bucket, value) {
			bucket.slowest = bucket.coveredMs > 0 ? value / PACE_SCALE : Number.POSITIVE_INFINITY;
		},
	},
	{
		get: bucket => pace(bucket.fastest),
		set(bucket, value) {
			bucket.fastest = bucket.coveredMs > 0 ? value / PACE_SCALE : Number.NEGATIVE_INFINITY;
		},
	},
];

function writeField(out: number[], values: readonly number[]): void {
	let before = 0;
	for (const value of values) {
		pushVarint(out, zigzag(value - before));
		before = value;
	}
}

/**
 * Reads the buckets of the series asked for. A bucket's `lastMs` is its end.
 *
 * Errors: DecodeError when the bytes are not a rollup.
 */
export function decodeRollup(bytes: Uint8Array, tier: Tier, spanStartMs: number): Map<number, SeriesBuckets> {
	const packed = bytes.subarray(1);
	const plain = bytes[0] === 1 ? inflate(packed) : packed;
	const reader = new VarintReader(plain, 0, PATH);
	const series = new Map<number, SeriesBuckets>();
	const most = tier.spanMs / tier.bucketMs;
	for (let left = reader.next(); left > 0; left--) {
		const id = reader.next();
		const counter = plain[reader.at++] === 1;
		const count = reader.next();
		if (count > most) throw new DecodeError('limit', PATH, reader.at);
		const rows: Bucket[] = [];
		const buckets = new Map<number, Bucket>();
		let place = 0;
		for (let i = 0; i < count; i++) {
			place += reader.next();
			const bucket = emptyBucket();
			bucket.lastMs = spanStartMs + (place + 1) * tier.bucketMs - 1;
			rows.push(bucket);
			buckets.set(place, bucket);
		}
		readField(reader, rows, (bucket, value) => {
			bucket.count = value;
		});
		for (const field of counter ? counterFields : gaugeFields) readField(reader, rows, field.set);
		series.set(id, {counter, buckets});
	}
	return series;
}

function readField(reader: VarintReader, rows: readonly Bucket[], set: (bucket: Bucket, value: number) => void): void {
	let value = 0;
	for (const row of rows) {
		value += unzigzag(reader.next());
		set(row, value);
	}
}
