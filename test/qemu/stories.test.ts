// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {prepareImages} from '../../qemu/prepare.ts';
import {stories} from '../../qemu/stories/stories.ts';

// Four of the six; `npm run bench -- stories` tells them all.

const told = ['noise', 'forged', 'radar', 'forwarding'];

test.serial('stories: their kernel is there', async t => {
	t.timeout(30 * 60_000); // the kernel may have to be built
	await t.notThrowsAsync(prepareImages(['uml']));
});

for (const story of stories.filter(({name}) => told.includes(name)))
	test.serial(`village: ${story.behaviour}`, async t => {
		t.timeout(600_000); // the noise comes late in its story
		const {figures, problems, ended} = await story.tell();
		for (const {what, value, unit} of figures) t.log(`${what}: ${value} ${unit}`);
		if (problems.length > 0) for (const {atS, router, text} of ended.log.slice(-60)) t.log(`${atS} ${router} ${text}`);
		t.deepEqual(problems, []);
	});
