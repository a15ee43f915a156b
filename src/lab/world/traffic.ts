// SPDX-License-Identifier: Apache-2.0
import {evening, office, profileAt, steady} from '../medium/day-profile.ts';
import type {FlowSetup, Hop, Traffic} from '../medium/medium.ts';
import type {Scenario, ScenarioTraffic} from '../scenario/scenario.ts';
import type {NodePlan} from './layout.ts';
import {cheapestTree, type Edge, hopsToRoot, reversed, type Tree} from './routes.ts';

// Who sends what to whom. Which flows there are never changes while a world runs; their ways and rates do.

/** A flow of the scenario, before it has a way. */
export interface Demand {
	readonly name: string;
	readonly traffic: ScenarioTraffic;
	/** Absent: the nearest gateway, or the best neighbour. */
	readonly from: number | undefined;
	readonly to: number | undefined;
	/** Of the traffic's kbps: what comes back from a node to its gateway is a fifth. */
	readonly part: number;
}

const PACKET_BYTES = 1500;
const UPLINK_PART = 0.2;
const profiles = {evening, office, steady};

export function demandsOf(scenario: Scenario, nodes: readonly NodePlan[]): readonly Demand[] {
	const index = new Map(nodes.map(({name}, at) => [name, at]));
	return (scenario.traffic ?? []).flatMap((traffic): Demand[] => {
		if (traffic.kind === 'gateways')
			return nodes.flatMap(({name, isGateway}, at) =>
				isGateway
					? []
					: [
							{name: `down-${name}`, traffic, from: undefined, to: at, part: 1},
							{name: `up-${name}`, traffic, from: at, to: undefined, part: UPLINK_PART},
						],
			);
		if (traffic.kind === 'neighbours')
			return nodes.map(({name}, at) => ({name: `near-${name}`, traffic, from: at, to: undefined, part: 1}));
		const [from, to] = [index.get(traffic.from ?? ''), index.get(traffic.to ?? '')];
		if (from === undefined || to === undefined)
			throw new RangeError(`traffic between '${traffic.from}' and '${traffic.to}': there is no such node`);
		return [{name: `${traffic.from}-${traffic.to}`, traffic, from, to, part: 1}];
	});
}

/** What traffic needs to know of the world at a moment. */
export interface TrafficMoment {
	readonly edges: readonly (readonly Edge[])[];
	readonly gateways: readonly number[];
	readonly isUp: (node: number) => boolean;
	/** µs since midnight. */
	readonly timeOfDayUs: number;
	readonly factorOf: (demand: Demand) => number;
}

/** The flows of a moment, in the order of the demands. A demand without a way is not active. With `before` ways stay. */
export function flowsOf(
	demands: readonly Demand[],
	moment: TrafficMoment,
	before?: readonly FlowSetup[],
): readonly FlowSetup[] {
	const trees = new Map<string, Tree>();
	const treeTo = (roots: readonly number[]): Tree => {
		const key = roots.join(' ');
		let tree = trees.get(key);
		if (tree === undefined) {
			tree = cheapestTree(moment.edges, roots);
			trees.set(key, tree);
		}
		return tree;
	};
	const gateways = moment.gateways.filter(moment.isUp);
	return demands.map((demand, index): FlowSetup => {
		const known = before?.[index];
		if (known !== undefined) return {...known, traffic: trafficOf(demand, moment, known.hops)};
		const hops = wayOf(demand, moment, gateways, treeTo);
		const packetBytes = demand.traffic.packetBytes ?? PACKET_BYTES;
		const traffic = trafficOf(demand, moment, hops);
		return {hops: hops ?? [], packetBytes, traffic, active: hops !== undefined && hops.length > 0};
	});
}

function wayOf(
	{traffic, from, to}: Demand,
	{edges, isUp}: TrafficMoment,
	gateways: readonly number[],
	treeTo: (roots: readonly number[]) => Tree,
): readonly Hop[] | undefined {
	if ((from !== undefined && !isUp(from)) || (to !== undefined && !isUp(to))) return undefined;
	if (traffic.kind === 'neighbours') {
		const best = [...(edges[from ?? 0] ?? [])].sort((a, b) => a.costUs - b.costUs || a.node - b.node)[0];
		return best === undefined ? undefined : [{from: best.fromRadio, to: best.toRadio, rate: 'adaptive'}];
	}
	if (to === undefined) return gateways.length === 0 ? undefined : hopsToRoot(treeTo(gateways), from ?? 0);
	if (from === undefined) {
		const up = gateways.length === 0 ? undefined : hopsToRoot(treeTo(gateways), to);
		return up === undefined ? undefined : reversed(up);
	}
	return hopsToRoot(treeTo([to]), from);
}

function trafficOf(demand: Demand, moment: TrafficMoment, hops: readonly Hop[] | undefined): Traffic {
	const {traffic, part} = demand;
	const {profile = 'steady'} = traffic;
	const day = typeof profile === 'string' ? profiles[profile] : profile;
	const share = profileAt(day, moment.timeOfDayUs) * moment.factorOf(demand) * part;
	const bitsPerSecond = (traffic.kbps ?? 1000) * 1000 * share;
	switch (traffic.kind) {
		case 'constant':
			return {kind: 'constant', bitsPerSecond};
		case 'poisson':
		case 'gateways':
			return {kind: 'poisson', bitsPerSecond};
		case 'tcp':
			return {kind: 'window', returnHops: reversed(hops ?? [])};
		case 'saturated':
		case 'neighbours':
			return {kind: 'saturated'};
	}
}
