// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {compare} from '../../../src/lab/command/compare.ts';
import {judge} from '../../../src/lab/command/judge.ts';
import {report} from '../../../src/lab/command/report.ts';
import {lineOf} from '../../../src/lab/measure/file.ts';
import {runOf} from '../measure/run.ts';
import {failureOf, memoryIo} from '../memory-io.ts';

const file = (add: number): string =>
	[1, 2, 3, 4].map(seed => lineOf(runOf({seed, kbps: [1000 + 100 * seed + add, 500]}))).join('');

test('compare: pairs the seeds, and says what is certain', async t => {
	const io = memoryIo({'a.jsonl': file(0), 'b.jsonl': file(300)});
	t.is(await compare.run(['a.jsonl', 'b.jsonl', '--json'], io), 0);
	const rows = io.printed.map(line => JSON.parse(line) as Record<string, unknown>);
	const of = (metric: string) => rows.find(row => row.metric === metric);
	t.like(of('totalKbps'), {difference: 300, seeds: 4, verdict: 'better'});
	t.like(of('minimumKbps'), {difference: 0, verdict: 'not certain'});
	await compare.run(['a.jsonl', 'b.jsonl'], io);
	t.regex(io.printed.join('\n'), /all flows together/);
});

test('compare: files without a seed in common are refused', async t => {
	const other = lineOf(runOf({seed: 99}));
	t.regex(await failureOf(compare, ['a.jsonl', 'b.jsonl'], memoryIo({'a.jsonl': file(0), 'b.jsonl': other})), /seed/);
});

test('judge: runs every method and seed once, keeps what was finished, and goes on from there', async t => {
	t.timeout(120_000);
	const words = (seeds: string) =>
		`--topology grid:3x3 -o r.jsonl --methods single,greedy --seconds 1 --demand 500 --seeds ${seeds}`.split(' ');
	const io = memoryIo();
	t.is(await judge.run(words('1'), io), 0);
	const first = io.files.get('r.jsonl') ?? '';
	t.is(first.trim().split('\n').length, 2);
	// The second run was interrupted in the middle of a line.
	io.files.set('r.jsonl', `${first}{"scenario":"gr`);
	t.is(await judge.run(words('2'), io), 0);
	const both = io.files.get('r.jsonl') ?? '';
	t.true(both.startsWith(first));
	t.is(both.trim().split('\n').length, 4);
	t.regex(io.printed.at(-1) ?? '', /4 runs, 2 of them new/);
	const whole = memoryIo();
	await judge.run(words('2'), whole);
	t.deepEqual(whole.files.get('r.jsonl')?.split('\n').sort(), both.split('\n').sort());
	t.is(await report.run(['r.jsonl', '-o', 'r.html'], io), 0);
	t.regex(io.files.get('r.html') ?? '', /one channel for all/);
});

test('judge: a file that holds something else is not overwritten', async t => {
	const io = memoryIo({'r.jsonl': '{"my":"diary"}\n'});
	t.regex(
		await failureOf(judge, ['--topology', 'grid:3x3', '-o', 'r.jsonl'], io),
		/r\.jsonl: line 1: expected a result/,
	);
	t.is(io.files.get('r.jsonl'), '{"my":"diary"}\n');
});
