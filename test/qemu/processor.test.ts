// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import test from 'ava';
import {freestProcessor, processorsOf} from '../../qemu/processor.ts';

test('processor: lists are read as the kernel prints them', t => {
	t.deepEqual(processorsOf('0'), [0]);
	t.deepEqual(processorsOf('0-3\n'), [0, 1, 2, 3]);
	t.deepEqual(processorsOf('0-1,4,6-7'), [0, 1, 4, 6, 7]);
});

test('processor: the one that fewer guests are held to is taken, of those that may be used', async t => {
	const status = await readFile('/proc/self/status', 'utf8');
	const allowed = processorsOf(/^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? '');
	const last = allowed.at(-1) as number;
	t.true(allowed.includes(await freestProcessor('nobody')));
	// Only a name of its own tells this process from those of other tests.
	const child = spawn('taskset', [
		'-c',
		String(last),
		'sh',
		'-c',
		'printf held-here >/proc/$$/comm; echo there; read end',
	]);
	await new Promise(resolve => child.stdout.once('data', resolve));
	for (let i = 0; i < 5; i++) t.is((await freestProcessor('held-here')) === last, allowed.length === 1);
	child.stdin.end('\n');
});
