// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {actuatorMoves} from '../../qemu/case/actuator-moves.ts';
import {agentAgreesWithTools} from '../../qemu/case/agent-on-machine.ts';
import {batmanSeesNeighbours} from '../../qemu/case/batman-sees-neighbours.ts';
import {meshForms} from '../../qemu/case/mesh-forms.ts';
import {pingCrosses} from '../../qemu/case/ping-crosses.ts';
import {measureShare, ownSlots, slotUs} from '../../qemu/gate-share.ts';
import {disciplineOf} from '../../qemu/gates.ts';
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

test.serial(
	"Debian's kernel: frames keep to their slots to a fraction of a millisecond, whatever else the host does",
	async t => {
		t.timeout(10 * 60_000);
		const {air} = await measureShare({
			machine: 'tcg',
			traffic: 'steady',
			gated: true,
			seconds: 5,
			countInstructions: true,
		});
		for (const router of ['west', 'east']) {
			const data = (air.get(router) ?? []).filter(each => !each.isShared);
			const found = disciplineOf(data, ownSlots[router] ?? '', slotUs);
			t.true(found.frames > 3000 && found.inSlotShare >= 0.999 && found.edgeErrorP99Us <= 1000, JSON.stringify(found));
		}
	},
);
