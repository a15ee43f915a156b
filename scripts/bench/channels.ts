// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {seededRandom} from '../../src/core/random.ts';
import {type FaultRow, faults, runFault} from '../../src/lab/astral/faults.ts';
import {EXACT_LINK_LIMIT} from '../../src/lab/baseline/channel/exact.ts';
import {type ChannelInstance, channelInstance} from '../../src/lab/baseline/channel/instance.ts';
import {type ChannelRow, channelMethods, channelRow} from '../../src/lab/baseline/channel/methods.ts';
import {summaryOfFaults} from '../../src/lab/command/faults.ts';
import {generate} from '../../src/lab/topology/generate.ts';
import {parseTopology} from '../../src/lab/topology/import.ts';
import {DATA_FOLDER} from '../../src/lab/topology/open.ts';
import {solveMilp} from '../../src/main/milp.ts';
import {projectRoot} from '../build/bundle.ts';
import type {Row} from './row.ts';

export const name = 'channels';
export const about =
	'channels chosen by routers, beside greedy, the best known and the proven optimum; and what faults do to that';

const CHANNELS = 8;
const SEEDS = [1, 2, 3, 4];
/** Topology, radios, and the least that longer searches with the whole mesh in view left in conflict, by others before us. */
const known = [
	['freifunk-altdorf', 2, 0.24],
	['freifunk-aachen', 2, 0.25],
	['freifunk-aachen', 3, 0.092],
	['freifunk-bremen', 2, 0.269],
	['ninux', 2, 0.177],
] as const;
const SMALL_MESHES = 12;
const SMALL_NODES = [6, 7, 8, 9];
const SMALL_CHANNELS = 3;
const FAULT_RUNS = 60;
const LOSS = 0.05;

export async function run(report: (row: Row) => void): Promise<void> {
	for (const [topology, radios, best] of known) await onTopology(topology, radios, best, report);
	await besideOptimum(report);
	for (const fault of faults) {
		const rows: FaultRow[] = [];
		for (let seed = 1; seed <= FAULT_RUNS; seed++) rows.push(runFault({fault, seed, loss: LOSS}));
		const {lostLinks, quickShare, unrecovered, mostRetunes, violations} = summaryOfFaults(fault, rows);
		const recovered = rows.map(row => row.recoveredS ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
		const say = (metric: string, value: number, unit: string): void =>
			report({bench: name, metric: `${fault}: ${metric}`, value, unit});
		say('links lost', lostLinks, '');
		say('runs with every gap closed in 10 s', quickShare, '1');
		say('whole again, 95th percentile', recovered[Math.floor(0.95 * rows.length)] ?? 0, 's');
		say('runs that never were', unrecovered, '');
		say('most moves of a radio for plans', mostRetunes, '');
		say('radios on a channel with radar', violations, '');
	}
}

async function onTopology(topology: string, radios: number, best: number, report: (row: Row) => void): Promise<void> {
	const path = join(DATA_FOLDER, `${topology}.json`);
	const {topology: mesh} = parseTopology(await readFile(join(projectRoot, path), 'utf8'), path);
	const instance = channelInstance(mesh, CHANNELS, radios);
	const [same, greedy, ours] = [
		await rowsOf('same', instance),
		await rowsOf('greedy', instance),
		await rowsOf('ours', instance),
	];
	const say = (metric: string, value: number, unit: string, baseline?: number): void =>
		report({
			bench: name,
			metric: `${topology}, ${radios} radios: ${metric}`,
			value,
			unit,
			...(baseline === undefined ? {} : {baseline, ratio: value / baseline}),
		});
	const left = mean(ours, row => row.conflictFraction);
	say(
		'in conflict, beside the same channels everywhere',
		left,
		'1',
		mean(same, row => row.conflictFraction),
	);
	say(
		'in conflict, beside greedy',
		left,
		'1',
		mean(greedy, row => row.conflictFraction),
	);
	say('in conflict, beside the best known', left, '1', best);
	say(
		'links lost',
		mean(ours, row => row.lostLinks),
		'',
	);
	say(
		'rounds to 99 % of the gain',
		mean(ours, row => row.rounds),
		'',
	);
	say('moves of a radio', mean(ours, row => row.retunesPerNode) / radios, '');
}

/** Small meshes, whose optimum is proven. */
async function besideOptimum(report: (row: Row) => void): Promise<void> {
	const gaps: number[] = [];
	for (let seed = 1; gaps.length < SMALL_MESHES; seed++) {
		const mesh = generate(`random:${SMALL_NODES[seed % SMALL_NODES.length]}`, seed);
		if (mesh === undefined || mesh.links.length > EXACT_LINK_LIMIT) continue;
		const instance = channelInstance(mesh, SMALL_CHANNELS, 2);
		const [exact] = await rowsOf('exact', instance, [seed]);
		const [ours] = await rowsOf('ours', instance, [seed]);
		if (exact === undefined || ours === undefined || exact.phi === 0) continue;
		gaps.push(ours.phi / exact.phi - 1);
	}
	gaps.sort((a, b) => a - b);
	const say = (metric: string, value: number): void =>
		report({bench: name, metric: `${SMALL_MESHES} small meshes beside their optimum: ${metric}`, value, unit: '1'});
	say('median gap', gaps[gaps.length >> 1] ?? 0);
	say('mean gap', gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length);
	say('largest gap', gaps.at(-1) ?? 0);
}

async function rowsOf(
	methodName: string,
	instance: ChannelInstance,
	seeds: readonly number[] = SEEDS,
): Promise<ChannelRow[]> {
	const method = channelMethods.find(each => each.name === methodName);
	if (method === undefined) throw new Error(`there is no method '${methodName}'`);
	const rows: ChannelRow[] = [];
	for (const seed of seeds) {
		const answer = await method.run(instance, seededRandom(seed), solveMilp);
		if (answer !== undefined) rows.push(channelRow(instance, methodName, answer, 0));
	}
	return rows;
}

function mean(rows: readonly ChannelRow[], pick: (row: ChannelRow) => number): number {
	return rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
}
