// SPDX-License-Identifier: Apache-2.0

import {copyRetune, moveScript, radioOf, readMoves} from '../moves.ts';
import {agentBinaryArchitecture} from './agent-on-machine.ts';
import type {Case} from './case.ts';

/** An announcement, then another band: the messages by which a radio moves are right in this kernel's byte order. */
export const actuatorMoves: Case = {
	behaviour: 'the actuator moves both ends of a link, within the band and to another one',
	async run(t, mesh) {
		t.timeout(180_000);
		await copyRetune(mesh.guest.share, agentBinaryArchitecture(mesh.machine));
		const radios = mesh.topology.routers.map(({name}) => radioOf(mesh.topology, name));
		const moves = radios.map(radio => ({radio, mhz: [2437, 5745]}));
		// On an emulated processor the program needs its time to begin, and to learn the mesh's name.
		const printed = await mesh.guest.check(moveScript(moves, 20_000));
		t.deepEqual(
			readMoves(printed).map(({refusal}) => refusal),
			['', '', '', ''],
			printed,
		);
		for (const {router, interfaceName} of radios)
			t.regex(await mesh.inRouter(router, `iw dev ${interfaceName} info`), /channel 149 \(5745 MHz\)/);
		const peers = `for i in $(seq 50); do iw dev mesh0 station dump | grep ESTAB && exit; sleep 0.2; done; exit 1`;
		t.regex(await mesh.inRouter(radios[0]?.router ?? '', peers), /ESTAB/);
	},
};
