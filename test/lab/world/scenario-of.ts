// SPDX-License-Identifier: Apache-2.0
import {createGraphMedium} from '../../../src/lab/medium/graph/graph-medium.ts';
import type {Scenario, ScenarioEvent} from '../../../src/lab/scenario/scenario.ts';
import {World} from '../../../src/lab/world/world.ts';

/** A chain of nodes 100 m apart, of which each hears its neighbours and no one else; the first is the gateway. */
export function chain(nodes: number, more: Partial<Scenario> = {}): Scenario {
	return {
		name: 'chain',
		about: 'for tests',
		durationS: 3600,
		topology: {
			kind: 'measured',
			nodes: Array.from({length: nodes}, (_, i) => ({name: `n${i}`, ...(i === 0 ? {gateway: true} : {})})),
			links: Array.from({length: nodes - 1}, (_, i) => ({one: `n${i}`, other: `n${i + 1}`, quality: 1})),
		},
		traffic: [{kind: 'gateways', kbps: 500}],
		...more,
	};
}

/** Four nodes in a ring: two ways between any two of them. */
export function ring(more: Partial<Scenario> = {}): Scenario {
	const names = ['n0', 'n1', 'n2', 'n3'];
	return chain(4, {
		topology: {
			kind: 'measured',
			nodes: names.map(name => ({name, ...(name === 'n0' ? {gateway: true} : {})})),
			links: names.map((one, i) => ({one, other: names[(i + 1) % 4] ?? '', quality: 1})),
		},
		...more,
	});
}

export function fastWorld(scenario: Scenario, events: readonly ScenarioEvent[] = [], seed = 1): World {
	return new World({...scenario, events}, {seed, create: createGraphMedium});
}

/** The nodes that a demand passes; empty where it has no way. */
export function wayOf(world: World, demand: string): number[] {
	const index = world.demands.findIndex(({name}) => name === demand);
	const flow = world.setup.flows[index];
	if (flow === undefined || flow.active === false) return [];
	const nodeOf = (radio: number): number => world.radios[radio]?.node ?? -1;
	return [nodeOf(flow.hops[0]?.from ?? -1), ...flow.hops.map(({to}) => nodeOf(to))];
}
