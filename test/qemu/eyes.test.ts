// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {
	babelAgrees,
	batmanFiveAgrees,
	batmanFourAgrees,
	echoAgrees,
	gpsdAgrees,
	pathMtuIsFound,
} from '../../qemu/case/eyes-agree.ts';
import {agentTells} from '../../qemu/case/eyes-tell.ts';
import {type Mesh, startMesh} from '../../qemu/mesh.ts';
import {prepareImages} from '../../qemu/prepare.ts';

let mesh: Mesh | undefined;

test.serial('User-Mode Linux, eyes: the bench boots', async t => {
	t.timeout(30 * 60_000); // the kernel may have to be built
	await prepareImages(['uml']);
	mesh = await startMesh('uml', 'chain3', {limitS: 600, uplink: true});
	t.pass();
});

for (const {behaviour, run} of [
	batmanFourAgrees,
	echoAgrees,
	pathMtuIsFound,
	gpsdAgrees,
	agentTells,
	babelAgrees,
	batmanFiveAgrees,
])
	test.serial(`User-Mode Linux, eyes: ${behaviour}`, async t => {
		t.timeout(180_000);
		if (mesh === undefined) return t.fail('the bench did not boot');
		await run(t, mesh);
	});

test.serial('User-Mode Linux, eyes: the bench stops', async t => {
	await t.notThrowsAsync(async () => mesh?.stop());
});
