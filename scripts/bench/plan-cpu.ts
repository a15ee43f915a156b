// SPDX-License-Identifier: Apache-2.0
import {buildBinary} from '../build/binary.ts';
import {instructionsPerRepetition} from './measure/callgrind.ts';
import type {Row} from './row.ts';

export const name = 'plan-cpu';
export const about = "instructions of one leader's search, densest given topology, x86_64; target: 100 M";

const TARGET = 100e6;

export async function run(report: (row: Row) => void): Promise<void> {
	const {path} = await buildBinary({arch: 'x86_64', entry: 'scripts/bench/plan/solve.ts', name: 'bench-plan-solve'});
	const value = await instructionsPerRepetition(path, 1, 3);
	report({
		bench: name,
		metric: 'instructionsPerSearch',
		value,
		unit: 'instructions',
		baseline: TARGET,
		ratio: value / TARGET,
	});
}
