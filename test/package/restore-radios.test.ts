// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {chmod, mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {root} from '../guard/source.ts';
import {temporaryFolder} from '../helper/collector.ts';

const script = join(root, 'openwrt-package/root/usr/libexec/astral-mesh/restore-radios');

/** Runs the script with a uci that knows `now` and notes what it is told, and a wifi that notes that it was called. */
async function restore(folder: string, now: Readonly<Record<string, string>>, before: string): Promise<string[]> {
	const programs = join(folder, 'bin');
	const file = join(folder, 'state', 'original');
	await mkdir(programs, {recursive: true});
	await mkdir(join(folder, 'state'), {recursive: true});
	const known = Object.entries(now).map(([option, value]) => `'get wireless.${option}') echo '${value}' ;;`);
	await writeFile(join(folder, 'log'), '');
	await writeFile(
		join(programs, 'uci'),
		`#!/bin/sh\n[ "$1" = -q ] && shift\ncase "$*" in\n${known.join('\n')}\nget*) exit 1 ;;\n*) echo "$*" >>'${folder}/log' ;;\nesac\n`,
	);
	await writeFile(join(programs, 'wifi'), `#!/bin/sh\necho "wifi $*" >>'${folder}/log'\n`);
	for (const name of ['uci', 'wifi']) await chmod(join(programs, name), 0o755);
	await writeFile(file, before);
	execFileSync('busybox', ['ash', script, file], {env: {PATH: `${programs}:${process.env.PATH}`}});
	await stat(file).then(
		() => {
			throw new Error('the record is still there');
		},
		() => undefined,
	);
	return (await readFile(join(folder, 'log'), 'utf8')).split('\n').filter(line => line !== '');
}

test('restore: options that still have our value get the one before, or none', async t => {
	const folder = await temporaryFolder(t);
	const now = {'radio0.channel': '36', 'radio1.htmode': 'HT20', 'radio1.channel': '11'};
	const before = 'radio0.channel\t44\t36\nradio1.htmode\t\tHT20\nradio1.channel\t6\t1\n';
	t.deepEqual(await restore(folder, now, before), [
		'set wireless.radio0.channel=44',
		'delete wireless.radio1.htmode',
		'commit wireless',
		'wifi reload',
	]);
});

test('restore: nothing of ours leaves the radios alone', async t => {
	const folder = await temporaryFolder(t);
	t.deepEqual(await restore(folder, {'radio0.channel': '1'}, 'radio0.channel\t44\t36\nnonsense\n\n'), []);
});

test('restore: without a record it does nothing', t => {
	t.notThrows(() => execFileSync('busybox', ['ash', script, '/nonexistent/file']));
});
