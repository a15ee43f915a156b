// SPDX-License-Identifier: Apache-2.0
import {createDcfMedium} from '../../medium/dcf/engine.ts';
import type {MediumSetup} from '../../medium/medium.ts';
import {graphOf, type Topology} from '../../topology/topology.ts';
import {jainOf, type SlotRow} from './methods.ts';

const RATE = 'ofdm-24';
const LOUD_DBM = -50;
const NOISE_DBM = -94;
const WARM_UP_S = 1;
const MEASURED_S = 6;
/** Nodes above this are not simulated packet by packet. */
export const CONTENTION_NODE_LIMIT = 200;

/**
 * What nodes get without slots: each sends all it can to its neighbour with most neighbours, linked nodes hear each
 * other well and all others not at all, so whoever is two hops away is hidden.
 *
 * Units: shares in slots: the throughput over that of a pair that is alone, times the slots of a frame.
 */
export function contentionRow(topology: Topology, slots: number, bound: number, rts: boolean, seed: number): SlotRow {
	const alone =
		throughputsOf(setupOf({name: '', nodes: [{id: 0}, {id: 1}], links: [{a: 0, b: 1}]}, rts, 1), seed)[0] ?? 1;
	const shares = throughputsOf(setupOf(topology, rts), seed).map(throughput => (slots * throughput) / alone);
	return {
		method: rts ? 'csma-rts' : 'csma',
		minimumShare: Math.round(100 * Math.min(...shares)) / 100,
		bound,
		slotsUsed: slots,
		rounds: 0,
		jain: jainOf(shares),
	};
}

function throughputsOf(setup: MediumSetup, seed: number): number[] {
	const medium = createDcfMedium(setup, seed);
	medium.advance(WARM_UP_S);
	medium.clear();
	medium.advance(MEASURED_S);
	return medium.read().flows.map(({throughputBps}) => throughputBps);
}

/** Absent `senders`: every node that has a neighbour. */
function setupOf(topology: Topology, rts: boolean, senders = topology.nodes.length): MediumSetup {
	const {neighbours, ends} = graphOf(topology);
	const degree = (node: number): number => neighbours[node]?.length ?? 0;
	const pairs = Array.from(ends, (end, i) => [end, ends[i ^ 1] as number] as const);
	return {
		radios: topology.nodes.map((_, node) => ({
			node,
			standard: 'a',
			primaryMhz: 5180,
			widthMhz: 20,
			noiseDbm: NOISE_DBM,
			...(rts ? {rtsThresholdBytes: 0} : {}),
		})),
		couplings: {
			from: Uint32Array.from(pairs, ([from]) => from),
			to: Uint32Array.from(pairs, ([, to]) => to),
			receivedDbm: new Float64Array(pairs.length).fill(LOUD_DBM),
		},
		flows: neighbours.slice(0, senders).flatMap((near, from) => {
			const to = [...near].sort((a, b) => degree(b) - degree(a) || a - b)[0];
			if (to === undefined) return [];
			return [{hops: [{from, to, rate: {fixed: RATE}}], packetBytes: 1500, traffic: {kind: 'saturated' as const}}];
		}),
	};
}
