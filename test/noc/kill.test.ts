// SPDX-License-Identifier: Apache-2.0
import {type ChildProcess, spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import test from 'ava';
import mqtt, {type MqttClient} from 'mqtt';
import {seededRandom} from '../../src/core/random.ts';
import {topicFor} from '../../src/wire/report/topic.ts';
import {seriesOf, temporaryFolder, until} from '../helper/collector.ts';
import {SyntheticNode} from '../helper/synthetic-node.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Program {
	readonly child: ChildProcess;
	readonly httpUrl: string;
	readonly mqttPort: number;
}

async function startProgram(t: ExecutionContext, dataFolder: string): Promise<Program> {
	const limits = ['packetsPerSecond=1000000', 'bytesPerSecond=1000000000', 'maxLogBytes=300000'];
	const child = spawn(
		process.execPath,
		[
			'--import=tsx',
			'src/main/noc.ts',
			...['--data', dataFolder, '--http', '127.0.0.1:0', '--mqtt', '127.0.0.1:0'],
			...limits.flatMap(limit => ['--limit', limit]),
		],
		{cwd: root, stdio: ['ignore', 'pipe', 'inherit']},
	);
	t.teardown(() => child.kill('SIGKILL'));
	let text = '';
	child.stdout?.on('data', chunk => {
		text += String(chunk);
	});
	await until('the collector prints its ports', () => /MQTT on port \d+/.test(text) || child.exitCode !== null, 60_000);
	const httpUrl = /mesh-noc: (http:\S+)/.exec(text)?.[1];
	const port = /MQTT on port (\d+)/.exec(text)?.[1];
	if (httpUrl === undefined || port === undefined) throw new Error(`the collector did not start: ${text}`);
	return {child, httpUrl, mqttPort: Number(port)};
}

/** A router that keeps what is not acknowledged and sends it again after a reconnect, as the agent does. */
class FaithfulNode {
	readonly router: SyntheticNode;
	readonly acknowledged = new Map<number, number>();
	readonly #queue: {timeMs: number; value: number; frame: Buffer}[] = [];
	readonly #value: number;

	constructor(name: string, seed: number, startMs: number) {
		this.router = new SyntheticNode({node: name, seed, startMs, intervalMs: 1000, radios: 1});
		this.#value = this.router.series.findIndex(one => one.name === 'system.memoryAvailableBytes');
	}

	/** Reports until the connection ends. */
	async report(port: number): Promise<void> {
		const {router} = this;
		const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {clientId: router.node, reconnectPeriod: 0});
		client.on('error', () => undefined);
		client.setMaxListeners(0);
		let open = true;
		client.on('close', () => {
			open = false;
		});
		await settled(client, topicFor(router.node, 'hello'), Buffer.from(router.hello));
		while (open) {
			while (this.#queue.length < 40) {
				const {timeMs} = router;
				const frame = Buffer.from(router.next());
				this.#queue.push({timeMs, frame, value: router.values[this.#value] ?? 0});
			}
			const batch = [...this.#queue];
			const done = await Promise.all(batch.map(({frame}) => settled(client, topicFor(router.node, 't'), frame)));
			for (const [i, {timeMs, value}] of batch.entries()) {
				if (done[i] !== true) break; // acknowledgements come in order
				this.acknowledged.set(timeMs, value);
				this.#queue.shift();
			}
		}
		client.end(true);
	}
}

/** Whether a message was acknowledged; false when the connection ended first. */
function settled(client: MqttClient, topic: string, payload: Buffer): Promise<boolean> {
	return new Promise(resolve => {
		const lost = () => resolve(false);
		client.once('close', lost);
		client.publish(topic, payload, {qos: 1}, error => {
			client.removeListener('close', lost);
			resolve(error === undefined || error === null);
		});
	});
}

test('collector: killed under load at any moment, it has lost no frame that it acknowledged', async t => {
	t.timeout(240_000);
	const seed = 11;
	const random = seededRandom(seed);
	const dataFolder = await temporaryFolder(t);
	const startMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 4 * 3_600_000;
	const nodes = Array.from({length: 8}, (_, i) => new FaithfulNode(`r${i}`, i + 1, startMs));
	// Rolls happen all the time (a log of 300 kB is large here), so some kills hit a roll.
	for (let round = 0; round < 4; round++) {
		const {child, mqttPort} = await startProgram(t, dataFolder);
		const running = nodes.map(node => node.report(mqttPort));
		const before = nodes.reduce((sum, node) => sum + node.acknowledged.size, 0);
		await until(
			'some load',
			() => nodes.reduce((sum, node) => sum + node.acknowledged.size, 0) > before + 1500,
			60_000,
		);
		await new Promise(resolve => setTimeout(resolve, 1500 * random()));
		child.kill('SIGKILL');
		await Promise.all(running);
	}
	const {httpUrl, child} = await startProgram(t, dataFolder);
	let compared = 0;
	for (const {router, acknowledged} of nodes) {
		const times = [...acknowledged.keys()];
		const fromMs = Math.min(...times);
		for (let from = fromMs; from <= Math.max(...times); from += 3_600_000) {
			const {series, ...range} = await seriesOf(httpUrl, {
				name: 'system.memoryAvailableBytes',
				node: router.node,
				from,
				to: from + 3_600_000,
				step: 1000,
			});
			for (const time of times.filter(one => one >= from && one < from + 3_600_000)) {
				const found = series[0]?.mean[(time - range.fromMs) / 1000];
				if (found !== acknowledged.get(time))
					return t.fail(`${router.node} at ${time}: ${found}, not ${acknowledged.get(time)} (seed ${seed})`);
				compared++;
			}
		}
	}
	t.log(`${compared} acknowledged frames compared after 4 kills`);
	t.true(compared > 6000);
	const ended = new Promise(resolve => child.once('exit', resolve));
	child.kill('SIGTERM');
	t.is(await ended, 0, 'and a polite stop ends it in order');
});
