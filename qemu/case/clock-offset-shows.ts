// SPDX-License-Identifier: Apache-2.0
import {readStations} from '../tool-output.ts';
import {linkBetween, placeRadios} from '../topology/topology.ts';
import type {Case} from './case.ts';

/** The offset of a peer's clock to a radio's own is the difference of the two that the topology gives them. */
export const clockOffsetShows: Case = {
	behaviour: "every radio sees its peers' clocks as far ahead or behind as they were set",
	async run(t, mesh) {
		const radios = placeRadios(mesh.topology);
		for (const own of radios) {
			const stations = readStations(await mesh.inRouter(own.router, `iw dev ${own.interfaceName} station dump`));
			for (const peer of radios) {
				if (linkBetween(mesh.topology, peer, own) === undefined) continue;
				const mac = `02:00:00:00:${peer.number.toString(16).padStart(2, '0')}:00`;
				const station = stations.find(one => one.mac === mac);
				t.is(station?.tsfOffsetUs, peer.tsfOffsetUs - own.tsfOffsetUs, `${own.router} about ${peer.router}`);
			}
		}
	},
};
