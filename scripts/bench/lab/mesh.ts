// SPDX-License-Identifier: Apache-2.0
import type {Scenario} from '../../../src/lab/scenario/scenario.ts';

/** How far apart nodes stand on the average: about twelve then hear each node. */
const SPACING_M = 126;

/** A random mesh that is as dense at any size, all traffic between nodes and gateways. */
export function mesh(nodes: number, kbps: number, gateways = Math.max(1, Math.round(nodes / 20))): Scenario {
	return {
		name: `mesh of ${nodes}`,
		about: 'for measurements',
		durationS: 60,
		topology: {kind: 'random', nodes, sideM: SPACING_M * Math.sqrt(nodes), gateways},
		radios: [{channelMhz: 5180}],
		propagation: {exponent: 3, shadowingDb: 4, correlationM: 30},
		traffic: [{kind: 'gateways', kbps}],
	};
}
