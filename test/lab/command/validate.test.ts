// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import type {LabIo} from '../../../src/lab/command/command.ts';
import {type ValidationRow, validate, validationRows} from '../../../src/lab/command/validate.ts';

test('validate: every published number is met within its tolerance', async t => {
	t.timeout(120_000);
	const rows: ValidationRow[] = [];
	for await (const row of validationRows({full: false})) rows.push(row);
	t.deepEqual(
		rows.filter(row => !row.ok),
		[],
	);
	const has = (pattern: RegExp): number => rows.filter(row => pattern.test(row.check)).length;
	t.is(has(/Bianchi 11a 54 Mb\/s (DIFS|EIFS), n = (5|10|20|50), packets/), 8);
	t.is(has(/Bianchi 11a 6 Mb\/s DIFS, n = (5|10|50), packets/), 3);
	t.is(has(/Bianchi 11b 1 Mb\/s DIFS, n = (5|10|50), packets/), 3);
	t.is(has(/ideal CSMA ρ → ∞/), 2 * 9);
	t.is(has(/ideal CSMA ρ = 5.35/), 2 * 7);
	t.is(has(/hidden HT pair/), 6);
});

test('validate: with --json a line is a row, and ns-3 is asked only with --full', async t => {
	const printed: string[] = [];
	const io: LabIo = {
		print: line => printed.push(line),
		progress: () => {},
		readText: () => undefined,
		writeText: () => {},
		list: () => [],
		runPeer: () => Promise.reject(new Error('nobody asked for ns-3')),
		nowMs: () => 0,
	};
	t.is(await validate.run(['--json'], io), 0);
	const row = JSON.parse(printed[0] ?? '') as Record<string, unknown>;
	t.deepEqual(Object.keys(row), ['check', 'reference', 'ours', 'errorPercent', 'ok']);
	await t.throwsAsync(validate.run(['--fast'], io), {message: /--fast/});
});
