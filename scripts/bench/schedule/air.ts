// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../../src/core/random.ts';
import {GUARD_US, usualSuperframe} from '../../../src/engine/schedule/radio-schedule.ts';
import {type DividedAir, DividedMesh, type DividedSetup} from '../../../src/lab/astral/divided-mesh.ts';
import {idealDivision} from '../../../src/lab/baseline/slot/ideal.ts';
import {slotMethods} from '../../../src/lab/baseline/slot/methods.ts';
import {gatesOfStretches, senderInstance, stretchesOfSlots} from '../../../src/lab/baseline/slot/senders.ts';
import type {Gate} from '../../../src/lab/medium/medium.ts';
import {generate} from '../../../src/lab/topology/generate.ts';
import {graphOf, type Topology} from '../../../src/lab/topology/topology.ts';
import {solveMilp} from '../../../src/main/milp.ts';

// Topologies with hidden senders on simulated air: what flows get by the routers' own agreement, and by other ways to divide time.

const SEEDS = [1, 2, 3];
/** While they find out what they lose, each flow sends or does not, as a coin falls. */
const LEARNING_TURNS = 30;
const TURN_S = 8;
const SETTLING_S = 16;
export const WARM_UP_S = 4;
const MEASURED_S = 20;

/** 65 Mbit/s in aggregates of up to 32 frames. */
export const aggregates: DividedAir = {standard: 'n', rate: 'ht20-7'};

export interface Air {
	readonly worst: number;
	readonly sum: number;
	readonly delayMs: number;
}

export function topologyOf(words: string): Topology {
	const topology = generate(words, 1);
	if (topology === undefined) throw new Error(`there is no topology '${words}'`);
	return topology;
}

/** Every node sends to its neighbour with most neighbours; the middle of a star is quiet. */
export function placesOf(topology: Topology): Pick<DividedSetup, 'neighbours' | 'flows'> {
	const neighbours = graphOf(topology).neighbours.map(list => [...list]);
	const degree = (node: number): number => neighbours[node]?.length ?? 0;
	const flows = neighbours.flatMap((near, from) => {
		const to = [...near].sort((a, b) => degree(b) - degree(a) || a - b)[0];
		return to === undefined || (topology.name.startsWith('star') && from === 0) ? [] : [{from, to}];
	});
	return {neighbours, flows};
}

/** After minutes in which routers had to find out; who does not divide time has nothing to find out. */
function settled(topology: Topology, more: Partial<DividedSetup>, seed: number): DividedMesh {
	const mesh = new DividedMesh({...placesOf(topology), seed, isDivided: true, ...more});
	const random = seededRandom(seed);
	for (let turn = 0; turn < LEARNING_TURNS && more.isDivided !== false; turn++) {
		mesh.setActive(() => random() < 0.5);
		mesh.advance(TURN_S);
	}
	mesh.setActive(() => true);
	mesh.advance(more.isDivided === false ? WARM_UP_S : SETTLING_S);
	return mesh;
}

/** The mean of some seeds. */
export function airOf(topology: Topology, more: Partial<DividedSetup>): Air {
	let [worst, sum, delayMs] = [0, 0, 0];
	for (const seed of SEEDS) {
		const flows = settled(topology, more, seed).measure(MEASURED_S);
		worst += Math.min(...flows.map(({bps}) => bps)) / 1e6 / SEEDS.length;
		sum += flows.reduce((all, {bps}) => all + bps, 0) / 1e6 / SEEDS.length;
		delayMs = Math.max(delayMs, ...flows.map(({delayUs}) => delayUs / 1000));
	}
	return {worst, sum, delayMs};
}

const periodUs = usualSuperframe.slots * usualSuperframe.slotUs;

/** Colours of the true conflicts, which somebody knows who sees all, with the routers' superframe and guard. */
export function colouredGates(topology: Topology, method: string): readonly (Gate | undefined)[] {
	const {neighbours, flows} = placesOf(topology);
	const {instance, senders} = senderInstance(neighbours, flows, usualSuperframe.slots, true);
	const answer = slotMethods.find(({name}) => name === method)?.run(instance, seededRandom(1));
	if (answer === undefined) throw new Error(`'${method}' gave no answer`);
	const stretches = stretchesOfSlots(answer.owned, usualSuperframe.slotUs);
	return gatesOfStretches(neighbours.length, senders, stretches, periodUs, GUARD_US);
}

/** What the best of two ideal divisions brings: with what acknowledgements disturb kept apart, and without. */
export async function ceilingOf(topology: Topology, air: DividedAir | undefined): Promise<Air> {
	const {neighbours, flows} = placesOf(topology);
	let best: Air = {worst: 0, sum: 0, delayMs: 0};
	for (const answers of [true, false]) {
		const {instance, senders} = senderInstance(neighbours, flows, usualSuperframe.slots, answers);
		const stretches = await idealDivision(instance, periodUs, solveMilp);
		if (stretches === undefined) throw new Error(`no ideal division of ${topology.name} was found`);
		const gates = gatesOfStretches(neighbours.length, senders, stretches, periodUs, GUARD_US);
		const got = airOf(topology, {isDivided: false, gates, ...(air === undefined ? {} : {air})});
		if (got.worst > best.worst) best = got;
	}
	return best;
}
