// SPDX-License-Identifier: Apache-2.0
import {
	addBucket,
	addIncrease,
	addValue,
	type Buckets,
	counterIncrease,
	FIELDS,
	isEmpty,
	makeBuckets,
} from './bucket.ts';
import {fiveMinuteTier, hourTier, type Tier} from './rollup.ts';

/** What to read: spans of equal width from `fromMs` on. */
export interface Range {
	readonly names: readonly string[];
	/** Absent: all nodes. */
	readonly nodes?: readonly string[];
	/** A series must carry all of these. */
	readonly labels: Readonly<Record<string, string>>;
	readonly fromMs: number;
	readonly toMs: number;
	readonly stepMs: number;
}

/** One series of the answer, in its unit. */
export interface RangeSeries {
	readonly node: string;
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly unit: string;
	readonly kind: 'gauge' | 'counter';
	/** One bucket a step. */
	readonly cells: Buckets;
}

/** The resolution that a step is answered from. Absent: undefined for the samples themselves. */
export function tierFor(stepMs: number): Tier | undefined {
	if (stepMs >= hourTier.bucketMs) return hourTier;
	return stepMs >= fiveMinuteTier.bucketMs ? fiveMinuteTier : undefined;
}

/** Widens a range so that its steps hold whole buckets of what is stored. `rawSinceMs`: before it only rollups are kept. */
export function alignRange(range: Range, since: {rawMs: number; fiveMinuteMs: number}): Range {
	let {stepMs} = range;
	if (range.fromMs < since.rawMs) stepMs = Math.max(stepMs, fiveMinuteTier.bucketMs);
	if (range.fromMs < since.fiveMinuteMs) stepMs = Math.max(stepMs, hourTier.bucketMs);
	const unitMs = tierFor(stepMs)?.bucketMs ?? 1;
	stepMs = Math.ceil(stepMs / unitMs) * unitMs;
	const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
	return {...range, stepMs, fromMs, toMs: fromMs + Math.ceil((range.toMs - fromMs) / stepMs) * stepMs};
}

export function hasLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
	for (const key in wanted) if (labels[key] !== wanted[key]) return false;
	return true;
}

/** Puts samples and stored buckets of one series into the spans of a range. */
export class SeriesRange {
	readonly cells: Buckets;
	readonly #range: Range;
	readonly #counter: boolean;
	#before: number | undefined;
	#beforeMs = 0;

	constructor(range: Range, counter: boolean) {
		this.cells = makeBuckets(Math.max(0, Math.round((range.toMs - range.fromMs) / range.stepMs)));
		this.#range = range;
		this.#counter = counter;
	}

	/** Where the bucket of a moment begins; -1 outside of the range. */
	#place(timeMs: number): number {
		const at = Math.floor((timeMs - this.#range.fromMs) / this.#range.stepMs) * FIELDS;
		return at >= 0 && at < this.cells.length ? at : -1;
	}

	/** A sample, in order of time; `stored: false` is only where a counter continues from. */
	add(timeMs: number, value: number, stored = true): void {
		const at = stored ? this.#place(timeMs) : -1;
		if (at >= 0) {
			addValue(this.cells, at, timeMs, value);
			if (this.#counter && this.#before !== undefined)
				addIncrease(this.cells, at, counterIncrease(this.#before, value), timeMs - this.#beforeMs);
		}
		this.#before = value;
		this.#beforeMs = timeMs;
	}

	/** A stored bucket that begins at `timeMs`, of integers that are value × scale. */
	addStored(timeMs: number, cells: Buckets, from: number, scale: number): void {
		const at = this.#place(timeMs);
		if (at >= 0) addBucket(this.cells, at, cells, from, scale);
	}
}

/** Several sources of one answer, series by series. */
export class RangeAnswer {
	readonly #range: Range;
	readonly #series = new Map<string, {info: Omit<RangeSeries, 'cells'>; filled: SeriesRange}>();

	constructor(range: Range) {
		this.#range = range;
	}

	/** Where a series' values go. */
	series(node: string, info: Omit<RangeSeries, 'cells' | 'node'>): SeriesRange {
		const key = `${node} ${info.name} ${JSON.stringify(info.labels)}`;
		let entry = this.#series.get(key);
		if (entry === undefined) {
			const {name, labels, unit, kind} = info;
			entry = {info: {node, name, labels, unit, kind}, filled: new SeriesRange(this.#range, kind === 'counter')};
			this.#series.set(key, entry);
		}
		return entry.filled;
	}

	/** Adds what another source found. */
	merge(found: readonly RangeSeries[]): void {
		for (const {node, cells, ...info} of found) {
			const mine = this.series(node, info).cells;
			for (let at = 0; at < cells.length; at += FIELDS) if (!isEmpty(cells, at)) addBucket(mine, at, cells, at);
		}
	}

	/** Series that have a value in the range. */
	list(): RangeSeries[] {
		const list: RangeSeries[] = [];
		for (const {info, filled} of this.#series.values()) {
			const {cells} = filled;
			for (let at = 0; at < cells.length; at += FIELDS)
				if (!isEmpty(cells, at)) {
					list.push({...info, cells});
					break;
				}
		}
		return list;
	}
}
