// SPDX-License-Identifier: Apache-2.0
import {spawn, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import test from 'ava';
import {buildBinary} from '../../scripts/build/binary.ts';

const agent = async (): Promise<string> =>
	(await buildBinary({arch: 'x86_64', entry: 'src/main/agent.ts', name: 'astral-mesh'})).path;

const becomes = test.macro(async (t, user: string, capabilities: string) => {
	t.timeout(10 * 60_000);
	const words = ['--user', user, '--set', 'node=test'];
	const path = await agent();
	if (process.getuid?.() !== 0) {
		const {status, stderr} = spawnSync(path, words, {encoding: 'utf8', timeout: 10_000});
		t.is(status, 1);
		return t.regex(stderr, /--user needs USER:GROUP/);
	}
	const child = spawn(path, words);
	t.teardown(() => child.kill('SIGKILL'));
	await new Promise(resolve => child.stderr.once('data', resolve));
	const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
	t.regex(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
	t.regex(status, /^Gid:\t65533\t65533\t65533\t65533$/m);
	t.regex(status, /^Groups:\s*$/m);
	for (const set of ['CapPrm', 'CapEff']) t.regex(status, new RegExp(`^${set}:\t${capabilities}$`, 'm'));
	t.regex(status, /^NoNewPrivs:\t1$/m);
});

test(
	'privilege: started as root it becomes the user it is told and keeps three capabilities; else it does not start',
	becomes,
	'65534:65533',
	'0000000000003400',
);
test(
	'privilege: with a plus it keeps the one for programs in the kernel too',
	becomes,
	'+65534:65533',
	'0000008000003400',
);

test('privilege: root, a name and a word that is no number are refused', async t => {
	t.timeout(10 * 60_000);
	const path = await agent();
	for (const user of ['0:0', '1000:0', 'nobody:nogroup', '1000', '1000:1000x', '-1:-1']) {
		const {status, stderr} = spawnSync(path, ['--user', user], {encoding: 'utf8', timeout: 10_000});
		t.is(status, 1, user);
		t.regex(stderr, /--user needs USER:GROUP/);
	}
});
