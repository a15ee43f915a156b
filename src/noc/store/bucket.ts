// SPDX-License-Identifier: Apache-2.0

/**
 * What is left of a series' samples in spans of time, one row of numbers a span. Buckets add up: two halves give the
 * same as the whole.
 *
 * Shape:  count, sum, minimum, maximum, last and its time; of a counter also how much it grew, over which time that was
 *         seen, and its slowest and fastest pace per second. Rows lie in one Float64Array, which threads hand over whole.
 */
export const COUNT = 0;
export const SUM = 1;
export const MINIMUM = 2;
export const MAXIMUM = 3;
export const LAST = 4;
export const LAST_MS = 5;
export const INCREASE = 6;
export const COVERED_MS = 7;
export const SLOWEST = 8;
export const FASTEST = 9;
export const FIELDS = 10;

export type Buckets = Float64Array<ArrayBuffer>;

const templates = new Map<number, Buckets>();

/** Empty buckets: copied from the last of their number, since this runs for every series of every roll. */
export function makeBuckets(count: number): Buckets {
	let template = templates.get(count);
	if (template === undefined) {
		template = new Float64Array(count * FIELDS);
		for (let at = 0; at < template.length; at += FIELDS) clearBucket(template, at);
		if (templates.size > 16) templates.clear();
		templates.set(count, template);
	}
	return new Float64Array(template);
}

function clearBucket(cells: Buckets, at: number): void {
	cells[at + MINIMUM] = Number.POSITIVE_INFINITY;
	cells[at + MAXIMUM] = Number.NEGATIVE_INFINITY;
	cells[at + LAST_MS] = Number.NEGATIVE_INFINITY;
	cells[at + SLOWEST] = Number.POSITIVE_INFINITY;
	cells[at + FASTEST] = Number.NEGATIVE_INFINITY;
}

/** A field of the bucket that begins at `at`. */
export function get(cells: Buckets, at: number, field: number): number {
	return cells[at + field] ?? 0;
}

export function isEmpty(cells: Buckets, at: number): boolean {
	return cells[at + COUNT] === 0 && cells[at + COVERED_MS] === 0;
}

export function addValue(cells: Buckets, at: number, timeMs: number, value: number): void {
	cells[at + COUNT] = get(cells, at, COUNT) + 1;
	cells[at + SUM] = get(cells, at, SUM) + value;
	if (value < get(cells, at, MINIMUM)) cells[at + MINIMUM] = value;
	if (value > get(cells, at, MAXIMUM)) cells[at + MAXIMUM] = value;
	if (timeMs >= get(cells, at, LAST_MS)) {
		cells[at + LAST] = value;
		cells[at + LAST_MS] = timeMs;
	}
}

/** A counter grew by `increase` in `spanMs`. */
export function addIncrease(cells: Buckets, at: number, increase: number, spanMs: number): void {
	if (spanMs <= 0) return;
	const pace = (increase * 1000) / spanMs;
	cells[at + INCREASE] = get(cells, at, INCREASE) + increase;
	cells[at + COVERED_MS] = get(cells, at, COVERED_MS) + spanMs;
	if (pace < get(cells, at, SLOWEST)) cells[at + SLOWEST] = pace;
	if (pace > get(cells, at, FASTEST)) cells[at + FASTEST] = pace;
}

/** Adds another bucket, whose values are in units of 1 / `scale`. */
export function addBucket(into: Buckets, at: number, other: Buckets, from: number, scale = 1): void {
	into[at + COUNT] = get(into, at, COUNT) + get(other, from, COUNT);
	into[at + SUM] = get(into, at, SUM) + get(other, from, SUM) / scale;
	into[at + MINIMUM] = Math.min(get(into, at, MINIMUM), get(other, from, MINIMUM) / scale);
	into[at + MAXIMUM] = Math.max(get(into, at, MAXIMUM), get(other, from, MAXIMUM) / scale);
	if (get(other, from, LAST_MS) >= get(into, at, LAST_MS)) {
		into[at + LAST] = get(other, from, LAST) / scale;
		into[at + LAST_MS] = get(other, from, LAST_MS);
	}
	into[at + INCREASE] = get(into, at, INCREASE) + get(other, from, INCREASE) / scale;
	into[at + COVERED_MS] = get(into, at, COVERED_MS) + get(other, from, COVERED_MS);
	into[at + SLOWEST] = Math.min(get(into, at, SLOWEST), get(other, from, SLOWEST) / scale);
	into[at + FASTEST] = Math.max(get(into, at, FASTEST), get(other, from, FASTEST) / scale);
}

/** How much a counter grew between two readings: one that went down was started anew, and grew from 0. */
export function counterIncrease(before: number, value: number): number {
	return value >= before ? value - before : Math.max(0, value);
}
