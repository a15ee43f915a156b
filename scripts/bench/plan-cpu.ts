// SPDX-License-Identifier: Apache-2.0
import {buildBinary} from '../build/binary.ts';
import {countInstructions} from './measure/callgrind.ts';
import {withMaltaProgram} from './measure/malta-program.ts';
import type {Row} from './row.ts';

export const name = 'plan-cpu';
export const about =
	"instructions of one leader's plan on the densest given topology; baseline: the search as a script; target 100 M on MIPS";

const ENTRY = 'scripts/bench/plan/solve.ts';
const [FEW, MANY] = [1, 3];

export async function run(report: (row: Row) => void): Promise<void> {
	const say = (metric: string, value: number, baseline: number): void =>
		report({bench: name, metric, value, unit: 'instructions', baseline, ratio: value / baseline});
	const native = await buildBinary({arch: 'x86_64', entry: ENTRY, name: 'bench-plan-solve'});
	const each = async (count: (words: readonly string[]) => Promise<number>, which: string): Promise<number> =>
		((await count([`${MANY}`, which])) - (await count([`${FEW}`, which]))) / (MANY - FEW);
	const onX86 = (words: readonly string[]): Promise<number> => countInstructions(native.path, words);
	say('instructionsPerPlan', await each(onX86, 'host'), await each(onX86, 'script'));
	const {path} = await buildBinary({arch: 'mips_24kc', entry: ENTRY, name: 'bench-plan-solve'});
	await withMaltaProgram(path, [], async count => {
		say('mips.instructionsPerPlan', await each(count, 'host'), await each(count, 'script'));
	});
}
