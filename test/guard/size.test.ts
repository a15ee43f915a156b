// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import test from 'ava';
import {buildBinary} from '../../scripts/build/binary.ts';
import {cutElf} from '../../scripts/build/elf.ts';
import {compareSize, recordedSizes} from '../../scripts/build/size-guard.ts';
import {targets} from '../../scripts/build/targets.ts';

const entry = 'src/main/agent.ts';

for (const arch of ['mips_24kc', 'x86_64'])
	test.serial(`size: ${arch} has not grown by more than 1 % beyond its recorded figure`, async t => {
		t.timeout(15 * 60_000);
		const binary = await buildBinary({arch, entry, name: 'astral-mesh'});
		const sizes = await recordedSizes();
		t.deepEqual(compareSize(arch, {binary: binary.bytes, gzip: binary.gzipBytes}, sizes[arch]), []);
		t.log(`${binary.bytes} bytes, ${binary.gzipBytes} gzipped, ${binary.programBytes} of bytecode`);
	});

test('size: mips_24kc fits the flash of an 8 MB router', async t => {
	const {mips_24kc: size} = await recordedSizes();
	t.true((size?.binary ?? Number.NaN) <= 1_150_000);
	t.true((size?.gzip ?? Number.NaN) <= 480_000);
});

test('size: every architecture has a recorded figure', async t => {
	const sizes = await recordedSizes();
	t.deepEqual(Object.keys(sizes).sort(), targets.map(target => target.arch).sort());
});

test('size: growth beyond 1 % is a complaint that names the figures', t => {
	const recorded = {binary: 1000, gzip: 500};
	t.deepEqual(compareSize('mips_24kc', {binary: 1010, gzip: 400}, recorded), []);
	t.regex(compareSize('mips_24kc', {binary: 1011, gzip: 500}, recorded).join(), /binary grew from 1000 to 1011/);
	t.is(compareSize('mips_24kc', {binary: 2000, gzip: 900}, recorded).length, 2);
	t.is(compareSize('other', recorded, undefined).length, 1);
});

test.serial('build: the same sources give the same bytes, linked anew', async t => {
	t.timeout(15 * 60_000);
	const build = async (link: 'cached' | 'anew') =>
		readFileSync((await buildBinary({arch: 'mips_24kc', entry, name: 'astral-mesh', link})).path);
	const first = await build('cached');
	t.true(first.equals(await build('anew')));
});

test.serial('build: the program in a binary is the one that was asked for', async t => {
	t.timeout(15 * 60_000);
	const {path} = await buildBinary({arch: 'x86_64', entry, name: 'astral-mesh-dev', dev: true});
	t.true(readFileSync(path).includes('runAgent'));
});

test('build: cutting an ELF file leaves no section headers and refuses what is none', t => {
	t.throws(() => cutElf(new Uint8Array(64)), {message: 'not an ELF file'});
	t.throws(() => cutElf(new TextEncoder().encode('#!/bin/sh')), {instanceOf: Error});
});
