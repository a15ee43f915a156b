// SPDX-License-Identifier: Apache-2.0
import {readStations} from '../tool-output.ts';
import {linkBetween, placeRadios} from '../topology/topology.ts';
import type {Case} from './case.ts';

const packets = 300;

/** On a link that loses a share p of the frames, each delivered frame has about p / (1 - p) retries; a good link has few. */
export const retriesAreReal: Case = {
	behaviour: 'a lossy link is retried as its loss demands, and has the signal the topology gives it',
	async run(t, mesh) {
		const radios = placeRadios(mesh.topology);
		for (const from of radios)
			for (const to of radios) {
				const link = linkBetween(mesh.topology, from, to);
				if (link === undefined) continue;
				const loss = link.lossShare ?? 0;
				const mac = `02:00:00:00:${to.number.toString(16).padStart(2, '0')}:00`;
				const dump = `iw dev ${from.interfaceName} station get ${mac}`;
				const send = `ping -q -c ${packets} -i 0.01 -W 1 ${mesh.address(to.router)}`;
				const printed = await mesh.inRouter(from.router, `${dump}; ${send} >/tmp/ping || true; ${dump}; cat /tmp/ping`);
				const [before, after] = readStations(printed);
				if (before === undefined || after === undefined) return t.fail(printed);
				t.is(after.signalDbm, link.signalDbm, `${from.router} hears ${to.router}`);
				const sent = after.transmitPackets - before.transmitPackets;
				const perFrame = (after.transmitRetries - before.transmitRetries) / sent;
				t.true(sent >= packets, `${sent} frames sent`);
				if (loss === 0) t.true(perFrame < 0.1, `${perFrame} retries per frame on a link without loss`);
				else {
					const wanted = loss / (1 - loss);
					t.true(
						perFrame > wanted * 0.6 && perFrame < wanted * 2,
						`${perFrame} retries per frame, about ${wanted} wanted`,
					);
				}
			}
	},
};
