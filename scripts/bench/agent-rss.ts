// SPDX-License-Identifier: Apache-2.0
import {startBusyRouter} from './measure/busy-router.ts';
import type {Row} from './row.ts';

export const name = 'agent-rss';
export const about =
	'resident memory on big-endian MIPS, 3 radios and 12 mesh peers; baseline: ten ticks after the start';

export async function run(report: (row: Row) => void): Promise<void> {
	const router = await startBusyRouter();
	const residentKb = async (): Promise<number> => {
		const status = await router.processFile('status');
		const value = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
		if (value === undefined) throw new Error(`the process says no VmRSS:\n${status}`);
		return Number(value);
	};
	try {
		await router.reports(10);
		const idle = await residentKb();
		report({bench: name, metric: 'idle', value: idle, unit: 'kB'});
		await router.reports(1000);
		const after = await residentKb();
		report({bench: name, metric: 'after1000', value: after, unit: 'kB', baseline: idle, ratio: after / idle});
	} finally {
		await router.stop();
	}
}
