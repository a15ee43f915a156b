// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../src/core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../src/core/text.ts';
import type {ConformanceCase} from './case.ts';

/** The code of the PortError that a call throws, or what it did instead. */
export function codeOf(call: () => unknown): string {
	try {
		call();
		return 'nothing thrown';
	} catch (error) {
		return error instanceof PortError ? error.code : `not a PortError: ${String(error)}`;
	}
}

export const fileCases: readonly ConformanceCase[] = [
	{
		name: 'files: what was replaced is read back, whole',
		run({runtime: {files}, settings, equal}) {
			const path = `${settings.folder}/state`;
			for (const bytes of [new Uint8Array(0), encodeUtf8('one'), new Uint8Array(300_000).fill(7), encodeUtf8('two')]) {
				files.replace(path, bytes);
				equal(files.read(path), bytes, `${bytes.length} bytes`);
			}
		},
	},
	{
		name: 'files: no more is read than is asked for',
		run({runtime: {files}, settings, equal}) {
			const path = `${settings.folder}/long`;
			const bytes = Uint8Array.from({length: 10_000}, (_, i) => i & 255);
			files.replace(path, bytes);
			for (const most of [1, 100, 4096, 9999, 10_000, 20_000])
				equal(files.read(path, most), bytes.subarray(0, most), `${most} bytes`);
			files.remove(path);
		},
	},
	{
		name: 'files: what is there is written in place, what is not there is not made',
		run({runtime: {files}, settings, equal}) {
			const path = `${settings.folder}/control`;
			equal(
				codeOf(() => files.write(path, encodeUtf8('x'))),
				'not-found',
				'nothing there',
			);
			files.replace(path, encodeUtf8('before'));
			files.write(path, encodeUtf8('behind'));
			equal(files.read(path), encodeUtf8('behind'), 'written');
			files.remove(path);
		},
	},
	{
		name: 'files: what is not there is undefined',
		run({runtime: {files}, settings, equal}) {
			equal(files.read(`${settings.folder}/nothing`), undefined, 'file');
			equal(files.read(`${settings.folder}/nothing/below`), undefined, 'file in no folder');
			equal(files.list(`${settings.folder}/nothing`), undefined, 'folder');
		},
	},
	{
		name: 'files: a folder is listed in order, without leftovers of replacing',
		run({runtime: {files}, settings, equal}) {
			for (const name of ['b', 'a', 'c']) files.replace(`${settings.folder}/${name}`, encodeUtf8(name));
			const names = (files.list(settings.folder) ?? []).filter(name => name !== 'state');
			equal(names, ['a', 'b', 'c'], 'names');
		},
	},
	{
		name: 'files: removing removes, and what is not there is fine',
		run({runtime: {files}, settings, equal}) {
			const path = `${settings.folder}/gone`;
			files.replace(path, encodeUtf8('x'));
			files.remove(path);
			files.remove(path);
			equal(files.read(path), undefined, 'read');
		},
	},
	{
		name: 'files: replacing where there is no folder changes nothing and says why',
		needs: ['kernel'],
		run({runtime: {files}, settings, equal}) {
			equal(
				codeOf(() => files.replace(`${settings.folder}/none/x`, encodeUtf8('x'))),
				'not-found',
				'code',
			);
			equal(
				codeOf(() => files.read(settings.folder)),
				'invalid',
				'a folder read as a file',
			);
		},
	},
	{
		name: 'files: a replacement that fails leaves the old file and nothing beside it',
		needs: ['kernel'],
		run({runtime: {files}, settings, equal, ok}) {
			const before = files.list(settings.folder);
			ok(codeOf(() => files.replace(settings.folder, encodeUtf8('x'))) !== 'nothing thrown', 'replaced a folder');
			equal(files.list(settings.folder), before, 'names');
		},
	},
	{
		name: 'files: what the kernel shows is read to its end',
		needs: ['kernel'],
		run({runtime: {files}, ok}) {
			const text = decodeUtf8(files.read('/proc/self/status') ?? new Uint8Array(0));
			ok(text.includes('VmRSS') && text.endsWith('\n'), text.slice(0, 40));
		},
	},
];
