// SPDX-License-Identifier: Apache-2.0
import type {World} from './world.ts';

/** What happened between two moments of a world: a line of a scenario's course. */
export interface TraceLine {
	readonly atS: number;
	readonly nodesUp: number;
	/** Nodes from which no gateway is in reach; of those that are up. */
	readonly cutOff: number;
	readonly links: number;
	readonly offeredKbps: number;
	readonly carriedKbps: number;
	readonly busiestAirShare: number;
}

export interface Trace {
	since(before: Trace): TraceLine;
	readonly atS: number;
	readonly offeredBits: number;
	readonly carriedBits: number;
	readonly busyUs: readonly number[];
}

/** Where a world stands. */
export function traceOf(world: World): Trace {
	const {flows, radios} = world.read();
	const {setup} = world;
	let [offeredBits, carriedBits] = [0, 0];
	for (const [index, flow] of flows.entries()) {
		offeredBits += flow.offeredPackets * 8 * (setup.flows[index]?.packetBytes ?? 0);
		carriedBits += flow.deliveredBytes * 8;
	}
	const busyUs = radios.map(({transmitUs, receiveUs, busyUs: busy}) => transmitUs + receiveUs + busy);
	const trace = {atS: world.nowS, offeredBits, carriedBits, busyUs};
	return {
		...trace,
		since(before) {
			const seconds = Math.max(1e-9, trace.atS - before.atS);
			const busiest = trace.busyUs.reduce((most, us, index) => Math.max(most, us - (before.busyUs[index] ?? 0)), 0);
			return {
				atS: trace.atS,
				nodesUp: world.nodes.filter((_, node) => world.isUp(node)).length,
				cutOff: cutOff(world),
				links: world.edges.reduce((sum, edges) => sum + edges.length, 0) / 2,
				offeredKbps: Math.round((trace.offeredBits - before.offeredBits) / seconds / 100) / 10,
				carriedKbps: Math.round((trace.carriedBits - before.carriedBits) / seconds / 100) / 10,
				busiestAirShare: Number((busiest / seconds / 1e6).toFixed(3)),
			};
		},
	};
}

/** Nodes that are up and reach no gateway; without gateways those not in the largest part. */
function cutOff(world: World): number {
	const reached = new Set<number>();
	const fill = (start: number): Set<number> => {
		const part = new Set([start]);
		for (const node of part) for (const edge of world.edges[node] ?? []) part.add(edge.node);
		return part;
	};
	let largest = 0;
	const hasGateway = world.nodes.some(({isGateway}) => isGateway);
	const up = [...world.nodes.keys()].filter(node => world.isUp(node));
	for (const node of up) {
		if (reached.has(node)) continue;
		const part = fill(node);
		if (hasGateway && ![...part].some(one => world.nodes[one]?.isGateway)) continue;
		for (const one of part) reached.add(one);
		largest = Math.max(largest, part.size);
	}
	return up.length - (hasGateway ? reached.size : largest);
}
