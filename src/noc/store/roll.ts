// SPDX-License-Identifier: Apache-2.0
import type {Series} from '../../wire/report/hello.ts';
import {addBucket, addIncrease, addValue, counterIncrease, FIELDS, makeBuckets} from './bucket.ts';
import {encodeChunk, MAX_VALUE} from './chunk.ts';
import {type ChunkRow, NO_SERIES, type RollWrite, type StoreDriver} from './driver.ts';
import {type LoggedSample, loggedSamples} from './logged-samples.ts';
import {
	decodeRollup,
	encodeRollup,
	familyOf,
	fiveMinuteTier,
	placesOf,
	type SpanSeries,
	type Tier,
	tiers,
} from './rollup.ts';
import type {Segment} from './segment.ts';

export const HOUR_MS = 3_600_000;
const HOUR_BUCKETS = 12;

interface HourRows {
	readonly timesMs: number[];
	readonly columns: Map<number, (number | undefined)[]>;
}

/** One series while its node is rolled. */
class RollingSeries {
	readonly id: number;
	readonly family: string;
	readonly counter: boolean;
	/** Starts of five-minute buckets, and the buckets in the same order. */
	readonly starts: number[] = [];
	cells = makeBuckets(HOUR_BUCKETS);
	#start = Number.NaN;
	#at = 0;
	#before: number | undefined;
	#beforeMs = 0;

	constructor(id: number, series: Series) {
		this.id = id;
		this.family = familyOf(series.name);
		this.counter = series.kind === 'counter';
	}

	continueFrom(timeMs: number, value: number): void {
		this.#before = value;
		this.#beforeMs = timeMs;
	}

