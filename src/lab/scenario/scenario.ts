// SPDX-License-Identifier: Apache-2.0
import type {Antenna} from '../medium/antenna.ts';
import type {Standard} from '../medium/medium.ts';
import schema from './scenario.schema.json' with {type: 'json'};
import {type Complaint, complaints, type Schema} from './schema-check.ts';

// A scenario is data. `scenario.schema.json` says what each entry means, its limits, and what stands for an absent one.

export type HoursProfile = 'evening' | 'office' | 'steady' | readonly number[];

export interface ScenarioRadio {
	readonly name?: string;
	readonly channelMhz: number;
	readonly widthMhz?: 20 | 40;
	readonly standard?: Standard;
	readonly powerDbm?: number;
	readonly antenna?: Antenna;
	readonly noiseFigureDb?: number;
	readonly rtsThresholdBytes?: number;
	readonly aggregateLimit?: number;
	readonly streams?: 1 | 2;
	readonly shortGuard?: boolean;
}

export interface ScenarioNode {
	readonly name: string;
	readonly xM?: number;
	readonly yM?: number;
	readonly heightM?: number;
	readonly gateway?: boolean;
	readonly clients?: number;
	readonly radios?: readonly ScenarioRadio[];
	readonly joinsAtS?: number;
}

export interface ScenarioLink {
	readonly one: string;
	readonly other: string;
	readonly quality: number;
}

export type ScenarioTopology =
	| {readonly kind: 'places'; readonly nodes: readonly ScenarioNode[]}
	| {
			readonly kind: 'grid';
			readonly columns: number;
			readonly rows: number;
			readonly spacingM: number;
			readonly gateways?: number;
	  }
	| {readonly kind: 'random'; readonly nodes: number; readonly sideM: number; readonly gateways?: number}
	| {readonly kind: 'measured'; readonly nodes: readonly ScenarioNode[]; readonly links: readonly ScenarioLink[]}
	| {readonly kind: 'file'; readonly file: string; readonly gateways?: readonly string[]};

export interface ScenarioTraffic {
	/** gateways: between every node and its nearest gateway. neighbours: every node to its best neighbour, saturated. */
	readonly kind: 'saturated' | 'constant' | 'poisson' | 'tcp' | 'gateways' | 'neighbours';
	readonly from?: string;
	readonly to?: string;
	readonly kbps?: number;
	readonly packetBytes?: number;
	readonly profile?: HoursProfile;
}

export interface ScenarioInterferer {
	readonly name: string;
	readonly kind: 'wifi' | 'microwave' | 'video' | 'radar';
	readonly xM: number;
	readonly yM: number;
	readonly heightM?: number;
	readonly channelMhz?: number;
	readonly busyShare?: number;
	readonly profile?: HoursProfile;
	readonly mainsHz?: 50 | 60;
	readonly powerDbm?: number;
	readonly on?: boolean;
}

export type ScenarioEvent = {readonly atS: number} & (
	| {readonly kind: 'node-fails' | 'node-joins'; readonly node: string}
	| {readonly kind: 'power-cut'; readonly nodes: readonly string[]; readonly forS: number}
	| {readonly kind: 'interferer-on' | 'interferer-off'; readonly interferer: string}
	| {readonly kind: 'retune'; readonly node: string; readonly radio?: number; readonly channelMhz: number}
	| {
			readonly kind: 'radar';
			readonly channelMhz: number;
			/** Who hears it; everybody if absent. */
			readonly nodes?: readonly string[];
			/** Where radios go that leave; they fall silent if absent. */
			readonly fallbackMhz?: number;
	  }
	| {readonly kind: 'partition'; readonly nodes: readonly string[]; readonly forS: number}
	| {readonly kind: 'gossip-loss'; readonly lossShare: number}
	| {readonly kind: 'clock-step'; readonly node: string; readonly byS: number}
	/** Of all traffic, or of the traffic to and from one node. */
	| {readonly kind: 'demand'; readonly node?: string; readonly factor: number}
);

export interface Scenario {
	readonly name: string;
	readonly about: string;
	readonly seed?: number;
	readonly durationS: number;
	readonly warmUpS?: number;
	readonly stepS?: number;
	readonly startHour?: number;
	readonly engine?: 'fast' | 'packet';
	readonly topology: ScenarioTopology;
	readonly radios?: readonly ScenarioRadio[];
	readonly propagation?: {readonly exponent?: number; readonly shadowingDb?: number; readonly correlationM?: number};
	readonly traffic?: readonly ScenarioTraffic[];
	readonly interferers?: readonly ScenarioInterferer[];
	readonly events?: readonly ScenarioEvent[];
	readonly clocks?: {readonly driftPpm?: number; readonly offsetS?: number};
	readonly gossip?: {readonly lossShare?: number};
	readonly mobility?: {readonly nodes: readonly string[]; readonly speedMps: number; readonly pauseS?: number};
}

