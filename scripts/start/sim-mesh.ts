// SPDX-License-Identifier: Apache-2.0
import {setImmediate as nextTurn, setTimeout as wait} from 'node:timers/promises';
import {runAgent} from '../../src/agent/program.ts';
import {seededRandom} from '../../src/core/random.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import {Village, village} from '../../src/lab/scenario/village.ts';
import {LISTENING_HOUSE, LISTENING_RADIO, millSpectrum} from '../../src/lab/scenario/village-air.ts';
import {nodeRuntime} from '../../src/runtime/node/runtime.ts';
import {VirtualTime} from '../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../src/runtime/sim/files.ts';
import {FakeKernel} from '../../src/runtime/sim/kernel.ts';
import {type SimRuntime, simRuntime} from '../../src/runtime/sim/runtime.ts';
import {FakeSpectralScan} from '../../src/runtime/sim/spectral.ts';

// Six routers in this process: the agent that runs on routers, on a simulated kernel that speaks netlink, reporting to a
// real collector over loopback. Their time is virtual and starts in the past, so that the charts have a history: it is
// run fast until it has reached the present, and then keeps pace with it.

export interface SimMesh {
	stop(): Promise<void>;
}

export interface SimMeshOptions {
	readonly mqttPort: number;
	readonly intervalS: number;
	readonly historyS: number;
	/** Share of the history that has been run, from 0 to 1. */
	readonly onProgress?: (share: number) => void;
}

const SPECTRUM_SEED = 3;
const STEP_MS = 1000;
const PACE_MS = 100;

export async function startSimMesh(options: SimMeshOptions): Promise<SimMesh> {
	const time = new VirtualTime();
	const startMs = Date.now() - options.historyS * 1000;
	const real = nodeRuntime();
	const kernels = village.map(() => new FakeKernel(time.clock(startMs), 'little'));
	const world = new Village(kernels, 1);
	const runtimes = village.map((house, index) => {
		const runtime = simRuntime({
			host: house.name,
			clock: time.clock(startMs),
			random: seededRandom(Date.now() + index),
			byteOrder: 'little',
			stream: (address, handlers) => real.stream(address, handlers),
			crypto: real.crypto,
			files: routerFiles(time, index, startMs),
			...kernelOf(kernels, index),
		});
		runAgent(runtime, [
			...['--set', `node=${house.name}`, '--set', `broker=127.0.0.1:${options.mqttPort}`],
			...['--set', `intervalS=${options.intervalS}`, '--set', 'keepAliveS=3600'],
		]);
		return runtime;
	});
	await catchUp(time, world, startMs, options);
	const timer = setInterval(() => {
		const behindMs = Date.now() - startMs - time.nowMs;
		if (behindMs <= 0) return;
		world.step(behindMs / 1000);
		time.advance(behindMs);
	}, PACE_MS);
	return {stop: () => stop(timer, time, runtimes)};
}

function kernelOf(kernels: readonly FakeKernel[], index: number): {kernel?: FakeKernel} {
	const kernel = kernels[index];
	return kernel === undefined ? {} : {kernel};
}

/** Runs the past. The sockets are real: after each step they get a turn, and at the start time to connect. */
async function catchUp(time: VirtualTime, world: Village, startMs: number, options: SimMeshOptions): Promise<void> {
	for (let turn = 0; turn < 40; turn++) {
		time.advance(50);
		await wait(5);
	}
	const spanMs = Date.now() - startMs;
	while (time.nowMs < Date.now() - startMs) {
		world.step(STEP_MS / 1000);
		time.advance(Math.min(STEP_MS, Date.now() - startMs - time.nowMs));
		await nextTurn();
		options.onProgress?.(Math.min(1, time.nowMs / spanMs));
	}
}

async function stop(timer: NodeJS.Timeout, time: VirtualTime, runtimes: readonly SimRuntime[]): Promise<void> {
	clearInterval(timer);
	for (const runtime of runtimes) runtime.stop();
	time.advance(100);
	await wait(50);
}

function routerFiles(time: VirtualTime, index: number, startMs: number): SimFiles {
	const files = new SimFiles();
	if (village[index]?.name === LISTENING_HOUSE)
		new FakeSpectralScan(files, time.clock(startMs), {
			radio: LISTENING_RADIO,
			driver: 'ath9k',
			next: millSpectrum(SPECTRUM_SEED),
		});
	const uptimeS = (): number => 86_400 * (index + 2) + time.nowMs / 1000;
	const load = (): number => 0.15 + 0.05 * index + 0.08 * Math.sin(time.nowMs / 61_000 + index);
	files.set('/proc/uptime', () => encodeUtf8(`${uptimeS().toFixed(2)} 0.00\n`));
	files.set('/proc/loadavg', () => encodeUtf8(`${load().toFixed(2)} 0.10 0.05 1/60 1234\n`));
	files.set('/proc/meminfo', () => {
		const available = Math.round(62_000 - 900 * index + 400 * Math.sin(time.nowMs / 90_000));
		return encodeUtf8(`MemTotal:         124512 kB\nMemFree:           40000 kB\nMemAvailable:      ${available} kB\n`);
	});
	return files;
}
