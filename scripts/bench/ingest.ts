// SPDX-License-Identifier: Apache-2.0
import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {startCollector} from '../../src/noc/collector.ts';
import {SyntheticNode} from '../../test/helper/synthetic-node.ts';
import {ensurePackages} from '../debian.ts';
import {Load} from './ingest/load.ts';
import type {Row} from './row.ts';

export const name = 'ingest';
export const about = 'frames a second into the collector beside mosquitto, bytes a sample on disk, a day of 100 nodes';

const root = fileURLToPath(new URL('../../', import.meta.url));
const CONNECTIONS = 200;
const FRAMES = 3000;
const WINDOW = 40;
const NODES = 100;
const HOURS = 24;
const HOUR_MS = 3_600_000;
const QUERIES = 15;

export async function run(report: (row: Row) => void): Promise<void> {
	await ensurePackages(['mosquitto']);
	const broker = await measureMosquitto();
	const collector = await measureCollector();
	report({
		bench: name,
		metric: 'framesPerSecond',
		value: Math.round(collector.perSecond),
		unit: 'frames/s',
		baseline: Math.round(broker.perSecond),
		ratio: collector.perSecond / broker.perSecond,
	});
	report({bench: name, metric: 'frameBytes', value: collector.frameBytes, unit: 'bytes'});
	report({
		bench: name,
		metric: 'cpuMicrosecondsPerFrame',
		value: collector.cpuUs,
		unit: 'µs',
		baseline: broker.cpuUs,
		ratio: collector.cpuUs / broker.cpuUs,
	});
	for (const [metric, value, unit] of await measureStore()) report({bench: name, metric, value, unit});
}

interface Throughput {
	readonly perSecond: number;
	/** Processor time of the server for a frame. */
	readonly cpuUs: number;
	readonly frameBytes: number;
}

/** The server gets one core and the clients another, where there are two. */
const pinned = spawnSync('taskset', ['-c', '1', 'true']).status === 0;

function start(core: 0 | 1, command: string, words: readonly string[]): ChildProcess {
	const [first = '', ...rest] = pinned ? ['taskset', '-c', String(core), command, ...words] : [command, ...words];
	return spawn(first, rest, {cwd: root, stdio: ['ignore', 'pipe', 'inherit']});
}

const script = (core: 0 | 1, file: string, words: readonly (string | number)[]): ChildProcess =>
	start(core, process.execPath, ['--import=tsx', file, ...words.map(String)]);

/** Waits for a line that matches. Errors: Error when the process ends first. */
function line(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
	return new Promise((resolve, reject) => {
		let text = '';
		child.stdout?.on('data', chunk => {
			text += String(chunk);
			const found = pattern.exec(text);
			if (found !== null) resolve(found);
		});
		child.once('exit', () => reject(new Error(`${child.spawnargs.join(' ')} ended early: ${text}`)));
		child.once('error', reject);
	});
}

async function stop(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return;
	const ended = new Promise(resolve => child.once('exit', resolve));
	child.kill('SIGTERM');
	await ended;
}

