// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {
	addBucket,
	addIncrease,
	addValue,
	COVERED_MS,
	counterIncrease,
	FASTEST,
	FIELDS,
	get,
	INCREASE,
	LAST,
	MAXIMUM,
	MINIMUM,
	makeBuckets,
	SLOWEST,
	SUM,
} from '../../../src/noc/store/bucket.ts';
import {decodeRollup, encodeRollup, familyOf, fiveMinuteTier, placesOf} from '../../../src/noc/store/rollup.ts';

const places = placesOf(fiveMinuteTier);

test('rollup: keeps mean, minimum and maximum of a gauge', t => {
	const cells = makeBuckets(places);
	for (const [place, values] of [
		[0, [-95, -93, -94]],
		[5, [10]],
		[71, [0, 100]],
	] as const)
		for (const value of values) addValue(cells, place * FIELDS, 1000, value);
	const read = decodeRollup(encodeRollup(new Map([[12, {counter: false, cells}]])), fiveMinuteTier, 0).get(12);
	t.false(read?.counter);
	const of = (place: number, field: number) => get(read?.cells ?? makeBuckets(1), place * FIELDS, field);
	t.deepEqual([of(0, MINIMUM), of(0, SUM) / 3, of(0, MAXIMUM)], [-95, -94, -93]);
	t.deepEqual([of(5, MINIMUM), of(5, SUM), of(5, MAXIMUM)], [10, 10, 10]);
	t.deepEqual([of(71, MINIMUM), of(71, SUM) / 2, of(71, MAXIMUM)], [0, 50, 100]);
});

test('rollup: keeps growth, time seen and last value of a counter exactly, its paces to three percent', t => {
	const cells = makeBuckets(places);
	for (const [place, value, increase] of [
		[3, 1000, 1000],
		[3, 4000, 3000],
		[4, 4000, 0],
		[9, 500, 500],
	] as const) {
		addValue(cells, place * FIELDS, place, value);
		addIncrease(cells, place * FIELDS, increase, 60_000);
	}
	const read = decodeRollup(encodeRollup(new Map([[1, {counter: true, cells}]])), fiveMinuteTier, 0).get(1);
	const of = (place: number, field: number) => get(read?.cells ?? makeBuckets(1), place * FIELDS, field);
	t.deepEqual([of(3, INCREASE), of(3, COVERED_MS), of(3, LAST)], [4000, 120_000, 4000]);
	t.deepEqual([of(4, INCREASE), of(4, SLOWEST), of(4, FASTEST), of(4, LAST)], [0, 0, 0, 4000]);
	t.deepEqual([of(9, INCREASE), of(9, LAST)], [500, 500]);
	t.true(Math.abs(of(3, SLOWEST) / (1000 / 60) - 1) < 0.03);
	t.true(Math.abs(of(3, FASTEST) / (3000 / 60) - 1) < 0.03);
});

test('bucket: two halves add up to the whole', t => {
	const values = [5, -3, 12, 7, 7, 0, 100, -50];
	const whole = makeBuckets(1);
	const halves = [makeBuckets(1), makeBuckets(1)];
	for (const [i, value] of values.entries()) {
		for (const cells of [whole, halves[i < 3 ? 0 : 1] ?? whole]) {
			addValue(cells, 0, i, value);
			addIncrease(cells, 0, Math.abs(value), 1000);
		}
	}
	const sum = makeBuckets(1);
	for (const half of halves) addBucket(sum, 0, half, 0);
	t.deepEqual(sum, whole);
});

test('counter: one that went down was started anew', t => {
	t.is(counterIncrease(100, 130), 30);
	t.is(counterIncrease(100, 20), 20);
});

test('family: is what stands before the first dot', t => {
	t.deepEqual(['channel.busyMs', 'a.b.c', 'plain'].map(familyOf), ['channel', 'a', 'plain']);
});
