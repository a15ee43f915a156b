// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {actuatorMoves} from '../../qemu/case/actuator-moves.ts';
import {agentAgreesWithTools, airTime} from '../../qemu/case/agent-on-machine.ts';
import {clockOffsetShows} from '../../qemu/case/clock-offset-shows.ts';
import {meshForms} from '../../qemu/case/mesh-forms.ts';
import {pingCrosses} from '../../qemu/case/ping-crosses.ts';
import {surveyShowsConditions} from '../../qemu/case/survey-shows-conditions.ts';
import {type Mesh, startMesh} from '../../qemu/mesh.ts';
import {prepareImages} from '../../qemu/prepare.ts';

let mesh: Mesh | undefined;

test.serial('malta: its kernel and tools are built', async t => {
	t.timeout(30 * 60_000);
	await t.notThrowsAsync(prepareImages(['malta']));
});

test.serial('malta: the bench boots on a big-endian processor', async t => {
	mesh = await startMesh('malta', 'pair');
	const printed = await mesh.guest.check('uname -m; printf "\\001\\002" | hexdump -d | head -1; cat /proc/cpuinfo');
	t.regex(printed, /^mips\n/);
	t.regex(printed, /MIPS 24Kc/);
	t.regex(printed, /0000000\s+00258/); // 0x0102: the first byte is the high one
});

for (const {behaviour, run} of [meshForms, clockOffsetShows, pingCrosses, surveyShowsConditions, actuatorMoves])
	test.serial(`malta: ${behaviour}`, async t => {
		if (mesh === undefined) return t.fail('the bench did not boot');
		await run(t, mesh);
	});

test.serial('malta: the bench stops', async t => {
	await t.notThrowsAsync(async () => mesh?.stop());
});

test.serial('malta: the collector has what iw and ip print in each router', async t => {
	t.timeout(10 * 60_000);
	await agentAgreesWithTools(t, {machine: 'malta', topology: 'pair', rounds: 16, least: 8, moving: airTime});
});