/** A scenario that cannot be used: what is wrong, and where. */
export class ScenarioError extends Error {
	readonly source: string;
	readonly complaints: readonly Complaint[];

	constructor(source: string, found: readonly Complaint[]) {
		super(found.map(({path, problem}) => `${source}: ${path === '' ? 'the whole' : path} ${problem}`).join('\n'));
		this.name = 'ScenarioError';
		this.source = source;
		this.complaints = found;
	}
}

/**
 * Reads a scenario's text.
 *
 * Errors: ScenarioError, a line a complaint: file, path in the JSON, what was expected.
 */
export function readScenario(text: string, source: string): Scenario {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new ScenarioError(source, [{path: '', problem: `is not JSON: ${reason}`}]);
	}
	return checkScenario(value, source);
}

/** Errors: ScenarioError. */
export function checkScenario(value: unknown, source: string): Scenario {
	const found = complaints(schema as unknown as Schema, value);
	if (found.length > 0) throw new ScenarioError(source, found);
	const scenario = value as Scenario;
	const strange = strangers(scenario);
	if (strange.length > 0) throw new ScenarioError(source, strange);
	return scenario;
}

/** Names that point nowhere, and entries that need another one: what a schema cannot say. */
function strangers(scenario: Scenario): Complaint[] {
	const {topology} = scenario;
	const found: Complaint[] = [];
	const names =
		topology.kind === 'places' || topology.kind === 'measured' ? topology.nodes.map(node => node.name) : undefined;
	const nodes = new Set(names);
	const node = (path: string, name: string | undefined): void => {
		if (name !== undefined && names !== undefined && !nodes.has(name))
			found.push({path, problem: `must be one of the topology's nodes, not "${name}"`});
	};
	if (names !== undefined && nodes.size < names.length) {
		const index = names.findIndex((name, at) => names.indexOf(name) < at);
		found.push({
			path: `topology.nodes[${index}].name`,
			problem: `must be a name that no other node has, not "${names[index]}"`,
		});
	}
	if (topology.kind === 'measured')
		for (const [index, link] of topology.links.entries()) {
			node(`topology.links[${index}].one`, link.one);
			node(`topology.links[${index}].other`, link.other);
		}
	for (const [index, traffic] of (scenario.traffic ?? []).entries()) {
		const path = `traffic[${index}]`;
		const isPair = traffic.kind !== 'gateways' && traffic.kind !== 'neighbours';
		if (isPair && traffic.from === undefined) found.push({path: `${path}.from`, problem: 'is missing: a node'});
		if (isPair && traffic.to === undefined) found.push({path: `${path}.to`, problem: 'is missing: a node'});
		const needsRate = traffic.kind === 'constant' || traffic.kind === 'poisson' || traffic.kind === 'gateways';
		if (needsRate && traffic.kbps === undefined) found.push({path: `${path}.kbps`, problem: 'is missing: a number'});
		node(`${path}.from`, traffic.from);
		node(`${path}.to`, traffic.to);
	}
	const interferers = new Set((scenario.interferers ?? []).map(({name}) => name));
	for (const [index, interferer] of (scenario.interferers ?? []).entries()) {
		if (interferer.kind !== 'microwave' && interferer.channelMhz === undefined)
			found.push({path: `interferers[${index}].channelMhz`, problem: 'is missing: a number'});
		if (interferer.kind === 'wifi' && interferer.busyShare === undefined)
			found.push({path: `interferers[${index}].busyShare`, problem: 'is missing: a number'});
	}
	for (const [index, event] of (scenario.events ?? []).entries()) {
		const path = `events[${index}]`;
		if ('node' in event) node(`${path}.node`, event.node);
		if ('nodes' in event) for (const [at, name] of (event.nodes ?? []).entries()) node(`${path}.nodes[${at}]`, name);
		if ('interferer' in event && !interferers.has(event.interferer))
			found.push({path: `${path}.interferer`, problem: `must be one of the interferers, not "${event.interferer}"`});
	}
	for (const [index, name] of (scenario.mobility?.nodes ?? []).entries()) node(`mobility.nodes[${index}]`, name);
	return found;
}
