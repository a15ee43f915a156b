// SPDX-License-Identifier: Apache-2.0
import {createDcfMedium} from '../../../src/lab/medium/dcf/engine.ts';
import {createGraphMedium} from '../../../src/lab/medium/graph/graph-medium.ts';
import {World} from '../../../src/lab/world/world.ts';
import {mesh} from './mesh.ts';

// What a mesh costs in both engines as its nodes double, at the same density and load.

export const sizes = [10, 20, 40, 80, 160, 320, 640, 1280];
const KBPS = 20;
const HOUR_S = 3600;
/** The packet engine is measured for so long, after it has run warm. */
const LEAST_MS = 700;
const STEP_S = 0.5;

export interface Cost {
	readonly nodes: number;
	/** Milliseconds of a processor for a second of the packet engine. */
	readonly packetMs: number;
	/** The same for the fast engine's first hour: who hears whom, and the first solution. */
	readonly fastMs: number;
	/** The part of the latter that is no engine: places, shadowing, couplings, ways. */
	readonly worldMs: number;
}

/** What this process has used of processors: what others do on the machine meanwhile hardly counts. */
export function processorMs(): number {
	const {user, system} = process.cpuUsage();
	return (user + system) / 1000;
}

export function costOf(nodes: number): Cost {
	const scenario = mesh(nodes, KBPS);
	const world = new World(scenario, {seed: 1, create: createDcfMedium});
	world.advance(STEP_S);
	let [virtualS, spentMs] = [0, 0];
	while (spentMs < LEAST_MS) {
		const started = processorMs();
		world.advance(STEP_S);
		spentMs += processorMs() - started;
		virtualS += STEP_S;
	}
	const started = processorMs();
	let builtMs = 0;
	const fast = new World(scenario, {
		seed: 1,
		create(setup, seed) {
			builtMs = processorMs() - started;
			return createGraphMedium(setup, seed);
		},
	});
	fast.advance(HOUR_S);
	return {nodes, packetMs: spentMs / virtualS, fastMs: processorMs() - started, worldMs: builtMs};
}
