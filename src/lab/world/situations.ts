// SPDX-License-Identifier: Apache-2.0
import type {Scenario, ScenarioEvent} from '../scenario/scenario.ts';
import type {World} from './world.ts';

/** Something that can be made to happen in a world by hand. */
export interface Situation {
	/** A word for commands. */
	readonly name: string;
	/** For people. */
	readonly about: string;
	readonly events: readonly ScenarioEvent[];
}

const kinds = {wifi: 'a Wi-Fi network', microwave: 'a microwave oven', video: 'a video sender', radar: 'a radar'};

/**
 * What can happen in a scenario: each interferer that is off may appear, each node that is no gateway may fail.
 *
 * Shape: the first is `normal`. A situation replaces the one before: what that one did is undone.
 */
export function situationsOf(world: World): readonly Situation[] {
	const {scenario, nodes} = world;
	const appear = (scenario.interferers ?? [])
		.filter(({on}) => on === false)
		.map(({name, kind}) => ({
			name: `interferer:${name}`,
			about: `Interferer appears: ${kinds[kind]}`,
			events: [{atS: 0, kind: 'interferer-on' as const, interferer: name}],
		}));
	const fail = nodes
		.filter(({isGateway}) => !isGateway)
		.map(({name}) => ({
			name: `fails:${name}`,
			about: `Node dies: ${name}`,
			events: [{atS: 0, kind: 'node-fails' as const, node: name}],
		}));
	return [{name: 'normal', about: 'All is well', events: []}, ...appear, ...fail];
}

/** Puts a world into a situation. Shape: nodes and interferers are as the scenario begins, but for the situation. */
export function bringAbout(world: World, {events}: Situation): void {
	for (const event of [...beginning(world.scenario, world), ...events]) world.apply(event);
}

/** The situation that a world is in. Absent: undefined where it is in none of them, or in several at once. */
export function situationNow(world: World, situations: readonly Situation[]): Situation | undefined {
	const changes = beginning(world.scenario, world);
	if (changes.length > 1) return undefined;
	const [change] = changes;
	return situations.find(({events: [event]}) => {
		if (event === undefined || change === undefined) return event === change;
		if ('node' in event) return 'node' in change && change.node === event.node;
		return 'interferer' in event && 'interferer' in change && change.interferer === event.interferer;
	});
}

function beginning({interferers = []}: Scenario, world: World): ScenarioEvent[] {
	const joins = world.nodes.flatMap(({name}, node): ScenarioEvent[] =>
		world.isUp(node) ? [] : [{atS: 0, kind: 'node-joins', node: name}],
	);
	const calm = interferers.flatMap(({name, on = true}): ScenarioEvent[] =>
		world.isInterfererOn(name) === on
			? []
			: [{atS: 0, kind: on ? 'interferer-on' : 'interferer-off', interferer: name}],
	);
	return [...joins, ...calm];
}
