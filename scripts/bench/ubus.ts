// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {connect, createServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {call, method, of, serve, UbusClient, type UbusWorld} from '../../src/ubus-ts/index.ts';
import {buildBinary} from '../build/binary.ts';
import {instructionsPerRepetition} from './measure/callgrind.ts';
import type {Row} from './row.ts';
import {table} from './ubus/canned.ts';
import {StandInUbusd} from './ubus/stand-in-ubusd.ts';

export const name = 'ubus';
export const about =
	'calls a second through a stand-in ubusd on a unix socket, beside the same bytes echoed raw; instructions a call in QuickJS x86_64, beside JSON';

const FEW = 200;
const MANY = 1200;
const CALLS = 5000;

export async function run(report: (row: Row) => void): Promise<void> {
	await reportInstructions(report);
	const folder = await mkdtemp(join(tmpdir(), 'ubus-bench-'));
	try {
		await reportCalls(folder, report);
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

async function reportInstructions(report: (row: Row) => void): Promise<void> {
	const measure = async (entry: string): Promise<number> => {
		const {path} = await buildBinary({
			arch: 'x86_64',
			entry: `scripts/bench/ubus/${entry}.ts`,
			name: `bench-ubus-${entry}`,
		});
		return instructionsPerRepetition(path, FEW, MANY);
	};
	const baseline = await measure('json');
	for (const [metric, entry] of [
		['instructionsPerCall', 'call'],
		['instructionsPerAnswer', 'serve'],
	] as const) {
		const value = await measure(entry);
		report({bench: name, metric, value, unit: 'instructions', baseline, ratio: value / baseline});
	}
}

/** Waits until a server listens. */
async function listening(server: Server, path: string): Promise<void> {
	await new Promise<void>(resolve => {
		server.listen(path, resolve);
	});
}

/** The bus, the object and, in the first figure, the caller are in this process: each call is four messages more than the raw echo. */
async function reportCalls(folder: string, report: (row: Row) => void): Promise<void> {
	const path = join(folder, 'ubus.sock');
	const ubusd = new StandInUbusd();
	const bus = createServer(socket => {
		const connection = ubusd.accept(bytes => socket.write(bytes));
		socket.on('data', (bytes: Buffer) => connection.receive(new Uint8Array(bytes)));
		socket.on('close', () => connection.close());
	});
	const echoPath = join(folder, 'echo.sock');
	const echo = createServer(socket => socket.on('data', bytes => socket.write(bytes)));
	await listening(bus, path);
	await listening(echo, echoPath);
	const server = new UbusClient(worldOf(path));
	const status = method({about: '', access: 'read', parameters: {radio: 'string?'}, reply: of<object>()});
	await new Promise<void>(resolve => {
		serve(server, {path: 'bench', methods: {status}}, {status: () => table}, {registered: () => resolve()});
		server.start();
	});
	const baseline = await echoesASecond(echoPath);
	const own = await callsASecond(path);
	report({bench: name, metric: 'node.callsPerSecond', value: own, unit: 'calls/s', baseline, ratio: own / baseline});
	const {path: program} = await buildBinary({
		arch: 'x86_64',
		entry: 'scripts/bench/ubus/caller.ts',
		name: 'bench-ubus-caller',
	});
	const {stderr, stdout} = await promisify(execFile)(program, [path, `${CALLS}`]);
	const tookMs = Number(/took ([\d.]+)/.exec(stderr + stdout)?.[1]);
	const value = (1000 * CALLS) / tookMs;
	report({bench: name, metric: 'quickjs.callsPerSecond', value, unit: 'calls/s', baseline, ratio: value / baseline});
	server.stop();
	bus.close();
	echo.close();
}

function worldOf(path: string): UbusWorld {
	return {
		after(delayMs, task) {
			const timer = setTimeout(task, delayMs);
			return () => clearTimeout(timer);
		},
		connect(handlers) {
			const socket = connect(path);
			socket.on('connect', () => handlers.open());
			socket.on('data', (bytes: Buffer) => handlers.data(new Uint8Array(bytes)));
			socket.on('close', () => handlers.close());
			return {
				write(bytes) {
					socket.write(bytes);
				},
				get queuedBytes() {
					return socket.writableLength;
				},
				close() {
					socket.destroy();
				},
			};
		},
	};
}

async function callsASecond(path: string): Promise<number> {
	const client = new UbusClient(worldOf(path));
	await new Promise<void>(resolve => {
		client.whenConnected(resolve);
		client.start();
	});
	const start = performance.now();
	for (let i = 0; i < CALLS; i++)
		await new Promise<void>((resolve, reject) => {
			call(client, 'bench', 'status', {radio: 'radio0'}, status =>
				status === 0 ? resolve() : reject(new Error(`status ${status}`)),
			);
		});
	const took = performance.now() - start;
	client.stop();
	return (1000 * CALLS) / took;
}

/** A reply's bytes there and back, without a bus and without a codec. */
async function echoesASecond(path: string): Promise<number> {
	const socket = connect(path);
	const bytes = new Uint8Array(400);
	const start = performance.now();
	for (let i = 0; i < CALLS; i++)
		await new Promise<void>(resolve => {
			let left = bytes.length;
			const take = (got: Buffer): void => {
				left -= got.length;
				if (left > 0) return;
				socket.off('data', take);
				resolve();
			};
			socket.on('data', take);
			socket.write(bytes);
		});
	const took = performance.now() - start;
	socket.destroy();
	return (1000 * CALLS) / took;
}