	add(timeMs: number, value: number): void {
		const start = timeMs - (timeMs % fiveMinuteTier.bucketMs);
		if (start !== this.#start) this.#open(start);
		addValue(this.cells, this.#at, timeMs, value);
		if (!this.counter) return;
		if (this.#before !== undefined)
			addIncrease(this.cells, this.#at, counterIncrease(this.#before, value), timeMs - this.#beforeMs);
		this.#before = value;
		this.#beforeMs = timeMs;
	}

	#open(start: number): void {
		let place = this.starts.indexOf(start);
		if (place < 0) {
			place = this.starts.push(start) - 1;
			if (place * FIELDS >= this.cells.length) {
				const grown = makeBuckets(place * 2);
				grown.set(this.cells);
				this.cells = grown;
			}
		}
		this.#start = start;
		this.#at = place * FIELDS;
	}
}

/** Turns one node's samples into column chunks and rollups. */
export class NodeRoll {
	samples = 0;
	readonly #node: string;
	readonly #driver: StoreDriver;
	readonly #hours = new Map<number, HourRows>();
	readonly #series = new Map<number, RollingSeries>();
	readonly #bySchema = new WeakMap<readonly Series[], RollingSeries[]>();

	constructor(node: string, driver: StoreDriver) {
		this.#node = node;
		this.#driver = driver;
	}

	add(sample: LoggedSample): void {
		const {timeMs, values} = sample;
		const rolling = this.#rolling(sample.series);
		if (!sample.stored) {
			for (const [i, value] of values.entries()) if (value !== undefined) rolling[i]?.continueFrom(timeMs, value);
			return;
		}
		const start = timeMs - (timeMs % HOUR_MS);
		let hour = this.#hours.get(start);
		if (hour === undefined) {
			hour = {timesMs: [], columns: new Map()};
			this.#hours.set(start, hour);
		}
		const row = hour.timesMs.length;
		hour.timesMs.push(timeMs);
		for (let i = 0; i < values.length; i++) {
			const value = values[i];
			const series = rolling[i];
			if (value === undefined || series === undefined || series.id === NO_SERIES || Math.abs(value) > MAX_VALUE)
				continue;
			let column = hour.columns.get(series.id);
			if (column === undefined) {
				column = [];
				hour.columns.set(series.id, column);
			}
			while (column.length < row) column.push(undefined);
			column[row] = value;
			series.add(timeMs, value);
			this.samples++;
		}
	}

	#rolling(schema: readonly Series[]): RollingSeries[] {
		let rolling = this.#bySchema.get(schema);
		if (rolling !== undefined) return rolling;
		const ids = this.#driver.seriesIds(this.#node, schema);
		rolling = schema.map((series, i) => {
			const id = ids[i] ?? 0;
			let one = this.#series.get(id);
			if (one === undefined) {
				one = new RollingSeries(id, series);
				this.#series.set(id, one);
			}
			return one;
		});
		this.#bySchema.set(schema, rolling);
		return rolling;
	}

	chunks(): ChunkRow[] {
		return [...this.#hours].map(([startMs, {timesMs, columns}]) => {
			for (const column of columns.values()) while (column.length < timesMs.length) column.push(undefined);
			return {node: this.#node, startMs, bytes: encodeChunk({timesMs, series: columns})};
		});
	}

	/** Rollups of all tiers, those that the database has already with ours added. */
	rollups(): RollWrite['rollups'] {
		const rows: RollWrite['rollups'][number][] = [];
		for (const tier of tiers)
			for (const [family, spans] of this.#spans(tier))
				for (const [spanStartMs, series] of spans)
					rows.push({tier: tier.id, family, node: this.#node, spanStartMs, bytes: encodeRollup(series)});
		return rows;
	}

	/** family → start of the span → series → buckets, begun with what the database has. */
	#spans(tier: Tier): Map<string, Map<number, Map<number, SpanSeries>>> {
		const families = new Map<string, Map<number, Map<number, SpanSeries>>>();
		const places = placesOf(tier);
		for (const {id, family, counter, starts, cells: own} of this.#series.values()) {
			if (starts.length === 0) continue;
			const spans = ensure(families, family, () => new Map<number, Map<number, SpanSeries>>());
			let openMs = Number.NaN;
			let cells = makeBuckets(0);
			for (const [place, startMs] of starts.entries()) {
				const spanStartMs = startMs - (startMs % tier.spanMs);
				if (spanStartMs !== openMs) {
					openMs = spanStartMs;
					const series = ensure(spans, spanStartMs, () => this.#stored(tier, family, spanStartMs));
					cells = ensure(series, id, () => ({counter, cells: makeBuckets(places)})).cells;
				}
				addBucket(cells, Math.floor((startMs - spanStartMs) / tier.bucketMs) * FIELDS, own, place * FIELDS);
			}
		}
		return families;
	}

	#stored(tier: Tier, family: string, spanStartMs: number): Map<number, SpanSeries> {
		const bytes = this.#driver.rollup(tier.id, family, this.#node, spanStartMs);
		return bytes === undefined ? new Map() : decodeRollup(bytes, tier, spanStartMs);
	}
}

function ensure<K, V>(map: Map<K, V>, key: K, make: () => V): V {
	let value = map.get(key);
	if (value === undefined) {
		value = make();
		map.set(key, value);
	}
	return value;
}

export interface RollResult {
	readonly nodes: number;
	readonly samples: number;
	readonly chunkBytes: number;
	readonly rollupBytes: number;
}

/** Rolls whole segments into the database, all or nothing. `pause` is awaited between nodes. */
export async function rollSegments(
	driver: StoreDriver,
	segments: readonly Segment[],
	pause: () => Promise<void>,
): Promise<RollResult> {
	const nodes = new Set(segments.flatMap(segment => [...segment.nodes]));
	const chunks: ChunkRow[] = [];
	const rollups: RollWrite['rollups'][number][] = [];
	let samples = 0;
	await driver.atomically(async () => {
		for (const node of nodes) {
			const roll = new NodeRoll(node, driver);
			for (const sample of loggedSamples(entriesOf(segments, node))) roll.add(sample);
			samples += roll.samples;
			chunks.push(...roll.chunks());
			rollups.push(...roll.rollups());
			await pause();
		}
		driver.write({segment: segments.at(-1)?.id ?? 0, chunks, rollups});
	});
	const total = (rows: readonly {bytes: Uint8Array}[]) => rows.reduce((sum, row) => sum + row.bytes.length, 0);
	return {nodes: nodes.size, samples, chunkBytes: total(chunks), rollupBytes: total(rollups)};
}

export function* entriesOf(segments: readonly Segment[], node: string) {
	for (const segment of segments) yield* segment.entriesOf(node);
}