/** User and system time of a process in microseconds. Source: proc(5), /proc/pid/stat fields 14 and 15, 100 ticks/s. */
async function cpuUs(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function publish(port: number): Promise<{frames: number; tookMs: number; frameBytes: number}> {
	const publisher = script(1, 'scripts/bench/ingest/publisher.ts', [port, CONNECTIONS, FRAMES, WINDOW]);
	const [text] = await line(publisher, /\{.*\}/);
	return JSON.parse(text) as {frames: number; tookMs: number; frameBytes: number};
}

async function measureCollector(): Promise<Throughput> {
	const folder = await mkdtemp(join(tmpdir(), 'mesh-noc-bench-'));
	const child = script(0, 'src/main/noc.ts', ['--data', folder, '--http', '127.0.0.1:0', '--mqtt', '127.0.0.1:0']);
	try {
		const [, url, port] = await line(child, /(http:\S+)[\s\S]*MQTT on port (\d+)/);
		const before = await cpuUs(child.pid ?? 0);
		const {frames, tookMs, frameBytes} = await publish(Number(port));
		const spent = (await cpuUs(child.pid ?? 0)) - before;
		const stored = /messages_total\{outcome="sample"\} (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
		if (Number(stored) !== frames) throw new Error(`${stored} of ${frames} frames were stored`);
		return {perSecond: (frames / tookMs) * 1000, cpuUs: spent / frames, frameBytes};
	} finally {
		await stop(child);
		await rm(folder, {recursive: true, force: true});
	}
}

async function measureMosquitto(): Promise<Throughput> {
	const folder = await mkdtemp(join(tmpdir(), 'mesh-noc-bench-'));
	const port = await freePort();
	const configuration = [
		`listener ${port} 127.0.0.1`,
		'allow_anonymous true',
		'persistence false',
		'set_tcp_nodelay true',
		'max_queued_messages 0',
		'max_inflight_messages 1000',
		'log_dest none',
	];
	await writeFile(join(folder, 'mosquitto.conf'), `${configuration.join('\n')}\n`);
	const broker = start(0, '/usr/sbin/mosquitto', ['-c', join(folder, 'mosquitto.conf')]);
	const subscriber = await subscribe(port);
	try {
		const before = await cpuUs(broker.pid ?? 0);
		const startMs = Date.now();
		const last = line(subscriber, /\{.*\}/);
		const {frames, tookMs, frameBytes} = await publish(port);
		const publishedMs = Date.now();
		const {atMs} = JSON.parse((await last)[0]) as {atMs: number};
		const spent = (await cpuUs(broker.pid ?? 0)) - before;
		// Delivered, as ours are stored: what the subscriber had to wait for after the last acknowledgement counts.
		const delayMs = Math.max(0, atMs - publishedMs);
		if (atMs < startMs) throw new Error('the clock stepped');
		return {perSecond: (frames / (tookMs + delayMs)) * 1000, cpuUs: spent / frames, frameBytes};
	} finally {
		subscriber.kill();
		await stop(broker);
		await rm(folder, {recursive: true, force: true});
	}
}

/** The broker takes a moment to listen. */
async function subscribe(port: number): Promise<ChildProcess> {
	for (let attempt = 0; ; attempt++) {
		const subscriber = script(1, 'scripts/bench/ingest/subscriber.ts', [port, CONNECTIONS * FRAMES]);
		try {
			await line(subscriber, /ready/);
			return subscriber;
		} catch (error) {
			if (attempt > 5) throw error;
		}
	}
}

function freePort(): Promise<number> {
	return new Promise(resolve => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});
}

/** A day of a hundred routers at a sample a minute, rolled every hour as in life, but the last half hour. */
async function measureStore(): Promise<[string, number, string][]> {
	const folder = await mkdtemp(join(tmpdir(), 'mesh-noc-bench-'));
	const collector = await startCollector({
		dataFolder: folder,
		mqtt: {host: '127.0.0.1', port: 0},
		limits: {packetsPerSecond: 1e6, bytesPerSecond: 1e9},
		roll: 'never',
		web: false,
	});
	try {
		const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOURS * HOUR_MS;
		const routers = Array.from({length: NODES}, (_, i) => new SyntheticNode({node: `n${i}`, seed: i + 1, startMs}));
		const feed = async (minutes: number) => {
			const loads = routers.map(router => ({
				node: router.node,
				hello: router.hello,
				frames: Array.from({length: minutes}, () => router.next()),
			}));
			const load = await Load.open(collector.mqttPort, loads, 60);
			await load.run();
			load.close();
		};
		let samples = 0;
		let rollMs = 0;
		for (let hour = 0; hour < HOURS; hour++) {
			await feed(60);
			const before = performance.now();
			samples += (await collector.store.roll())?.samples ?? 0;
			rollMs += performance.now() - before;
		}
		const size = await collector.store.size();
		await feed(30);
		const range = (series: string) => timeQuery(collector.httpUrl, series, startMs, startMs + (HOURS + 0.5) * HOUR_MS);
		return [
			['bytesPerSample', size.bytes / samples, 'bytes'],
			['rawBytesPerSample', size.chunkBytes / samples, 'bytes'],
			['rollupBytesPerSample', size.rollupBytes / samples, 'bytes'],
			['rolledSamplesPerSecond', Math.round((samples / rollMs) * 1000), 'samples/s'],
			['rangeQueryMs', await range('system.load1'), 'ms'],
			['rangeTwoRadiosQueryMs', await range('channel.noiseDbm'), 'ms'],
		];
	} finally {
		await collector.stop();
		await rm(folder, {recursive: true, force: true});
	}
}

/** The median time of a whole answer over HTTP: a day, all nodes, five-minute steps with minimum, mean and maximum. */
async function timeQuery(url: string, series: string, fromMs: number, toMs: number): Promise<number> {
	const times: number[] = [];
	for (let i = 0; i < QUERIES; i++) {
		const before = performance.now();
		const query = new URLSearchParams({name: series, from: String(fromMs), to: String(toMs), step: '300000'});
		const response = await fetch(`${url}/api/v1/series?${query}`);
		const answer = (await response.json()) as {series: unknown[]};
		times.push(performance.now() - before);
		if (answer.series.length < NODES) throw new Error(`${answer.series.length} series instead of ${NODES}`);
	}
	return times.sort((a, b) => a - b)[Math.floor(QUERIES / 2)] ?? 0;
}
