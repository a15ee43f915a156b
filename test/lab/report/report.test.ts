// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {reportPage} from '../../../src/lab/report/report.ts';
import {runOf} from '../measure/run.ts';

const records = [1, 2, 3].flatMap(seed => [
	runOf({seed, variant: 'single', kbps: [1000 + seed, 500]}),
	runOf({seed, variant: 'greedy', kbps: [1900 + seed, 1500]}),
]);

test('report: one page that asks nobody for anything', t => {
	const page = reportPage(records);
	t.true(page.startsWith('<!doctype html>'));
	t.notRegex(page, /<script|<link|<img|@import|url\(|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
	t.regex(page, /<svg/);
});

test('report: methods have names for everybody, and every bar stands in a table too', t => {
	const page = reportPage(records);
	for (const words of ['one channel for all', 'step by step', '<table', 'village']) t.true(page.includes(words), words);
	// The means of 1501, 1502, 1503 and of 3401, 3402, 3403, each with half the width of its interval.
	for (const number of [/<text[^>]*>1\s502 ± 2\.48</, /<td>1\s502 ± 2\.48</, /<td>3\s402 ± 2\.48</])
		t.regex(page, number);
});

test('report: names from a file are text, never markup', t => {
	const page = reportPage([runOf({name: '<script>alert(1)</script>', variant: '"><b>x</b>'})]);
	t.false(page.includes('<script>'));
	t.false(page.includes('<b>x</b>'));
});

test('report: the same results give the same page', t => {
	t.is(reportPage(records), reportPage(records));
});

test('report: nodes without places are told in charts, without a map', t => {
	const bare = records.map(record => ({...record, nodes: record.nodes.map(({xM: _, yM: __, ...node}) => node)}));
	t.notThrows(() => reportPage(bare));
});
