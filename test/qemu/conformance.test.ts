// SPDX-License-Identifier: Apache-2.0
import {copyFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {startMesh} from '../../qemu/mesh.ts';
import {prepareImages} from '../../qemu/prepare.ts';
import {buildBinary} from '../../scripts/build/binary.ts';
import type {Need, Settings} from '../conformance/case.ts';
import {mainForRouter} from '../conformance/paths.ts';
import {assertOutcomes} from '../conformance/process.ts';

// User-mode emulation answers part of the system calls itself. Here a real big-endian kernel does, control messages and
// generic netlink included.

// What depends on the kernel, and the byte order of words; the rest runs under user emulation.
const only = ['clock', 'byteOrder', 'text', 'crypto', 'files', 'datagram', 'netlink', 'errors'];
const has: readonly Need[] = [
	'kernel',
	'multicast',
	'link-local',
	'packet-info',
	'echo',
	'path-mtu',
	'netlink',
	'crypto',
	'uncaught',
];

test('conformance: the suite passes on a big-endian kernel', async t => {
	t.timeout(30 * 60_000);
	await prepareImages(['malta']);
	const binary = await buildBinary({arch: 'mips_24kc', entry: mainForRouter, name: 'conformance'});
	const mesh = await startMesh('malta', 'pair');
	try {
		const [router] = mesh.topology.routers;
		if (router === undefined) return t.fail('the topology has no router');
		const printed = await mesh.inRouter(router.name, 'cat /proc/net/if_inet6');
		const link = printed.split('\n').find(line => line.startsWith('fe80'));
		const settings: Settings = {
			folder: '/tmp/conformance',
			has,
			only,
			linkLocalIndex: Number.parseInt(link?.split(' ')[1] ?? '', 16),
		};
		await copyFile(binary.path, join(mesh.guest.share, 'conformance'));
		await writeFile(join(mesh.guest.share, 'settings.json'), JSON.stringify(settings));
		const command =
			'ip link set lo up; mkdir -p /tmp/conformance; /host/conformance /host/settings.json 2>&1; echo code=$?';
		const text = await mesh.inRouter(router.name, command);
		const code = Number(/code=(\d+)/.exec(text)?.[1] ?? Number.NaN);
		assertOutcomes(t, {code, text}, 40);
	} finally {
		await mesh.stop();
	}
});
