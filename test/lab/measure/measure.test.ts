// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {estimate, isCertain} from '../../../src/lab/measure/confidence.ts';
import {lineOf, readRecords} from '../../../src/lab/measure/file.ts';
import {summaryOf} from '../../../src/lab/measure/summary.ts';
import {memoryIo} from '../memory-io.ts';
import {runOf} from './run.ts';

test('estimate: the interval of a small sample is that of Student', t => {
	// 1, 2, 3: standard deviation 1, so half the width is 4.303/√3.
	const {mean, halfWidth, count} = estimate([1, 2, 3]);
	t.deepEqual([mean, count], [2, 3]);
	t.true(Math.abs((halfWidth ?? 0) - 4.303 / Math.sqrt(3)) < 1e-9);
	t.is(estimate([5]).halfWidth, undefined);
	t.false(isCertain(estimate([5])));
	t.true(isCertain(estimate([5, 5.1, 4.9, 5])));
	t.false(isCertain(estimate([-5, 5, 4, -4])));
});

test('results: what was written is read, and a last line that was cut is left out', t => {
	const records = [runOf({seed: 1}), runOf({seed: 2})];
	const text = records.map(lineOf).join('');
	t.deepEqual(readRecords('a.jsonl', memoryIo({'a.jsonl': text})), records);
	t.deepEqual(readRecords('a.jsonl', memoryIo({'a.jsonl': text.slice(0, -20)})), records.slice(0, 1));
});

test('results: a line that is something else is refused with its number', t => {
	const good = lineOf(runOf({}));
	t.throws(() => readRecords('a.jsonl', memoryIo({'a.jsonl': `${good}{"seed":\n${good}`})), {
		message: /^a\.jsonl: line 2: expected a JSON object/,
	});
	t.throws(() => readRecords('a.jsonl', memoryIo({'a.jsonl': `${good}{"seed":1}\n`})), {
		message: /^a\.jsonl: line 2: expected a result/,
	});
	t.throws(() => readRecords('b.jsonl', memoryIo()), {message: /b\.jsonl: there is no such file/});
});

test('summary: sums, the least, evenness over what was asked, and losses over all attempts', t => {
	const summary = summaryOf(runOf({kbps: [1000, 500, 3000], askedKbps: 1000}));
	t.deepEqual([summary.totalKbps, summary.minimumKbps, summary.medianKbps], [4500, 500, 1000]);
	t.true(Math.abs(summary.jain - 2.5 ** 2 / (3 * 2.25)) < 1e-9, 'more than was asked is no better');
	t.true(Math.abs(summary.hiddenShare - (100 * 0.5 + 300 * 0.1) / 400) < 1e-9);
	t.is(summary.medianDelayMs, 10);
});

test('summary: a run without flows and links has no delays and no losses', t => {
	const summary = summaryOf({...runOf({}), flows: [], links: [], radios: []});
	t.deepEqual([summary.totalKbps, summary.minimumKbps, summary.hiddenShare, summary.busiestAirShare], [0, 0, 0, 0]);
	t.is(summary.medianDelayMs, undefined);
});
