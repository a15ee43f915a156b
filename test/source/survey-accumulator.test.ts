// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../src/core/random.ts';
import {ACCUMULATOR_SIZE, accumulate, counters, UNEXPLAINED} from '../../src/source/survey-accumulator.ts';

type Counter = (typeof counters)[number];

/** The numbers of one channel, somewhere in an array. */
class SurveyAccumulator {
	readonly #state = new Float64Array(3 + ACCUMULATOR_SIZE).fill(Number.NaN);

	add(reading: {readonly [K in Counter]?: number}, nowMs: number): void {
		const values = Float64Array.from([0, ...counters.map(name => reading[name] ?? Number.NaN)]);
		accumulate(this.#state, 3, values, 1, nowMs);
	}

	get(counter: Counter): number | undefined {
		const value = this.#state[3 + counters.indexOf(counter)];
		return Number.isNaN(value) ? undefined : value;
	}

	get unexplained(): number | undefined {
		return this.#state[3 + UNEXPLAINED];
	}
}

const reading = (activeMs: number, busyMs = activeMs / 4) => ({activeMs, busyMs});

test('survey accumulator: equals the driver while nothing strange happens', t => {
	const accumulator = new SurveyAccumulator();
	for (let second = 0; second <= 100; second++) accumulator.add(reading(5000 + second * 1000), second * 1000);
	t.is(accumulator.get('activeMs'), 105_000);
	t.is(accumulator.get('busyMs'), 26_250);
});

test('survey accumulator: goes on after the driver started again', t => {
	const accumulator = new SurveyAccumulator();
	accumulator.add(reading(50_000), 0);
	accumulator.add(reading(60_000), 10_000);
	accumulator.add(reading(4000), 20_000);
	accumulator.add(reading(14_000), 30_000);
	t.is(accumulator.get('activeMs'), 74_000);
	t.is(accumulator.get('busyMs'), 18_500);
});

test('survey accumulator: adds every reading of a driver that clears when it is read', t => {
	const accumulator = new SurveyAccumulator();
	for (let i = 0; i < 20; i++) accumulator.add(reading(1000 + (i % 2), 100 + (i % 2)), i * 1000);
	// The first steps look like a counter that stands still; from the third restart on every reading counts whole.
	t.true((accumulator.get('activeMs') ?? 0) > 14_000);
	t.true((accumulator.get('activeMs') ?? 0) <= 20_020);
});

test('survey accumulator: goes on over a 32-bit wrap', t => {
	const accumulator = new SurveyAccumulator();
	accumulator.add(reading(2 ** 32 - 400, 1000), 0);
	accumulator.add(reading(600, 1100), 1000);
	t.is(accumulator.get('activeMs'), 2 ** 32 + 600);
	t.is(accumulator.get('busyMs'), 1100);
});

test('survey accumulator: invariant 3, leaves out a jump that no time explains', t => {
	const accumulator = new SurveyAccumulator();
	accumulator.add(reading(1000), 0);
	accumulator.add(reading(900_000), 1000);
	accumulator.add(reading(901_000), 2000);
	t.is(accumulator.get('activeMs'), 2000);
	t.is(accumulator.unexplained, 1);
});

test('survey accumulator: lets nothing grow faster than active', t => {
	const accumulator = new SurveyAccumulator();
	accumulator.add({activeMs: 0, busyMs: 0, receiveMs: 0}, 0);
	accumulator.add({activeMs: 1000, busyMs: 1700, receiveMs: 400}, 1000);
	t.is(accumulator.get('busyMs'), 1000);
	t.is(accumulator.get('receiveMs'), 400);
});

test('survey accumulator: keeps a counter that is missing for a while', t => {
	const accumulator = new SurveyAccumulator();
	accumulator.add({activeMs: 1000, busyMs: 100}, 0);
	accumulator.add({activeMs: 2000}, 1000);
	accumulator.add({activeMs: 3000, busyMs: 300}, 2000);
	t.is(accumulator.get('activeMs'), 3000);
	t.is(accumulator.get('busyMs'), 300);
	t.is(accumulator.get('transmitMs'), undefined);
});

test('survey accumulator: invariants 1 and 2 hold for any readings', t => {
	const seed = 11;
	const random = seededRandom(seed);
	for (let run = 0; run < 200; run++) {
		const accumulator = new SurveyAccumulator();
		let nowMs = 0;
		let active = 0;
		let before = {activeMs: 0, busyMs: 0};
		for (let i = 0; i < 100; i++) {
			const elapsedMs = 1 + random() * 5000;
			nowMs += elapsedMs;
			active = random() < 0.1 ? random() * 2 ** (random() * 40) : active + elapsedMs;
			accumulator.add({activeMs: active, busyMs: random() < 0.2 ? random() * 1e9 : active * random()}, nowMs);
			const after = {activeMs: accumulator.get('activeMs') ?? 0, busyMs: accumulator.get('busyMs') ?? 0};
			if (i > 0) {
				t.true(after.activeMs >= before.activeMs && after.busyMs >= before.busyMs, `seed ${seed}, run ${run}`);
				t.true(after.activeMs - before.activeMs <= elapsedMs * 1.05 + 1000.001, `seed ${seed}, run ${run}`);
			}
			before = after;
		}
	}
});
