// SPDX-License-Identifier: Apache-2.0
import {linkBetween, placeRadios} from '../topology/topology.ts';
import type {Case} from './case.ts';

/** batman-adv lists as neighbours the radios that the topology links, by their address. */
export const batmanSeesNeighbours: Case = {
	behaviour: 'batman-adv has the linked routers as neighbours, and every other router as originator',
	async run(t, mesh) {
		const radios = placeRadios(mesh.topology);
		for (const radio of radios) {
			const linked = radios.filter(other => linkBetween(mesh.topology, radio, other) !== undefined);
			const seen = `until [ $(batctl meshif bat0 neighbors -H | grep -c ${radio.interfaceName}) -ge ${linked.length} ]; do sleep 0.1; done`;
			const printed = await mesh.inRouter(radio.router, `timeout 20 sh -c '${seen}'; batctl meshif bat0 neighbors -H`);
			const lines = printed.split('\n').filter(line => line.includes(radio.interfaceName));
			t.is(lines.length, linked.length, `${radio.router}\n${printed}`);
			for (const other of linked) {
				const mac = `02:00:00:00:${other.number.toString(16).padStart(2, '0')}:00`;
				t.true(printed.includes(mac), `${radio.router} lacks ${mac}\n${printed}`);
			}
		}
		const [first] = mesh.topology.routers;
		const others = mesh.topology.routers.length - 1;
		const complete = `until [ $(batctl meshif bat0 originators -H | grep -c "^ \\*") -ge ${others} ]; do sleep 0.2; done`;
		await t.notThrowsAsync(mesh.inRouter(first?.name ?? '', `timeout 40 sh -c '${complete}'`));
	},
};
