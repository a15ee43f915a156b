// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {gunzipSync} from 'node:zlib';
import test from 'ava';
import {gzip, readTar, treeEntries, writeTar} from '../../scripts/package/tar.ts';

const timeS = 1_767_225_600;
const files = [
	{path: 'usr/sbin/tool', bytes: Buffer.from('#!/bin/sh\n'), mode: 0o755},
	{path: 'etc/config/tool', bytes: Buffer.from(`${'x'.repeat(600)}\n`), mode: 0o600},
	{path: 'etc/empty', bytes: new Uint8Array(), mode: 0o644},
];

test('tar: what is written is read again, folders before what is in them', t => {
	const entries = readTar(writeTar(treeEntries(files), timeS));
	t.deepEqual(
		entries.map(({name, mode, bytes}) => [name, mode.toString(8), bytes?.length]),
		[
			['./', '755', undefined],
			['./etc/', '755', undefined],
			['./etc/config/', '755', undefined],
			['./etc/config/tool', '600', 601],
			['./etc/empty', '644', 0],
			['./usr/', '755', undefined],
			['./usr/sbin/', '755', undefined],
			['./usr/sbin/tool', '755', 10],
		],
	);
});

test('tar: the tar and gzip of this machine read the same', t => {
	const archive = gzip(writeTar(treeEntries(files), timeS));
	t.notThrows(() => execFileSync('gzip', ['-t'], {input: archive}));
	const listed = execFileSync('tar', ['-tvz', '--numeric-owner', '--utc'], {
		input: archive,
		env: {LC_ALL: 'C', PATH: process.env.PATH},
	})
		.toString()
		.split('\n');
	t.regex(listed.find(line => line.endsWith('./etc/config/tool')) ?? '', /^-rw------- 0\/0 +601 2026-01-01 00:00/);
	t.is(execFileSync('tar', ['-xzO', './usr/sbin/tool'], {input: archive}).toString(), '#!/bin/sh\n');
});

test('tar: an archive carries no names of extensions, which opkg does not know', t => {
	const types = new Set<string>();
	const archive = writeTar(treeEntries(files), timeS);
	for (let at = 0; archive[at] !== 0; ) {
		types.add(archive.toString('latin1', at + 156, at + 157));
		at += 512 + Math.ceil(Number.parseInt(archive.toString('latin1', at + 124, at + 135), 8) / 512) * 512;
	}
	t.deepEqual([...types].sort(), ['0', '5']);
});

test('gzip: names neither a time nor a machine, and holds what was given', t => {
	const bytes = gzip(Buffer.from('text'));
	t.is(bytes.toString('hex', 0, 10), '1f8b08000000000002ff');
	t.is(gunzipSync(bytes).toString(), 'text');
	t.deepEqual(gzip(Buffer.from('text')), bytes);
});

test('tar: an archive that was cut or changed is refused', t => {
	const archive = writeTar(treeEntries(files), timeS);
	t.throws(() => readTar(archive.subarray(0, 512 * 4 + 100)), {message: /cut off/});
	const changed = Buffer.from(archive);
	changed[5] = 65;
	t.throws(() => readTar(changed), {message: /checksum/});
	t.throws(() => writeTar([{name: `./${'n'.repeat(100)}`, mode: 0o644, bytes: new Uint8Array()}], timeS), {
		message: /longer than/,
	});
});
