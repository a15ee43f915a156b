// SPDX-License-Identifier: Apache-2.0
import {buildBinary} from '../build/binary.ts';
import {countInstructions} from './measure/callgrind.ts';
import type {Row} from './row.ts';

export const name = 'schedule-cpu';
export const about =
	'instructions of a round of slots on a router with 8, 16 and 32 in conflict: at rest, and when all is planned anew; baseline: 8';

const ENTRY = 'scripts/bench/schedule/round.ts';
const [FEW, MANY] = [4, 12];
const PARTNERS = [8, 16, 32];

export async function run(report: (row: Row) => void): Promise<void> {
	const {path} = await buildBinary({arch: 'x86_64', entry: ENTRY, name: 'bench-schedule-round'});
	for (const what of ['rest', 'change']) {
		let baseline: number | undefined;
		for (const partners of PARTNERS) {
			const count = (rounds: number): Promise<number> => countInstructions(path, [`${rounds}`, `${partners}`, what]);
			const value = ((await count(MANY)) - (await count(FEW))) / (MANY - FEW);
			baseline ??= value;
			const metric = `${partners} in conflict, ${what === 'rest' ? 'each says the same again' : 'a new plan'}`;
			report({bench: name, metric, value, unit: 'instructions', baseline, ratio: value / baseline});
		}
	}
}
