// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import test from 'ava';
import {archive} from '../../qemu/image/archive.ts';
import {hashOf} from '../../qemu/image/cached.ts';
import {patchFiles} from '../../qemu/image/source.ts';

/** Path, mode and size of every member, read as the kernel reads them. */
function members(bytes: Buffer): [string, number, string][] {
	const list: [string, number, string][] = [];
	for (let at = 0; ; ) {
		const field = (index: number) =>
			Number.parseInt(bytes.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
		const [mode, size, pathSize] = [field(1), field(6), field(11)];
		const path = bytes.toString('utf8', at + 110, at + 110 + pathSize - 1);
		if (path === 'TRAILER!!!') return list;
		const dataAt = (at + 110 + pathSize + 3) & ~3;
		list.push([path, mode, bytes.toString('utf8', dataAt, dataAt + size)]);
		at = (dataAt + size + 3) & ~3;
	}
}

test('archive: has folders before what is in them, and files, modes and links as given', t => {
	const bytes = archive(
		new Map([
			['bin/tool', {data: Buffer.from('run me'), mode: 0o755}],
			['a', {link: 'bin/tool'}],
			['etc/deep/file', {data: Buffer.from('x'), mode: 0o644}],
		]),
	);
	t.deepEqual(members(bytes), [
		['a', 0o120777, 'bin/tool'],
		['bin', 0o040755, ''],
		['bin/tool', 0o100755, 'run me'],
		['etc', 0o040755, ''],
		['etc/deep', 0o040755, ''],
		['etc/deep/file', 0o100644, 'x'],
	]);
});

test('archive: does not depend on the order of its entries', t => {
	const a = ['a', {data: Buffer.from('1'), mode: 0o644}] as const;
	const b = ['b', {data: Buffer.from('22'), mode: 0o644}] as const;
	t.deepEqual(archive(new Map([a, b])), archive(new Map([b, a])));
});

test('cache: a key tells apart parts that are joined differently', t => {
	t.not(hashOf(['ab', 'c']), hashOf(['a', 'bc']));
	t.is(hashOf(['ab', 'c']), hashOf(['ab', 'c']));
});

test('kernel: patches and added files carry their licence', async t => {
	for (const name of [...patchFiles, 'hwsim-lab.h', 'uml.config', 'malta.config'])
		t.regex(
			await readFile(new URL(`../../qemu/image/${name}`, import.meta.url), 'utf8'),
			/SPDX-License-Identifier: GPL-2\.0/,
		);
});
