// SPDX-License-Identifier: Apache-2.0
import {stories} from '../../qemu/stories/stories.ts';
import type {Row} from './row.ts';

export const name = 'stories';
export const about = 'what happens to a village of eight routers on a real kernel, and how long until all is well';

/** Seconds are the routers' own: the kernel runs in virtual time. A story that ends badly is said, and counted. */
export async function run(report: (row: Row) => void): Promise<void> {
	const wanted = process.env.MESH_NOC_STORY;
	for (const story of stories) {
		if (wanted !== undefined && wanted !== story.name) continue;
		const {figures, problems} = await story.tell();
		for (const {what, value, unit} of figures) report({bench: name, metric: `${story.name}: ${what}`, value, unit});
		for (const problem of problems) console.error(`${story.name}: ${problem}`);
		report({bench: name, metric: `${story.name}: problems`, value: problems.length, unit: ''});
	}
}
