// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {channels} from '../../../src/lab/command/channels.ts';
import {commands} from '../../../src/lab/command/commands.ts';
import {slots} from '../../../src/lab/command/slots.ts';
import {failureOf, memoryIo} from '../memory-io.ts';

const CHEAP = 'single,same,random,acs,greedy';

test('channels: with --json a line is a method, with the fields that were promised', async t => {
	const io = memoryIo();
	t.is(await channels.run(['--topology', 'freifunk-altdorf', '--only', CHEAP, '--json'], io), 0);
	const rows = io.printed.map(line => JSON.parse(line) as Record<string, unknown>);
	t.deepEqual(
		rows.map(({method}) => method),
		CHEAP.split(','),
	);
	for (const row of rows)
		for (const name of ['conflictFraction', 'phi', 'rounds', 'retunesPerNode', 'seconds'])
			t.is(typeof row[name], 'number', name);
	t.is(rows[0]?.conflictFraction, 1);
});

test('channels: the same seed gives the same lines, another does not', async t => {
	const printed = async (seed: string): Promise<string> => {
		const io = memoryIo();
		await channels.run(['--topology', 'grid:5x5', '--only', CHEAP, '--seed', seed, '--json'], io);
		return io.printed.join('\n').replace(/"seconds":[^,}]+/g, '');
	};
	t.is(await printed('7'), await printed('7'));
	t.not(await printed('7'), await printed('8'));
});

test('channels: over several seeds the table states the spread', async t => {
	const io = memoryIo();
	await channels.run(['--topology', 'freifunk-altdorf', '--only', 'greedy', '--seeds', '6'], io);
	t.regex(io.printed.join(' '), /275 pairs in conflict; K = 8, R = 2.*greedy +0\.\d{3} +0\.\d{3}–0\.\d{3}/);
});

test('slots: with --json a line is a method, with the fields that were promised', async t => {
	const io = memoryIo();
	t.is(await slots.run(['--topology', 'grid:3x3', '--slots', '32', '--seed', '1', '--json'], io), 0);
	const rows = io.printed.map(line => JSON.parse(line) as Record<string, unknown>);
	const methods = rows.map(({method}) => method);
	for (const method of ['csma', 'csma-rts', 'greedy', 'dsatur']) t.true(methods.includes(method), method);
	for (const row of rows)
		for (const name of ['minimumShare', 'bound', 'slotsUsed', 'rounds', 'jain']) t.is(typeof row[name], 'number', name);
});

const wrong: readonly (readonly [words: string, sentence: RegExp])[] = [
	['channels', /^2: --topology NAME or FILE is missing/],
	['channels --topology', /^2: --topology needs a value/],
	['channels --topology grid:3x3 --channels 0', /^2: --channels takes a whole number from 1 to 64, not '0'/],
	['channels --topology grid:3x3 --radios two', /^2: --radios takes a whole number/],
	['channels --topology grid:3x3 --only magic', /^2: there is no method 'magic': single, /],
	['channels --topology chain:1', /^1: chain:1 has no links/],
	['channels --topology atlantis', /^1: there is no topology 'atlantis'/],
	['channels --colour', /^2: there is no option --colour here/],
	['slots --topology grid:3x3 --slots 0', /^2: --slots takes/],
	['judge --topology grid:3x3', /^2: -o RESULTS.jsonl is missing/],
	['judge --topology grid:3x3 -o r --reach ears', /^2: --reach takes quality or places/],
	['report', /^2: one RESULTS.jsonl or more/],
	['report a.jsonl', /^2: -o REPORT.html is missing/],
	['report a.jsonl -o x.html', /^1: a\.jsonl: there is no such file/],
	['compare a.jsonl', /^2: /],
];
for (const [words, sentence] of wrong)
	test(`lab: '${words}' fails with a sentence that helps, and writes nothing`, async t => {
		const [name, ...rest] = words.split(' ');
		const command = commands.find(each => each.name === name);
		if (command === undefined) return t.fail();
		const io = memoryIo();
		t.regex(await failureOf(command, rest, io), sentence);
		return t.is(io.writes, 0);
	});
