// SPDX-License-Identifier: Apache-2.0
import {spawnSync} from 'node:child_process';
import test from 'ava';
import {buildBinary} from '../../scripts/build/binary.ts';
import {mainForRouter} from '../conformance/paths.ts';

test('syslog: without a daemon the lines still come on standard error', async t => {
	t.timeout(10 * 60_000);
	const {path} = await buildBinary({arch: 'x86_64', entry: mainForRouter, name: 'conformance'});
	// A namespace of its own hides the machine's daemon: /dev is an empty folder there.
	const space = process.getuid?.() === 0 ? ['--mount'] : ['--map-root-user', '--mount'];
	const words = [...space, 'sh', '-c', 'mount -t tmpfs none /dev && exec "$0" --syslog /nothing', path];
	const {stderr} = spawnSync('unshare', words, {encoding: 'utf8'});
	t.is(stderr, 'error: no settings in /nothing\n');
});
