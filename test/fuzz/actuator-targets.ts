// SPDX-License-Identifier: Apache-2.0
// What the actuator reads that others wrote: records and wishes in files, and beacons of neighbours.
import {readWishes, writeWishes} from '../../src/actuator/channel-switch/handover.ts';
import {meshNameIn} from '../../src/actuator/channel-switch/mesh-name.ts';
import {readChanges, writeChanges} from '../../src/actuator/channel-switch/original.ts';
import {decodeUtf8, encodeUtf8} from '../../src/core/text.ts';
import type {Target} from './fuzzer.ts';
import {gateTargets} from './gate-targets.ts';
import {taprioTargets} from './taprio-targets.ts';

/** What was understood must be understood again as it was written. */
function checkAgain<T>(found: T, again: T): T {
	if (JSON.stringify(found) !== JSON.stringify(again)) throw new Error('what was read is written as something else');
	return found;
}

export const actuatorTargets: readonly Target[] = [
	...gateTargets,
	...taprioTargets,
	{
		name: 'actuator.original',
		seeds: [encodeUtf8('radio0.channel\tauto\t44\nradio0.htmode\tVHT80\tHT40+\nradio1.band\t\t5g\n')],
		decode(bytes) {
			const changes = readChanges(decodeUtf8(bytes));
			for (const {before, ours} of changes)
				if (`${before}${ours}`.includes("'")) throw new Error('a value that a shell would read');
			return checkAgain(changes, readChanges(writeChanges(changes)));
		},
	},
	{
		name: 'actuator.wishes',
		seeds: [encodeUtf8('1 5230 40\n3 2437 20\n')],
		decode(bytes) {
			const wishes = readWishes(decodeUtf8(bytes));
			return checkAgain(wishes, readWishes(writeWishes(wishes)));
		},
	},
	{
		name: 'actuator.mesh-name',
		seeds: [Uint8Array.of(0, 0, 1, 2, 130, 132, 114, 4, 76, 105, 77, 101, 113, 0)],
		decode(bytes) {
			const name = meshNameIn(bytes);
			if (name !== undefined && (name.length === 0 || name.length > bytes.length))
				throw new Error('a name of no bytes');
			return name;
		},
	},
];
