// SPDX-License-Identifier: Apache-2.0
import {buildBinary} from '../build/binary.ts';
import {targets} from '../build/targets.ts';
import type {Row} from './row.ts';

export const name = 'size';
export const about =
	'bytes of the router agent for each architecture, plain and gzipped, against the flash they may use';

/** What an 8 MB router can spare: the binary unpacked in memory and overlay, and the package in flash. */
const limits: Readonly<Record<string, {readonly binary: number; readonly gzip: number}>> = {
	mips_24kc: {binary: 1_150_000, gzip: 480_000},
};

/** Builds the agent for every architecture. The baseline is the limit where there is one; ratio is our share of it. */
export async function run(report: (row: Row) => void): Promise<void> {
	for (const {arch} of targets) {
		const binary = await buildBinary({arch, entry: 'src/main/agent.ts', name: 'astral-mesh'});
		const limit = limits[arch];
		const row = (metric: string, value: number, baseline: number | undefined): Row => ({
			bench: name,
			metric: `${arch}.${metric}`,
			value,
			unit: 'B',
			...(baseline === undefined ? {} : {baseline, ratio: value / baseline}),
		});
		report(row('binary', binary.bytes, limit?.binary));
		report(row('gzip', binary.gzipBytes, limit?.gzip));
		report(row('program', binary.programBytes, undefined));
		report(row('extras', binary.extras?.bytes ?? 0, undefined));
		report(row('extrasGzip', binary.extras?.gzipBytes ?? 0, undefined));
	}
}
