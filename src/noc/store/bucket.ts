// SPDX-License-Identifier: Apache-2.0

/**
 * What is left of a series' samples in a span of time. Buckets add up: two halves give the same as the whole.
 *
 * Shape:  of the values: count, sum, minimum, maximum, last. Of a counter also how much it grew, over which time that
 *         was seen, and its slowest and fastest pace. Units: the series' own integers; paces are per second.
 */
export interface Bucket {
	count: number;
	sum: number;
	minimum: number;
	maximum: number;
	last: number;
	lastMs: number;
	increase: number;
	coveredMs: number;
	slowest: number;
	fastest: number;
}

export function emptyBucket(): Bucket {
	return {
		count: 0,
		sum: 0,
		minimum: Number.POSITIVE_INFINITY,
		maximum: Number.NEGATIVE_INFINITY,
		last: 0,
		lastMs: Number.NEGATIVE_INFINITY,
		increase: 0,
		coveredMs: 0,
		slowest: Number.POSITIVE_INFINITY,
		fastest: Number.NEGATIVE_INFINITY,
	};
}

export function addValue(bucket: Bucket, timeMs: number, value: number): void {
	bucket.count++;
	bucket.sum += value;
	if (value < bucket.minimum) bucket.minimum = value;
	if (value > bucket.maximum) bucket.maximum = value;
	if (timeMs >= bucket.lastMs) {
		bucket.last = value;
		bucket.lastMs = timeMs;
	}
}

/** A counter grew by `increase` in `spanMs`. */
export function addIncrease(bucket: Bucket, increase: number, spanMs: number): void {
	if (spanMs <= 0) return;
	const pace = (increase * 1000) / spanMs;
	bucket.increase += increase;
	bucket.coveredMs += spanMs;
	if (pace < bucket.slowest) bucket.slowest = pace;
	if (pace > bucket.fastest) bucket.fastest = pace;
}

export function addBucket(into: Bucket, other: Bucket): void {
	into.count += other.count;
	into.sum += other.sum;
	if (other.minimum < into.minimum) into.minimum = other.minimum;
	if (other.maximum > into.maximum) into.maximum = other.maximum;
	if (other.lastMs >= into.lastMs) {
		into.last = other.last;
		into.lastMs = other.lastMs;
	}
	into.increase += other.increase;
	into.coveredMs += other.coveredMs;
	if (other.slowest < into.slowest) into.slowest = other.slowest;
	if (other.fastest > into.fastest) into.fastest = other.fastest;
}

/** How much a counter grew between two readings: one that went down was started anew, and grew from 0. */
export function counterIncrease(before: number, value: number): number {
	return value >= before ? value - before : Math.max(0, value);
}
