// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import {machineFlags, run} from '../../scripts/build/compiler.ts';
import {openSource} from '../../scripts/build/sources.ts';
import {targetOf} from '../../scripts/build/targets.ts';
import {hostFolder} from '../../scripts/build/units.ts';
import {ensurePackages} from '../../scripts/debian.ts';

const execute = promisify(execFile);

for (const [arch, rounds, emulator] of [
	['x86_64', 400_000, []],
	['mips_24kc', 30_000, ['qemu-mips-static']],
] as const)
	test(`heap: blocks keep their bytes, and words copy as bytes do, on ${arch}`, async t => {
		// A compiler that was just installed builds the C library of each target first.
		t.timeout(15 * 60_000);
		if (emulator.length > 0) await ensurePackages(['qemu-user-static']);
		const folder = await mkdtemp(join(tmpdir(), 'mesh-noc-heap-'));
		t.teardown(() => rm(folder, {recursive: true, force: true}));
		const program = join(folder, 'heap-check');
		const engine = await openSource('quickjs');
		const files = [
			join(import.meta.dirname, 'heap-check.c'),
			join(hostFolder, 'memory.c'),
			join(hostFolder, 'bytes.c'),
		];
		const flags = ['-O2', '-fno-builtin', '-D_GNU_SOURCE', '-static', '-isystem', engine.folder, `-I${hostFolder}`];
		await run(['cc', ...machineFlags(targetOf(arch)), ...flags, ...files, '-o', program]);
		const [first, ...rest] = [...emulator, program, String(rounds)];
		await t.notThrowsAsync(execute(first ?? program, rest));
	});
