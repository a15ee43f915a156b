// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {prepareImages} from '../../qemu/prepare.ts';
import {slotStories} from '../../qemu/stories/slots.ts';

// Some of them, of which two begin as `chain` does; `npm run bench -- slot-stories` tells them all.

const told = ['agent killed', 'gossip stopped', 'refused'];

test.serial('slots: their kernel is there', async t => {
	t.timeout(30 * 60_000); // the kernel may have to be built
	await t.notThrowsAsync(prepareImages(['uml']));
});

for (const story of slotStories.filter(({name}) => told.includes(name)))
	test.serial(`slots: ${story.behaviour}`, async t => {
		t.timeout(600_000);
		const {figures, problems, ended} = await story.tell();
		for (const {what, value, unit} of figures) t.log(`${what}: ${value} ${unit}`);
		if (problems.length > 0) for (const {atS, router, text} of ended.log.slice(-60)) t.log(`${atS} ${router} ${text}`);
		t.deepEqual(problems, []);
	});
