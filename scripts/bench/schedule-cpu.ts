// SPDX-License-Identifier: Apache-2.0
import {buildBinary} from '../build/binary.ts';
import {countInstructions} from './measure/callgrind.ts';
import {withMaltaProgram} from './measure/malta-program.ts';
import type {Row} from './row.ts';

export const name = 'schedule-cpu';
export const about =
	'instructions of a round of slots on a router with 8, 16 and 32 in conflict, on x86_64 and MIPS: at rest, and when all is planned anew; and of a plan alone for a channel of 50, 100 and 200 routers; baseline: the fewest';

const ENTRY = 'scripts/bench/schedule/round.ts';
const PLAN_ENTRY = 'scripts/bench/schedule/plan.ts';
const [FEW, MANY] = [4, 12];
const PARTNERS = [8, 16, 32];
const ROUTERS = [50, 100, 200];

export async function run(report: (row: Row) => void): Promise<void> {
	const native = await buildBinary({arch: 'x86_64', entry: ENTRY, name: 'bench-schedule-round'});
	await rounds('', words => countInstructions(native.path, words), report);
	const {path} = await buildBinary({arch: 'mips_24kc', entry: ENTRY, name: 'bench-schedule-round'});
	await withMaltaProgram(path, [], count => rounds('MIPS, ', count, report));
	const plan = await buildBinary({arch: 'mips_24kc', entry: PLAN_ENTRY, name: 'bench-schedule-plan'});
	await withMaltaProgram(plan.path, [], async count => {
		let baseline: number | undefined;
		for (const routers of ROUTERS) {
			const value = ((await count(['3', `${routers}`])) - (await count(['1', `${routers}`]))) / 2;
			baseline ??= value;
			const metric = `MIPS, a plan of ${routers} on one channel`;
			report({bench: name, metric, value, unit: 'instructions', baseline, ratio: value / baseline});
		}
	});
}

async function rounds(
	where: string,
	count: (words: readonly string[]) => Promise<number>,
	report: (row: Row) => void,
): Promise<void> {
	for (const what of ['rest', 'change']) {
		let baseline: number | undefined;
		for (const partners of PARTNERS) {
			const each = (rounds: number): Promise<number> => count([`${rounds}`, `${partners}`, what]);
			const value = ((await each(MANY)) - (await each(FEW))) / (MANY - FEW);
			baseline ??= value;
			const metric = `${where}${partners} in conflict, ${what === 'rest' ? 'each says the same again' : 'a new plan'}`;
			report({bench: name, metric, value, unit: 'instructions', baseline, ratio: value / baseline});
		}
	}
}
