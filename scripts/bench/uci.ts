// SPDX-License-Identifier: Apache-2.0
import {buildBinary} from '../build/binary.ts';
import {instructionsPerRepetition} from './measure/callgrind.ts';
import type {Row} from './row.ts';

export const name = 'uci';
export const about =
	'instructions to read and write the recorded network and wireless files in QuickJS x86_64, beside JSON of the same data';

const FEW = 20;
const MANY = 120;

export async function run(report: (row: Row) => void): Promise<void> {
	const measure = async (entry: string): Promise<number> => {
		const {path} = await buildBinary({
			arch: 'x86_64',
			entry: `scripts/bench/uci/${entry}.ts`,
			name: `bench-uci-${entry}`,
		});
		return instructionsPerRepetition(path, FEW, MANY);
	};
	const baseline = await measure('json');
	for (const [metric, entry] of [
		['instructionsToParseAndExport', 'ours'],
		['instructionsToParse', 'parse'],
	] as const) {
		const value = await measure(entry);
		report({bench: name, metric, value, unit: 'instructions', baseline, ratio: value / baseline});
	}
}
