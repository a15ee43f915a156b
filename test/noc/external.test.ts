// SPDX-License-Identifier: Apache-2.0
import {type ChildProcess, spawn} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import test from 'ava';
import mqtt from 'mqtt';
import {ensurePackages} from '../../scripts/debian.ts';
import {topicFor} from '../../src/wire/report/topic.ts';
import {latestOf, nodesOf, seriesOf, statusOf, temporaryFolder, testCollector, until} from '../helper/collector.ts';
import {SyntheticNode} from '../helper/synthetic-node.ts';

function freePort(): Promise<number> {
	return new Promise(resolve => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});
}

/** Debian's mosquitto as noc.md recommends it: a node writes under its own name only. */
async function mosquitto(t: ExecutionContext): Promise<{port: number; start(): ChildProcess}> {
	await ensurePackages(['mosquitto']);
	const folder = await temporaryFolder(t);
	const port = await freePort();
	await writeFile(
		join(folder, 'acl'),
		'user collector\ntopic read mesh/v1/+/+/#\ntopic write mesh/v1/+/+/cmd\npattern write mesh/v1/+/%u/#\npattern read mesh/v1/+/%u/cmd\n',
	);
	await writeFile(
		join(folder, 'conf'),
		[
			`listener ${port} 127.0.0.1`,
			'allow_anonymous true',
			`acl_file ${join(folder, 'acl')}`,
			'persistence true',
			`persistence_location ${folder}/`,
			'set_tcp_nodelay true',
			`user ${process.getuid?.() === 0 ? 'root' : (process.env.USER ?? 'nobody')}`,
			'log_dest none',
			'',
		].join('\n'),
	);
	return {
		port,
		start() {
			const child = spawn('/usr/sbin/mosquitto', ['-c', join(folder, 'conf')], {stdio: 'ignore'});
			t.teardown(() => child.kill());
			return child;
		},
	};
}

test('external broker: everything goes through mosquitto, across restarts of either side', async t => {
	t.timeout(120_000);
	const {port, start} = await mosquitto(t);
	let child = start();
	const dataFolder = await temporaryFolder(t);
	const options = {
		dataFolder,
		broker: {url: `mqtt://127.0.0.1:${port}`, username: 'collector', password: 'x'},
	};
	const first = await testCollector(t, options);
	await until('a connection', async () => (await statusOf(first.httpUrl)).broker?.connected === true);
	const startMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
	const node = new SyntheticNode({node: 'r1', seed: 1, startMs});
	const connect = () =>
		mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
			clientId: 'r1',
			username: 'r1',
			password: 'x',
			will: {topic: topicFor('r1', 'state'), payload: Buffer.from('{"online":false}'), qos: 1, retain: true},
		});
	const client = await connect();
	t.teardown(() => client.end(true));
	const commands: string[] = [];
	client.on('message', (_topic, payload) => commands.push(payload.toString()));
	await client.subscribeAsync(topicFor('r1', 'cmd'), {qos: 1});
	await client.publishAsync(topicFor('r1', 'hello'), Buffer.from(node.hello), {qos: 1, retain: true});
	const report = async (count: number, keyframe = false) => {
		for (let i = 0; i < count; i++)
			await client.publishAsync(topicFor('r1', 't'), Buffer.from(node.next(keyframe)), {qos: 1});
	};
	await report(1, true);
	await report(4);
	const uptime = async (url: string) =>
		(await latestOf(url, 'r1').catch(() => [])).find(({name}) => name === 'system.uptimeS')?.value;
	const place = node.series.findIndex(({name}) => name === 'system.uptimeS');
	const same = (url: string) => until('the newest frame', async () => (await uptime(url)) === node.values[place]);
	await same(first.httpUrl);

	node.next(); // lost on the way
	await report(1);
	await until('a keyframe request through the broker', () => commands.length > 0);
	t.like(JSON.parse(commands[0] ?? ''), {command: 'keyframe'});
	await report(1, true);
	await same(first.httpUrl);

	await first.stop(); // what is published meanwhile waits in the session at the broker
	await report(20);
	const second = await testCollector(t, options);
	await same(second.httpUrl);

	child.kill();
	await new Promise(resolve => child.once('exit', resolve));
	await until('the loss is told', async () => (await statusOf(second.httpUrl)).state === 'broker');
	child = start();
	await until('it is back', async () => (await statusOf(second.httpUrl)).state === 'ok', 30_000);
	await until('the node is back', () => client.connected, 30_000);
	await report(3);
	await same(second.httpUrl);
	t.like(await nodesOf(second.httpUrl), [{node: 'r1', connections: 0}]);
	const {series} = await seriesOf(second.httpUrl, {
		name: 'system.uptimeS',
		from: startMs,
		to: startMs + 3_600_000,
		step: 60_000,
	});
	t.is(series[0]?.mean.filter(value => value !== null).length, 5 + 1 + 20 + 3);
	client.stream.destroy();
});

test('external broker: an address that is none is refused at once', async t => {
	await t.throwsAsync(testCollector(t, {broker: {url: 'http://x'}}), {message: /is not mqtt:\/\//});
});
