// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {buildBinary} from '../build/binary.ts';
import {type BusyRouterOptions, startBusyRouter} from './measure/busy-router.ts';
import type {Row} from './row.ts';

export const name = 'agent-rss';
export const about =
	'resident memory, 3 radios and 12 mesh peers, big-endian MIPS and x86_64; with the engine: all peers run it too; and heaps';

const TICKS = 1000;
/** With one more part beside the same router without it. */
const PART_TICKS = 120;

async function residentKb(options: BusyRouterOptions, ticks: number): Promise<{first: number; last: number}> {
	const router = await startBusyRouter(options);
	const read = async (): Promise<number> => {
		const status = await router.processFile('status');
		const value = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
		if (value === undefined) throw new Error(`the process says no VmRSS:\n${status}`);
		return Number(value);
	};
	try {
		await router.reports(10);
		const first = await read();
		await router.reports(ticks);
		return {first, last: await read()};
	} finally {
		await router.stop();
	}
}

const execute = promisify(execFile);
/** Peers are acquainted, plans are made, and a minute more. */
const HEAP_S = 180;

/**
 * The most bytes of the heap in use in a minute, on MIPS by QEMU's user emulation, where every run is the same. The simulated
 * kernel is in that heap too: what a part takes is the difference to the row without it.
 */
async function heapBytes(path: string, mode: string): Promise<number> {
	const {stderr} = await execute('qemu-mips-static', [path, mode, `${HEAP_S}`]);
	const bytes = /"heapBytes":(\d+)/.exec(stderr)?.[1];
	if (bytes === undefined) throw new Error(`no heap was measured:\n${stderr}`);
	return Number(bytes);
}

async function heaps(report: (row: Row) => void): Promise<void> {
	const {path} = await buildBinary({
		arch: 'mips_24kc',
		entry: 'scripts/bench/agent/heap.ts',
		name: 'bench-agent-heap',
	});
	const common = {bench: name, unit: 'bytes'};
	const baseline = await heapBytes(path, 'plain');
	report({...common, metric: 'heap.plain', value: baseline});
	for (const mode of ['observe', 'active', 'slots']) {
		const value = await heapBytes(path, mode);
		report({...common, metric: `heap.${mode}`, value, baseline, ratio: value / baseline});
	}
}

export async function run(report: (row: Row) => void): Promise<void> {
	const row = (metric: string, value: number, baseline?: number): void =>
		report({
			...{bench: name, metric, value, unit: 'kB'},
			...(baseline === undefined ? {} : {baseline, ratio: value / baseline}),
		});
	await heaps(report);
	if (process.env.MESH_NOC_HEAPS === 'only') return;
	const {first, last} = await residentKb({}, TICKS);
	row('idle', first);
	row('after1000', last, first);
	row('withRouting', (await residentKb({hasRouting: true}, PART_TICKS)).last, first);
	const {last: plain} = await residentKb({machine: 'uml'}, PART_TICKS);
	row('x86_64.idle', plain);
	row('x86_64.withEngine', (await residentKb({machine: 'uml', hasEngine: true}, PART_TICKS)).last, plain);
}
