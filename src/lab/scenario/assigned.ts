// SPDX-License-Identifier: Apache-2.0
import {type Assignment, type ChannelInstance, radiosOf} from '../baseline/channel/instance.ts';
import {qualityOfEtx} from '../medium/link-quality.ts';
import {graphOf, hopsOf, type Topology} from '../topology/topology.ts';
import type {Scenario} from './scenario.ts';

/** 20 MHz channels at 5 GHz that need no radar check, in the order that algorithms number them. */
export const plainChannelsMhz = [5180, 5200, 5220, 5240, 5745, 5765, 5785, 5805] as const;
/** One gateway for so many nodes where the file names none. */
const NODES_A_GATEWAY = 12;

/** Source: path loss exponents of streets and roofs at 5 GHz, 3 to 4, and shadowing of 4 to 8 dB: Rappaport, table 4.2. */
const amongHouses = {exponent: 3.7, shadowingDb: 6, correlationM: 30};

export interface AssignedOptions {
	/** What every node asks of its gateway. */
	readonly demandKbps: number;
	readonly durationS: number;
	readonly warmUpS: number;
	readonly engine: 'packet' | 'fast';
	/** What says who hears whom: the measured qualities, or the places and how far radio goes among houses. */
	readonly reach: 'quality' | 'places';
}

/**
 * A topology with a channel for every link, as a scenario: each node has a radio on each of its channels, and everybody
 * asks the nearest gateway for the same.
 *
 * Errors: RangeError for more channels than `plainChannelsMhz` has.
 */
export function assignedScenario(
	topology: Topology,
	instance: ChannelInstance,
	assignment: Assignment,
	options: AssignedOptions,
): Scenario {
	if (instance.channels > plainChannelsMhz.length)
		throw new RangeError(`at most ${plainChannelsMhz.length} channels can be tuned to`);
	const gateways = new Set(gatewaysOf(topology));
	const sets = radiosOf(instance, assignment);
	const nameOf = (id: number): string => `n${id}`;
	const nodes = topology.nodes.map(({id, xM, yM}, place) => {
		const channels = [...(sets[place] ?? [])].sort((a, b) => a - b);
		const tuned = channels.length === 0 ? [0] : channels;
		return {
			name: nameOf(id),
			...(xM === undefined || yM === undefined ? {} : {xM, yM}),
			gateway: gateways.has(place),
			radios: tuned.map(channel => ({channelMhz: plainChannelsMhz[channel] ?? plainChannelsMhz[0]})),
		};
	});
	return {
		name: topology.name,
		about: `${topology.name}, every link on the channel it was given`,
		durationS: options.durationS,
		warmUpS: options.warmUpS,
		engine: options.engine,
		topology:
			options.reach === 'places'
				? {kind: 'places', nodes}
				: {
						kind: 'measured',
						nodes,
						links: topology.links.map(({a, b, quality, etx}) => ({
							one: nameOf(a),
							other: nameOf(b),
							quality: quality ?? (etx === undefined ? 1 : qualityOfEtx(etx)),
						})),
					},
		...(options.reach === 'places' ? {propagation: amongHouses} : {}),
		traffic: [{kind: 'gateways', kbps: options.demandKbps}],
	};
}

/**
 * The places in the list of nodes of those that lead out: the ones that the file names, else one in twelve, each as far
 * from the others as can be, the first with most neighbours.
 */
export function gatewaysOf(topology: Topology): readonly number[] {
	const named = topology.nodes.flatMap(({gateway}, place) => (gateway === true ? [place] : []));
	if (named.length > 0) return named;
	const graph = graphOf(topology);
	const hops = hopsOf(graph);
	const degree = (node: number): number => graph.neighbours[node]?.length ?? 0;
	const chosen: number[] = [];
	const wanted = Math.max(1, Math.round(topology.nodes.length / NODES_A_GATEWAY));
	while (chosen.length < wanted) {
		let best = -1;
		let bestScore = Number.NEGATIVE_INFINITY;
		for (let node = 0; node < graph.nodes; node++) {
			if (chosen.includes(node)) continue;
			const away = chosen.map(other => hops[other * graph.nodes + node] as number).filter(count => count >= 0);
			const score = (away.length === 0 ? 0 : Math.min(...away)) * graph.nodes + degree(node);
			if (score > bestScore) [best, bestScore] = [node, score];
		}
		if (best < 0) break;
		chosen.push(best);
	}
	return chosen;
}
