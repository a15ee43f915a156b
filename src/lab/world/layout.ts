// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {Antenna} from '../medium/antenna.ts';
import {qualityOfEtx} from '../medium/link-quality.ts';
import type {MeasuredLink} from '../medium/paths.ts';
import type {Place} from '../medium/place.ts';
import type {Scenario, ScenarioNode, ScenarioRadio} from '../scenario/scenario.ts';
import type {Topology} from '../topology/topology.ts';

/** One radio of a node, as the scenario wants it at the start. */
export interface RadioPlan {
	readonly name: string;
	/** Its interface's number in the node's kernel. */
	readonly interfaceIndex: number;
	readonly plan: ScenarioRadio;
	readonly antenna: Antenna;
	/** An access point serves people's devices and carries nothing of the mesh. */
	readonly isAccess: boolean;
}

export interface NodePlan {
	readonly name: string;
	readonly place: Place | undefined;
	readonly isGateway: boolean;
	readonly clients: number;
	readonly joinsAtS: number;
	readonly radios: readonly RadioPlan[];
}

export interface Layout {
	readonly nodes: readonly NodePlan[];
	/** Absent: who hears whom follows from the places. */
	readonly links: readonly MeasuredLink[] | undefined;
}

const usualRadio: ScenarioRadio = {channelMhz: 5180};
const usualAntenna: Antenna = {kind: 'omni', gainDbi: 8};
const FIRST_INTERFACE = 5;

/** Where everybody is, and with what. Shape: the same for a scenario, a seed and an opened file. */
export function layOut(scenario: Scenario, seed: number, file?: Topology): Layout {
	const {topology} = scenario;
	const radios = scenario.radios ?? [usualRadio];
	const nodeOf = (node: ScenarioNode): NodePlan => ({
		name: node.name,
		place:
			node.xM === undefined || node.yM === undefined
				? undefined
				: {xM: node.xM, yM: node.yM, ...(node.heightM === undefined ? {} : {heightM: node.heightM})},
		isGateway: node.gateway === true,
		clients: node.clients ?? 0,
		joinsAtS: node.joinsAtS ?? 0,
		radios: (node.radios ?? radios).map(radioPlan),
	});
	switch (topology.kind) {
		case 'places':
			return {nodes: topology.nodes.map(nodeOf), links: undefined};
		case 'measured': {
			const index = new Map(topology.nodes.map(({name}, at) => [name, at]));
			const links = topology.links.map(({one, other, quality}) => ({
				one: index.get(one) ?? 0,
				other: index.get(other) ?? 0,
				quality,
			}));
			return {nodes: topology.nodes.map(nodeOf), links};
		}
		case 'grid': {
			const {columns, rows, spacingM, gateways = 0} = topology;
			const places = Array.from({length: columns * rows}, (_, i) => ({
				xM: (i % columns) * spacingM,
				yM: Math.floor(i / columns) * spacingM,
			}));
			return {nodes: numbered(places, gateways).map(nodeOf), links: undefined};
		}
		case 'random': {
			const random = seededRandom(seed ^ 0x5eed);
			const {sideM, gateways = 0} = topology;
			const places = Array.from({length: topology.nodes}, () => ({xM: random() * sideM, yM: random() * sideM}));
			return {nodes: numbered(places, gateways).map(nodeOf), links: undefined};
		}
		case 'file':
			return fromFile(file, topology.gateways ?? [], nodeOf);
	}
}

function radioPlan(plan: ScenarioRadio, index: number): RadioPlan {
	const name = plan.name ?? `mesh${index}`;
	return {
		name,
		interfaceIndex: FIRST_INTERFACE + index,
		plan,
		antenna: completeAntenna(plan.antenna),
		isAccess: name.startsWith('ap'),
	};
}

function completeAntenna(antenna: Antenna | undefined): Antenna {
	if (antenna === undefined) return usualAntenna;
	return antenna.kind === 'omni' ? antenna : {...{bearingDeg: 0, beamWidthDeg: 90}, ...antenna};
}

/** Names n0, n1 and so on; gateways spread evenly over them. */
function numbered(places: readonly {xM: number; yM: number}[], gateways: number): ScenarioNode[] {
	const every = gateways > 0 ? places.length / gateways : Number.POSITIVE_INFINITY;
	const chosen = new Set(Array.from({length: gateways}, (_, i) => Math.floor((i + 0.5) * every)));
	return places.map((place, index) => ({name: `n${index}`, ...place, gateway: chosen.has(index)}));
}

function fromFile(
	file: Topology | undefined,
	gateways: readonly string[],
	nodeOf: (node: ScenarioNode) => NodePlan,
): Layout {
	if (file === undefined) throw new RangeError('the scenario names a topology file, and none was opened');
	const index = new Map(file.nodes.map(({id}, at) => [id, at]));
	const nodes = file.nodes.map(node => {
		const name = `n${node.id}`;
		const place = node.xM === undefined || node.yM === undefined ? {} : {xM: node.xM, yM: node.yM};
		return nodeOf({name, ...place, gateway: node.gateway === true || gateways.includes(name)});
	});
	const links = file.links.map(({a, b, quality, etx}) => ({
		one: index.get(a) ?? 0,
		other: index.get(b) ?? 0,
		quality: quality ?? (etx === undefined ? 1 : qualityOfEtx(etx)),
	}));
	return {nodes, links};
}
