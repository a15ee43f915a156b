// SPDX-License-Identifier: Apache-2.0
import {readStations} from '../tool-output.ts';
import {expectedPeers} from '../topology/topology.ts';
import type {Case} from './case.ts';

/** Every radio has an established peer link with each radio it hears, and with no other. */
export const meshForms: Case = {
	behaviour: 'every radio has exactly the peers the topology gives it',
	async run(t, mesh) {
		for (const [radio, count] of expectedPeers(mesh.topology)) {
			const stations = readStations(await mesh.inRouter(radio.router, `iw dev ${radio.interfaceName} station dump`));
			t.is(stations.length, count, `${radio.router} ${radio.interfaceName}`);
			for (const station of stations) t.is(station.peerLink, 'ESTAB');
		}
	},
};
