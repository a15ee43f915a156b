// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {chmod, mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {root} from '../guard/source.ts';
import {temporaryFolder} from '../helper/collector.ts';

const script = join(root, 'openwrt-package/root/usr/libexec/astral-mesh/open-clocks');

/** Runs the script over a folder like debugfs, with a chown that notes what it is told. Answers notes and the folder's mode. */
async function open(folder: string, files: readonly string[], mode: string): Promise<[string[], number]> {
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
	execFileSync('sh', [script, debugfs], {env: {PATH: `${programs}:${process.env.PATH}`}});
	const notes = (await readFile(join(folder, 'log'), 'utf8')).split('\n').filter(line => line !== '');
	return [notes.map(line => line.replace(`${debugfs}/`, '')), (await stat(debugfs)).mode & 0o777];
}

const files = [
	'ieee80211/phy0/netdev:mesh0/tsf',
	'ieee80211/phy0/netdev:mesh0/flags',
	'ieee80211/phy1/netdev:mesh1/tsf',
	'ieee80211/phy1/rc',
];

test("clocks: the daemon is given what shows a radio's clock and the way there, nothing else", async t => {
	const [notes, mode] = await open(await temporaryFolder(t), files, 'all');
	t.deepEqual(notes, ['astral-mesh ieee80211/phy0/netdev:mesh0/tsf', 'astral-mesh ieee80211/phy1/netdev:mesh1/tsf']);
	t.is(mode, 0o711);
});

test('clocks: without such files, or where no time is divided, nothing is changed', async t => {
	t.deepEqual(await open(await temporaryFolder(t), ['ieee80211/phy0/rc'], 'all'), [[], 0o700]);
	t.deepEqual(await open(await temporaryFolder(t), files, ''), [[], 0o700]);
});
