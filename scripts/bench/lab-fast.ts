// SPDX-License-Identifier: Apache-2.0
import {everyoneHears, hiddenGrid} from '../../src/lab/medium/arrangement.ts';
import {createDcfMedium} from '../../src/lab/medium/dcf/engine.ts';
import {createGraphMedium} from '../../src/lab/medium/graph/graph-medium.ts';
import type {
	CreateMedium,
	MediumSetup,
	MediumStatistics,
	RadioStatistics,
	Traffic,
} from '../../src/lab/medium/medium.ts';
import {namedScenario} from '../../src/lab/scenario/named.ts';
import type {Scenario} from '../../src/lab/scenario/scenario.ts';
import {World} from '../../src/lab/world/world.ts';
import {mesh} from './lab/mesh.ts';
import type {Row} from './row.ts';

export const name = 'lab-fast';
export const about = "error of the lab's fast engine against its packet engine, the same arrangements in both";

// A row's value is the fast engine's, its baseline the packet engine's over several seeds. What the seeds differ by among
// themselves stands beside it: an error below that is none.

const WARM_UP_S = 5;
const MEASURED_S = 30;
const SEEDS = [1, 2, 3];
const FAST_S = 60;

/** What the two engines are compared by. */
interface Outcome {
	/** Throughput of each flow. */
	readonly kbps: readonly number[];
	/** Share of the time in which a radio's channel is not free. */
	readonly busy: readonly number[];
}

interface Case {
	readonly what: string;
	readonly play: (create: CreateMedium, seed: number, seconds: number) => Outcome;
}

const light: Traffic = {kind: 'poisson', bitsPerSecond: 200_000};

function arranged(what: string, setup: MediumSetup): Case {
	return {
		what,
		play(create, seed, seconds) {
			const medium = create(setup, seed);
			medium.advance(WARM_UP_S);
			medium.clear();
			medium.advance(seconds);
			return outcomeOf(medium.read());
		},
	};
}

function played(what: string, scenario: Scenario): Case {
	return {
		what,
		play(create, seed, seconds) {
			// The world's own seed stays: other places would be another case.
			const world = new World(scenario, {seed: 1, create: setup => create(setup, seed)});
			world.advance(WARM_UP_S);
			world.clear();
			world.advance(seconds);
			return outcomeOf(world.read());
		},
	};
}

function outcomeOf({flows, radios}: MediumStatistics): Outcome {
	const busyShare = ({transmitUs, receiveUs, busyUs, idleUs}: RadioStatistics): number =>
		1 - idleUs / Math.max(1, transmitUs + receiveUs + busyUs + idleUs);
	return {kbps: flows.map(({throughputBps}) => throughputBps / 1000), busy: radios.map(busyShare)};
}

function scenarioNamed(name: string, change: Partial<Scenario> = {}): Scenario {
	const scenario = namedScenario(name);
	if (scenario === undefined) throw new RangeError(`there is no scenario '${name}'`);
	const {events: _, ...steady} = scenario;
	return {...steady, ...change};
}

const video = scenarioNamed('village');
const cases: readonly Case[] = [
	...[2, 5, 10, 20].map(n =>
		arranged(`${n} saturated stations that hear each other`, everyoneHears(n, 'a', 'ofdm-54', 'none')),
	),
	arranged('3 × 3 hidden grid, saturated, 12 Mbit/s', hiddenGrid(3, 'ofdm-12')),
	arranged('5 × 5 hidden grid, saturated, 54 Mbit/s', hiddenGrid(5, 'ofdm-54')),
	arranged('5 × 5 hidden grid, 0.2 Mbit/s each', hiddenGrid(5, 'ofdm-12', 1500, light)),
	played('village, 2.5 Mbit/s a house at most', scenarioNamed('village')),
	played('village, 10 Mbit/s a house wanted', scenarioNamed('village', {traffic: [{kind: 'gateways', kbps: 10_000}]})),
	played('village with a video sender', {
		...video,
		interferers: (video.interferers ?? []).map(one => ({...one, on: true})),
	}),
	played('random mesh of 30, 100 kbit/s a node', mesh(30, 100, 2)),
	played('random mesh of 30, 400 kbit/s a node', mesh(30, 400, 2)),
	played('random mesh of 30, 2 Mbit/s a node wanted', mesh(30, 2000, 2)),
	played('random mesh of 100, 20 kbit/s a node', mesh(100, 20, 2)),
	played('random mesh of 100, 60 kbit/s a node', mesh(100, 60, 2)),
];

/** How two outcomes differ. Shape: of flows as a share of the mean flow, of channel use as a difference of shares. */
function difference(one: Outcome, other: Outcome): {flows: number; busy: number} {
	const mean = total(other.kbps) / Math.max(1, other.kbps.length);
	const apart = (a: readonly number[], b: readonly number[]): number =>
		total(a.map((value, index) => Math.abs(value - (b[index] ?? 0)))) / Math.max(1, a.length);
	return {flows: apart(one.kbps, other.kbps) / Math.max(1e-9, mean), busy: apart(one.busy, other.busy)};
}

function meanOf(outcomes: readonly Outcome[]): Outcome {
	const mean = (pick: (one: Outcome) => readonly number[]): number[] =>
		(outcomes[0] === undefined ? [] : pick(outcomes[0])).map(
			(_, index) => total(outcomes.map(one => pick(one)[index] ?? 0)) / outcomes.length,
		);
	return {kbps: mean(({kbps}) => kbps), busy: mean(({busy}) => busy)};
}

export async function run(report: (row: Row) => void): Promise<void> {
	for (const {what, play} of cases) {
		const packets = SEEDS.map(seed => play(createDcfMedium, seed, MEASURED_S));
		const exact = meanOf(packets);
		const fast = play(createGraphMedium, 1, FAST_S);
		const [ours, theirs] = [total(fast.kbps) / 1000, total(exact.kbps) / 1000];
		const luck = packets.map(one => difference(one, exact));
		const off = difference(fast, exact);
		const row = {bench: name, metric: what};
		report({...row, metric: `${what}: in all`, value: ours, unit: 'Mbit/s', baseline: theirs, ratio: ours / theirs});
		const percent = (pick: (one: {flows: number; busy: number}) => number, label: string, unit: string): void =>
			report({
				...row,
				metric: `${what}: ${label}`,
				value: 100 * pick(off),
				unit,
				baseline: (100 * total(luck.map(pick))) / luck.length,
			});
		percent(({flows}) => flows, 'error of a flow', '% of the mean flow');
		percent(({busy}) => busy, 'error of a channel’s use', '% of the time');
	}
}

function total(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0);
}
