// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {quantile, RoundTrips} from '../../../src/model/latency/round-trips.ts';

test('round trips: median and quartiles are those of the sorted times, whatever their order', t => {
	const trips = new RoundTrips();
	for (const us of [5000, 1000, 3000, 2000, 4000]) trips.answered(us);
	t.deepEqual(trips.take(), {
		probes: 5,
		lossShare: 0,
		minimumUs: 1000,
		lowerQuartileUs: 2000,
		medianUs: 3000,
		upperQuartileUs: 4000,
		maximumUs: 5000,
		jitterUs: (4000 + 2000 + 1000 + 2000) / 4,
	});
});

test('round trips: what was lost counts as a probe and has no time', t => {
	const trips = new RoundTrips();
	trips.answered(1000);
	trips.lost();
	trips.lost();
	trips.answered(1500);
	t.like(trips.take(), {probes: 4, lossShare: 0.5, medianUs: 1250, jitterUs: 500});
});

test('round trips: when nothing came back there are no times', t => {
	const trips = new RoundTrips();
	trips.lost();
	t.deepEqual(trips.take(), {probes: 1, lossShare: 1});
});

test('round trips: nothing is said of nothing, and a summary begins anew', t => {
	const trips = new RoundTrips();
	t.is(trips.take(), undefined);
	trips.answered(1000);
	trips.take();
	t.is(trips.take(), undefined);
});

test('round trips: jitter goes on over the end of a summary', t => {
	const trips = new RoundTrips();
	trips.answered(1000);
	trips.take();
	trips.answered(1400);
	t.is(trips.take()?.jitterUs, 400);
});

test('round trips: an hour of them needs no more room than the latest', t => {
	const trips = new RoundTrips();
	for (let i = 0; i < 10_000; i++) trips.answered(i);
	t.like(trips.take(), {probes: 10_000, lossShare: 0, minimumUs: 10_000 - 256, maximumUs: 9999});
});

test('quantile: is between the two nearest', t => {
	t.is(quantile([1, 2], 0.5), 1.5);
	t.is(quantile([7], 0.25), 7);
	t.is(quantile([0, 10, 20, 30], 0.25), 7.5);
});
