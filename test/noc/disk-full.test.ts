// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import type {ExecutionContext} from 'ava';
import test from 'ava';
import mqtt from 'mqtt';
import {topicFor} from '../../src/wire/report/topic.ts';
import {seriesOf, statusOf, temporaryFolder, testCollector, until} from '../helper/collector.ts';
import {SyntheticNode} from '../helper/synthetic-node.ts';

const run = promisify(execFile);

const name = 'collector: a full disk is told and survived, and nothing that did not fit was acknowledged';

const fullDisk = async (t: ExecutionContext): Promise<void> => {
	const disk = join(await temporaryFolder(t), 'disk');
	await mkdir(disk);
	await run('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
	t.teardown(async () => {
		await run('umount', ['-l', disk]);
	});
	const limits = {packetsPerSecond: 1e6, bytesPerSecond: 1e9};
	const collector = await testCollector(t, {dataFolder: join(disk, 'data'), limits});
	const {httpUrl, mqttPort} = collector;
	const startMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 2 * 3_600_000;
	const node = new SyntheticNode({node: 'r1', seed: 1, startMs, intervalMs: 1000});
	const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {clientId: 'r1'});
	t.teardown(() => client.end(true));
	await client.publishAsync(topicFor('r1', 'hello'), Buffer.from(node.hello), {qos: 1});
	await client.publishAsync(topicFor('r1', 't'), Buffer.from(node.next()), {qos: 1});
	const filler = join(disk, 'filler');
	await writeFile(filler, Buffer.alloc(8_000_000)).catch(() => undefined);
	let acknowledged = 0;
	const pending = Array.from({length: 50}, () =>
		client.publishAsync(topicFor('r1', 't'), Buffer.from(node.next()), {qos: 1}).then(() => {
			acknowledged++;
		}),
	);
	await until('the status says so', async () => (await statusOf(httpUrl)).state === 'disk-full');
	const before = acknowledged;
	t.true(before < 50, 'what does not fit is not acknowledged');
	t.regex(await (await fetch(`${httpUrl}/metrics`)).text(), /^mesh_noc_disk_full 1$/m);
	t.is(await collector.store.roll(), undefined, 'rolling fails as well, and is survived');
	t.is((await statusOf(httpUrl)).state, 'disk-full');
	await rm(filler);
	await Promise.all(pending);
	await until('the log recovers', async () => (await statusOf(httpUrl)).log.state === 'ok');
	await until('a roll succeeds', async () => (await collector.store.roll()) !== undefined);
	t.is((await statusOf(httpUrl)).state, 'ok');
	const {series} = await seriesOf(httpUrl, {name: 'system.uptimeS', from: startMs, to: startMs + 60_000, step: 1000});
	t.is(series[0]?.mean.filter(value => value !== null).length, 51);
};

// A disk this small has to be mounted.
if (process.getuid?.() === 0) test(name, fullDisk);
else test(`${name} (seen by root only)`, t => t.pass());
