// SPDX-License-Identifier: Apache-2.0
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {buildBinary} from '../../scripts/build/binary.ts';
import {ensurePackages} from '../../scripts/debian.ts';
import type {Need} from '../conformance/case.ts';
import {mainForRouter} from '../conformance/paths.ts';
import {assertConformance, assertExit, assertSignals, type Command, nodeCommand} from '../conformance/process.ts';
import {type RunningServers, startServers} from '../conformance/servers.ts';

// One suite judges every runtime: they stay one program only if the same cases say so.

const onKernel: readonly Need[] = [
	'kernel',
	'servers',
	'tls',
	'multicast',
	'packet-info',
	'path-mtu',
	'device',
	// The kernel's own sockets for echo requests are closed to everyone by default, raw ones open to root.
	...(process.getuid?.() === 0 ? (['echo'] as const) : []),
	'netlink',
	'crypto',
	'uncaught',
];
let servers: RunningServers;
const folder = mkdtempSync(join(tmpdir(), 'mesh-noc-conformance-'));

test.before(async () => {
	servers = await startServers(folder);
});

test.after.always(() => {
	servers?.close();
	rmSync(folder, {recursive: true, force: true});
});

function suite(title: string, prepare: () => Promise<Command>): void {
	test.serial(`${title}: passes the conformance suite`, async t => {
		t.timeout(15 * 60_000);
		const command = await prepare();
		const own = mkdtempSync(join(folder, 'run-'));
		await assertConformance(t, command, servers.settings, own);
	});
	test.serial(`${title}: hears SIGHUP and SIGTERM, and ends when it says so`, async t => {
		await assertSignals(t, await prepare());
		await assertExit(t, await prepare());
	});
}

async function built(arch: string, sanitize: boolean): Promise<string> {
	return (await buildBinary({arch, entry: mainForRouter, name: 'conformance', sanitize})).path;
}

suite('node', async () => nodeCommand);

suite('quickjs on x86_64', async () => ({words: [await built('x86_64', false)], has: onKernel}));

suite('quickjs on x86_64 with sanitizers', async () => ({words: [await built('x86_64', true)], has: onKernel}));

suite('quickjs on big-endian MIPS', async () => {
	await ensurePackages(['qemu-user-static']);
	const binary = await built('mips_24kc', false);
	// The emulator hands control messages over without turning their bytes round, and has no path MTU; the big-endian VM
	// proves them.
	const has = onKernel.filter(need => need !== 'packet-info' && need !== 'multicast' && need !== 'path-mtu');
	return {words: ['qemu-mips-static', binary], has};
});
