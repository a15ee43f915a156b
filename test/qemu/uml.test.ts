// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {batmanSeesNeighbours} from '../../qemu/case/batman-sees-neighbours.ts';
import type {Case} from '../../qemu/case/case.ts';
import {clockOffsetShows} from '../../qemu/case/clock-offset-shows.ts';
import {meshForms} from '../../qemu/case/mesh-forms.ts';
import {pingCrosses} from '../../qemu/case/ping-crosses.ts';
import {retriesAreReal} from '../../qemu/case/retries-are-real.ts';
import {surveyShowsConditions} from '../../qemu/case/survey-shows-conditions.ts';
import {virtualTimeIsFast} from '../../qemu/case/virtual-time.ts';
import {type Mesh, startMesh} from '../../qemu/mesh.ts';
import {prepareImages} from '../../qemu/prepare.ts';

const buildLimitMs = 30 * 60_000;
const cases: Record<string, Case[]> = {
	pair: [meshForms, clockOffsetShows, batmanSeesNeighbours, pingCrosses, surveyShowsConditions],
	chain3: [meshForms, batmanSeesNeighbours, pingCrosses, surveyShowsConditions, retriesAreReal],
	street6: [meshForms, clockOffsetShows, batmanSeesNeighbours, pingCrosses],
};

test.serial('User-Mode Linux: its kernel is built', async t => {
	t.timeout(buildLimitMs);
	await t.notThrowsAsync(prepareImages(['uml']));
});

for (const [topology, list] of Object.entries(cases)) {
	let mesh: Mesh | undefined;
	test.serial(`User-Mode Linux, ${topology}: the bench boots`, async t => {
		mesh = await startMesh('uml', topology);
		t.pass();
	});
	for (const {behaviour, run} of list)
		test.serial(`User-Mode Linux, ${topology}: ${behaviour}`, async t => {
			if (mesh === undefined) return t.fail('the bench did not boot');
			await run(t, mesh);
		});
	test.serial(`User-Mode Linux, ${topology}: the bench stops`, async t => {
		await t.notThrowsAsync(async () => mesh?.stop());
	});
}

test.serial('User-Mode Linux: with virtual time a minute passes in seconds', t =>
	virtualTimeIsFast(t, () => performance.now()),
);
