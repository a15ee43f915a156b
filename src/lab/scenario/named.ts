// SPDX-License-Identifier: Apache-2.0

import hiddenGrid from './named/hidden-grid.json' with {type: 'json'};
import interfererAppears from './named/interferer-appears.json' with {type: 'json'};
import nodeDies from './named/node-dies.json' with {type: 'json'};
import powerCut from './named/power-cut.json' with {type: 'json'};
import radar from './named/radar.json' with {type: 'json'};
import townDay from './named/town-day.json' with {type: 'json'};
import twoMeshes from './named/two-meshes.json' with {type: 'json'};
import village from './named/village.json' with {type: 'json'};
import villageDay from './named/village-day.json' with {type: 'json'};
import {checkScenario, type Scenario} from './scenario.ts';

const found: readonly {readonly name: string}[] = [
	village,
	villageDay,
	interfererAppears,
	nodeDies,
	powerCut,
	hiddenGrid,
	twoMeshes,
	radar,
	townDay,
];

/** The scenarios that come with the lab. */
export const scenarioNames: readonly string[] = found.map(({name}) => name);

/** Absent: undefined where there is none of that name. */
export function namedScenario(name: string): Scenario | undefined {
	const data = found.find(one => one.name === name);
	return data === undefined ? undefined : checkScenario(data, `${name}.json`);
}
