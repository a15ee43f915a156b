// SPDX-License-Identifier: Apache-2.0
import {slotStories} from '../../qemu/stories/slots.ts';
import type {Row} from './row.ts';

export const name = 'slot-stories';
export const about =
	'hidden senders on a real kernel: frames inside their slots, and what happens to a gate when something fails';

/**
 * Seconds are the routers' own: the kernel runs in virtual time. A story that ends badly is said, and counted. MESH_NOC_STORY is the
 * name of one that is told alone, or `all`, which adds the long ones.
 */
export async function run(report: (row: Row) => void): Promise<void> {
	const wanted = process.env.MESH_NOC_STORY;
	for (const story of slotStories) {
		if (wanted === undefined ? story.isLong === true : wanted !== 'all' && wanted !== story.name) continue;
		const {figures, problems} = await story.tell();
		for (const {what, value, unit} of figures) report({bench: name, metric: `${story.name}: ${what}`, value, unit});
		for (const problem of problems) console.error(`${story.name}: ${problem}`);
		report({bench: name, metric: `${story.name}: problems`, value: problems.length, unit: ''});
	}
}
