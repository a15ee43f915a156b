// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {SuspectPair} from '../../../src/engine/schedule/suspect-pair.ts';

const STEP_MS = 4000;

interface Step {
	readonly loss: number;
	readonly active: number;
	readonly isApart?: boolean;
	readonly frames?: number;
}

/** Steps of four seconds, each judged when it is over; answers the first at which it was found, and which it was hidden in. */
function play(steps: readonly Step[], pair = new SuspectPair(1, 2, 0), fromMs = 0) {
	let foundAt: number | undefined;
	const hidden: number[] = [];
	steps.forEach(({loss, active, isApart = false, frames = 200}, i) => {
		const nowMs = fromMs + i * STEP_MS;
		pair.setApart(isApart, nowMs - 2 * STEP_MS);
		pair.add({fromMs: nowMs - STEP_MS, toMs: nowMs, frames, loss}, active);
		if (pair.judge(nowMs)) foundAt ??= i;
		pair.review(false, nowMs);
		if (pair.sinceMs !== undefined) hidden.push(i);
	});
	return {pair, foundAt, hidden};
}

const times = (count: number, step: Step): Step[] => Array.from({length: count}, () => step);
const both: Step = {loss: 0.6, active: 0.4};
const apart: Step = {loss: 0.02, active: 0.4, isApart: true};

test('suspect pair: where one pauses now and then no trial is needed', t => {
	// Too little is lost for a trial.
	const little = {loss: 0.2, active: 0.4};
	const quiet = {loss: 0.02, active: 0};
	const {foundAt, pair} = play([little, quiet, little, quiet, quiet, little]);
	t.is(foundAt, 5);
	t.true(pair.confidence > 0.5);
});

test('suspect pair: two that never pause are tried, and found where slots keep them apart', t => {
	const {foundAt, hidden, pair} = play([...times(3, both), ...times(6, apart)]);
	t.is(hidden[0], 1, 'tried after two stretches of time');
	t.true(foundAt !== undefined && foundAt <= 6, `${foundAt}`);
	t.true(pair.lossBoth > 0.5 && pair.lossOne < 0.05);
});

test('suspect pair: while it is tried nobody is told a confidence', t => {
	t.is(play(times(3, both)).pair.confidence, 0);
});

test('suspect pair: who loses as much apart is let go, and left alone for half an hour', t => {
	const lossy = {loss: 0.27, active: 0.4};
	// Just below what is much by itself.
	const {pair, foundAt, hidden} = play([...times(3, lossy), ...times(8, {...apart, loss: 0.24})]);
	t.is(foundAt, undefined);
	t.true(hidden.length > 0 && (hidden.at(-1) ?? 99) <= 6, `${hidden}`);
	t.deepEqual(play(times(400, lossy), pair, 60_000).hidden, []);
	t.true(play(times(100, lossy), pair, 1_860_000).hidden.length > 0);
});

test('suspect pair: tried in vain it costs less than a fiftieth of the time', t => {
	const pair = new SuspectPair(1, 2, 0);
	let triedMs = 0;
	for (let nowMs = 0; nowMs < 4 * 3_600_000; nowMs += STEP_MS) {
		// What is tried is apart from the next stretch of time on.
		const isApart = pair.sinceMs !== undefined && nowMs - pair.sinceMs >= STEP_MS;
		pair.setApart(isApart, nowMs);
		pair.add({fromMs: nowMs, toMs: nowMs + STEP_MS, frames: 200, loss: isApart ? 0.24 : 0.26}, 0.4);
		pair.judge(nowMs);
		pair.review(false, nowMs);
		if (pair.sinceMs !== undefined) triedMs += STEP_MS;
	}
	t.true(triedMs > 0);
	// Half of the time that it is tried each has its slots.
	t.true(triedMs / 2 < 0.02 * 4 * 3_600_000, `${triedMs} ms`);
});

test('suspect pair: a trial on which no slots are agreed ends after a minute', t => {
	const {hidden, foundAt} = play(times(20, both));
	t.is(foundAt, undefined);
	t.true(hidden.includes(5) && !hidden.includes(18), `${hidden}`);
});

test('suspect pair: who sends a quarter of the time is told by what becomes of those frames', t => {
	// A fifth of the frames met the other one, and of these three quarters were lost.
	const met = {loss: 0.15, active: 0.2};
	t.not(play([...times(3, met), ...times(3, {loss: 0.01, active: 0})]).foundAt, undefined);
	t.is(play([...times(3, {loss: 0.02, active: 0.2}), ...times(3, {loss: 0.01, active: 0})]).foundAt, undefined);
});
