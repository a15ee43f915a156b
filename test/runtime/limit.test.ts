// SPDX-License-Identifier: Apache-2.0
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import test from 'ava';
import {buildBinary} from '../../scripts/build/binary.ts';

const entry = join(import.meta.dirname, 'limit-program.ts');

test('limit: a task that wants more memory than it may fails alone, and its memory comes back', async t => {
	t.timeout(10 * 60_000);
	const {path} = await buildBinary({arch: 'x86_64', entry, name: 'limit', memoryLimitBytes: 4 << 20});
	const {status, stderr} = spawnSync(path, {encoding: 'utf8'});
	t.is(status, 0, stderr);
	t.is(stderr.match(/uncaught: .*out of memory/g)?.length, 2, stderr);
	t.regex(stderr, /notice: goes on/);
});
