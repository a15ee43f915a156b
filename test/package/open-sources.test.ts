// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {chmod, mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {root} from '../guard/source.ts';
import {temporaryFolder} from '../helper/collector.ts';

const script = join(root, 'openwrt-package/root/usr/libexec/astral-mesh/open-sources');

/** Runs the script over a folder like a router's root. Answers who was given what, and a look at modes. */
async function open(
	t: ExecutionContext,
	options: Readonly<Record<string, string>>,
	files: Readonly<Record<string, string>>,
): Promise<{given: string[]; modeOf: (path: string) => Promise<number>; textOf: (path: string) => Promise<string>}> {
	const folder = await temporaryFolder(t);
	const [programs, router] = [join(folder, 'bin'), join(folder, 'root')];
	await mkdir(programs);
	await mkdir(join(router, 'var/run/astral-mesh'), {recursive: true});
	for (const [path, text] of Object.entries(files)) {
		await mkdir(dirname(join(router, path)), {recursive: true});
		await writeFile(join(router, path), text, {mode: 0o600});
	}
	await writeFile(join(folder, 'log'), '');
	await writeFile(join(programs, 'chgrp'), `#!/bin/sh\necho "$*" >>'${folder}/log'\n`);
	const answers = Object.entries(options).map(([name, value]) => `'${name}') echo '${value}';;`);
	await writeFile(join(programs, 'uci'), `#!/bin/sh\ncase "$3" in ${answers.join(' ')} *) exit 1;; esac\n`);
	for (const name of ['chgrp', 'uci']) await chmod(join(programs, name), 0o755);
	execFileSync('sh', [script, router], {env: {PATH: `${programs}:${process.env.PATH}`}});
	const notes = (await readFile(join(folder, 'log'), 'utf8')).split('\n').filter(line => line !== '');
	return {
		given: notes.map(line => line.replace(router, '')),
		modeOf: async path => (await stat(join(router, path))).mode & 0o777,
		textOf: path => readFile(join(router, path), 'utf8'),
	};
}

const files = {'dev/ttyUSB0': '', 'etc/config/location': 'place', 'var/run/babeld.sock': ''};

test('sources: the daemon may read its receiver’s serial line, and no other file', async t => {
	const {given, modeOf} = await open(t, {'astral-mesh.main.position': '/dev/ttyUSB0:9600'}, files);
	t.deepEqual(given, ['astral-mesh /dev/ttyUSB0']);
	t.is(await modeOf('dev/ttyUSB0'), 0o640);
	t.is(await modeOf('etc/config/location'), 0o600);
});

test('sources: the place that LibreMesh keeps is handed over as a copy', async t => {
	const {given, modeOf, textOf} = await open(t, {'astral-mesh.main.position': 'libremesh'}, files);
	t.deepEqual(given, ['astral-mesh /var/run/astral-mesh/location']);
	t.is(await textOf('var/run/astral-mesh/location'), 'place');
	t.is(await modeOf('var/run/astral-mesh/location'), 0o640);
	t.is(await modeOf('etc/config/location'), 0o600);
});

test('sources: babeld’s read-only socket is opened, and not where routing is off', async t => {
	const path = {'babeld.@general[0].local_path': '/var/run/babeld.sock'};
	const {given, modeOf} = await open(t, path, files);
	t.deepEqual(given, ['astral-mesh /var/run/babeld.sock']);
	t.is(await modeOf('var/run/babeld.sock'), 0o660);
	t.deepEqual((await open(t, {...path, 'astral-mesh.main.routing': 'off'}, files)).given, []);
});

test('sources: where nothing is set nothing is changed', async t => {
	t.deepEqual((await open(t, {}, files)).given, []);
	t.deepEqual((await open(t, {'astral-mesh.main.position': '48,11'}, files)).given, []);
});
