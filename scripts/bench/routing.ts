// SPDX-License-Identifier: Apache-2.0
import {buildBinary} from '../build/binary.ts';
import {ensurePackages} from '../debian.ts';
import {countInstructions} from './measure/callgrind.ts';
import type {Row} from './row.ts';

export const name = 'routing';
export const about =
	'instructions of a look at batman-adv and babeld, 50 neighbours and 200 originators; baseline: only to start batctl, as a shell does';

const FEW = 5;
const MANY = 15;
/** What a shell would start for the same: interfaces, neighbours, originators, gateways. */
const STARTS = 4;

export async function run(report: (row: Row) => void): Promise<void> {
	const {path} = await buildBinary({arch: 'x86_64', entry: 'scripts/bench/routing/poll.ts', name: 'bench-routing'});
	const baseline = await startsOfBatctl();
	for (const protocol of ['batman', 'babel']) {
		const count = (looks: number): Promise<number> => countInstructions(path, [protocol, `${looks}`]);
		const value = ((await count(MANY)) - (await count(FEW))) / (MANY - FEW);
		report({
			bench: name,
			metric: `${protocol}.instructionsPerPoll`,
			value,
			unit: 'instructions',
			baseline,
			ratio: value / baseline,
		});
	}
}

/** In user space alone, without an answer and without the shell: batctl ends at once, since it is only asked for its version. */
async function startsOfBatctl(): Promise<number> {
	await ensurePackages(['batctl']);
	return STARTS * (await countInstructions('batctl', ['-v']));
}
