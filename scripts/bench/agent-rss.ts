// SPDX-License-Identifier: Apache-2.0
import {type BusyRouterOptions, startBusyRouter} from './measure/busy-router.ts';
import type {Row} from './row.ts';

export const name = 'agent-rss';
export const about =
	'resident memory, 3 radios and 12 mesh peers, big-endian MIPS and x86_64; with the engine: all peers run it too';

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

export async function run(report: (row: Row) => void): Promise<void> {
	const row = (metric: string, value: number, baseline?: number): void =>
		report({
			...{bench: name, metric, value, unit: 'kB'},
			...(baseline === undefined ? {} : {baseline, ratio: value / baseline}),
		});
	const {first, last} = await residentKb({}, TICKS);
	row('idle', first);
	row('after1000', last, first);
	row('withRouting', (await residentKb({hasRouting: true}, PART_TICKS)).last, first);
	const {last: plain} = await residentKb({machine: 'uml'}, PART_TICKS);
	row('x86_64.idle', plain);
	row('x86_64.withEngine', (await residentKb({machine: 'uml', hasEngine: true}, PART_TICKS)).last, plain);
}
