// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {actuatorMoves} from '../../qemu/case/actuator-moves.ts';
import {agentAgreesWithTools} from '../../qemu/case/agent-on-machine.ts';
import {batmanSeesNeighbours} from '../../qemu/case/batman-sees-neighbours.ts';
import {meshForms} from '../../qemu/case/mesh-forms.ts';
import {pingCrosses} from '../../qemu/case/ping-crosses.ts';
import {type Mesh, startMesh} from '../../qemu/mesh.ts';
import {prepareImages} from '../../qemu/prepare.ts';

let mesh: Mesh | undefined;

test.serial("Debian's kernel: it is fetched", async t => {
	t.timeout(10 * 60_000);
	await t.notThrowsAsync(prepareImages(['tcg']));
});

test.serial("Debian's kernel: the bench boots", async t => {
	mesh = await startMesh('tcg', 'pair');
	t.regex(await mesh.guest.check('uname -srv'), /^Linux 6\.\d+\.\d+\S*-amd64 .*Debian/);
});

for (const {behaviour, run} of [meshForms, batmanSeesNeighbours, pingCrosses, actuatorMoves])
	test.serial(`Debian's kernel: ${behaviour}`, async t => {
		if (mesh === undefined) return t.fail('the bench did not boot');
		await run(t, mesh);
	});

test.serial("Debian's kernel: the bench stops", async t => {
	await t.notThrowsAsync(async () => mesh?.stop());
});

test.serial("Debian's kernel: the collector has what iw and ip print in each router", async t => {
	t.timeout(10 * 60_000);
	await agentAgreesWithTools(t, {
		machine: 'tcg',
		topology: 'pair',
		rounds: 10,
		least: 8,
		moving: [],
		stockSurvey: true,
	});
});
