// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {chmod, mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {root} from '../guard/source.ts';

/** Runs a script of the package over a folder like debugfs, with a chown that notes what it is told. Answers notes and the folder's mode. */
export async function openDebugfs(
	script: string,
	folder: string,
	files: readonly string[],
	mode: string,
): Promise<[string[], number]> {
	const debugfs = join(folder, 'debug');
	const programs = join(folder, 'bin');
	await mkdir(programs, {recursive: true});
	await mkdir(debugfs, {recursive: true});
	for (const file of files) {
		await mkdir(join(debugfs, file, '..'), {recursive: true});
		await writeFile(join(debugfs, file), '');
	}
	await chmod(debugfs, 0o700);
	await writeFile(join(folder, 'log'), '');
	await writeFile(join(programs, 'chown'), `#!/bin/sh\necho "$*" >>'${folder}/log'\n`);
	await writeFile(join(programs, 'uci'), `#!/bin/sh\necho '${mode}'\n`);
	for (const name of ['chown', 'uci']) await chmod(join(programs, name), 0o755);
	const path = join(root, 'openwrt-package/root/usr/libexec/astral-mesh', script);
	execFileSync('sh', [path, debugfs], {env: {PATH: `${programs}:${process.env.PATH}`}});
	const notes = (await readFile(join(folder, 'log'), 'utf8')).split('\n').filter(line => line !== '');
	return [notes.map(line => line.replace(`${debugfs}/`, '')), (await stat(debugfs)).mode & 0o777];
}
