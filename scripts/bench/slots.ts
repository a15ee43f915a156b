// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {seededRandom} from '../../src/core/random.ts';
import {usualSuperframe} from '../../src/engine/schedule/radio-schedule.ts';
import {DividedMesh, type DividedSetup} from '../../src/lab/astral/divided-mesh.ts';
import {roundsBetween, SlotMesh} from '../../src/lab/astral/slot-mesh.ts';
import {largestClique, slotInstance} from '../../src/lab/baseline/slot/instance.ts';
import {slotMethods, slotRow} from '../../src/lab/baseline/slot/methods.ts';
import {generate} from '../../src/lab/topology/generate.ts';
import {parseTopology} from '../../src/lab/topology/import.ts';
import {DATA_FOLDER} from '../../src/lab/topology/open.ts';
import {graphOf, type Topology} from '../../src/lab/topology/topology.ts';
import {projectRoot} from '../build/bundle.ts';
import type {Row} from './row.ts';

export const name = 'slots';
export const about =
	'time slots that routers agree on, beside greedy, DSATUR and the bound; and what they bring where senders are hidden, beside CSMA and RTS/CTS';

const real = ['freifunk-aachen', 'freifunk-altdorf', 'freifunk-bremen', 'ninux'];
const generated = ['king:10x10', 'grid:10x10', 'random:50', 'random:100'];
const hidden = ['star:2', 'star:5', 'chain:5', 'grid:3x3'];
/** Beside the usual length. */
const LENGTHS_US = [2500, 10_000, 20_000];
const SEEDS = [1, 2, 3];
/** While they find out what they lose, each flow sends or does not, as a coin falls. */
const LEARNING_TURNS = 30;
const TURN_S = 8;
const SETTLING_S = 16;
const MEASURED_S = 20;

export async function run(report: (row: Row) => void): Promise<void> {
	for (const file of real) {
		const path = join(DATA_FOLDER, `${file}.json`);
		shares(parseTopology(await readFile(join(projectRoot, path), 'utf8'), path).topology, 32, report);
	}
	for (const words of generated) shares(topologyOf(words), 64, report);
	afterOneChange(report);
	for (const words of hidden) onTheAir(words, report);
	nothingHidden(report);
	lengths(report);
}

function topologyOf(words: string): Topology {
	const topology = generate(words, 1);
	if (topology === undefined) throw new Error(`there is no topology '${words}'`);
	return topology;
}

/** Who gets how much, by every method. */
function shares(topology: Topology, slots: number, report: (row: Row) => void): void {
	const instance = slotInstance(topology, slots);
	const say = (metric: string, value: number, unit: string, baseline?: number): void =>
		tell(report, `${topology.name}, ${slots} slots: ${metric}`, value, unit, baseline);
	const rows = slotMethods.flatMap(method => {
		const answer = method.run(instance, seededRandom(1));
		if (answer === undefined) return [];
		return [slotRow(instance, method.name, answer, method.needed(instance, seededRandom(1)))];
	});
	const row = (method: string) => rows.find(each => each.method === method);
	const ours = row('ours');
	if (ours === undefined) throw new Error('our method gave no answer');
	say('smallest share, beside the clique bound', ours.minimumShare, 'slots', ours.bound);
	for (const method of ['greedy', 'dsatur'])
		say(`smallest share, beside ${method}`, ours.minimumShare, 'slots', row(method)?.minimumShare);
	const clique = largestClique(instance);
	say('slots needed, beside the clique bound', ours.slotsNeeded ?? 0, 'slots', clique);
	for (const method of ['greedy', 'dsatur'])
		say(`slots needed, beside ${method}`, ours.slotsNeeded ?? 0, 'slots', row(method)?.slotsNeeded);
	const degree = Math.max(...instance.conflicts.map(list => list.length));
	say('rounds from a cold start, beside the degree and ten', ours.rounds, 'rounds', degree + 10);
}

function afterOneChange(report: (row: Row) => void): void {
	let most = 0;
	for (const words of ['chain:8', 'king:4x4', 'king:10x10', 'random:20', 'random:50'])
		for (const seed of SEEDS) {
			const {neighbours, conflicts} = slotInstance(topologyOf(words), 32);
			const mesh = new SlotMesh({neighbours, slots: 32, slotUs: usualSuperframe.slotUs, seed});
			conflicts.forEach((list, place) => {
				for (const other of list) mesh.tell(place, other, true);
			});
			mesh.advance(20_000);
			const place = seed % neighbours.length;
			const other = (conflicts[place] as Int32Array)[0] as number;
			for (const isConflict of [false, true]) {
				const fromMs = mesh.nowMs;
				mesh.tell(place, other, isConflict);
				mesh.tell(other, place, isConflict);
				mesh.advance(20_000);
				most = Math.max(most, roundsBetween(fromMs, mesh.changedMs));
			}
		}
	tell(report, 'rounds after one change, the most of 30, beside five', most, 'rounds', 5);
}

/** Every node sends to its neighbour with most neighbours. */
function villageOf(topology: Topology, more: Partial<DividedSetup>, seed: number): DividedMesh {
	const neighbours = graphOf(topology).neighbours.map(list => [...list]);
	const degree = (node: number): number => neighbours[node]?.length ?? 0;
	const flows = neighbours.flatMap((near, from) => {
		const to = [...near].sort((a, b) => degree(b) - degree(a) || a - b)[0];
		return to === undefined || (topology.name.startsWith('star') && from === 0) ? [] : [{from, to}];
	});
	const mesh = new DividedMesh({neighbours, flows, seed, isDivided: true, ...more});
	const random = seededRandom(seed);
	for (let turn = 0; turn < LEARNING_TURNS; turn++) {
		mesh.setActive(() => random() < 0.5);
		mesh.advance(TURN_S);
	}
	mesh.setActive(() => true);
	mesh.advance(SETTLING_S);
	return mesh;
}

interface Air {
	readonly worst: number;
	readonly sum: number;
	readonly delayMs: number;
}

function airOf(topology: Topology, more: Partial<DividedSetup>): Air {
	let [worst, sum, delayMs] = [0, 0, 0];
	for (const seed of SEEDS) {
		const flows = villageOf(topology, more, seed).measure(MEASURED_S);
		worst += Math.min(...flows.map(({bps}) => bps)) / 1e6 / SEEDS.length;
		sum += flows.reduce((all, {bps}) => all + bps, 0) / 1e6 / SEEDS.length;
		delayMs = Math.max(delayMs, ...flows.map(({delayUs}) => delayUs / 1000));
	}
	return {worst, sum, delayMs};
}

function onTheAir(words: string, report: (row: Row) => void): void {
	const topology = topologyOf(words);
	const ours = airOf(topology, {});
	for (const [baseline, more] of [
		['CSMA', {isDivided: false}],
		['RTS/CTS', {isDivided: false, rts: true}],
	] as const) {
		const without = airOf(topology, more);
		tell(report, `${words}, all send: worst flow, beside ${baseline}`, ours.worst, 'Mbit/s', without.worst);
		tell(report, `${words}, all send: all flows, beside ${baseline}`, ours.sum, 'Mbit/s', without.sum);
	}
}

function nothingHidden(report: (row: Row) => void): void {
	const count = 6;
	const nodes = Array.from({length: count}, (_, id) => ({id, xM: id, yM: 0}));
	const links = nodes.flatMap(({id: a}) => nodes.filter(({id}) => id > a).map(({id: b}) => ({a, b})));
	const topology: Topology = {name: 'all hear all', note: '', nodes, links};
	const [ours, csma] = [airOf(topology, {}), airOf(topology, {isDivided: false})];
	tell(report, 'nobody hidden, all send: all flows, beside CSMA', ours.sum, 'Mbit/s', csma.sum);
}

/** Why slots are as long as they are. */
function lengths(report: (row: Row) => void): void {
	for (const words of ['star:2', 'star:5']) {
		const topology = topologyOf(words);
		const usual = airOf(topology, {});
		for (const slotUs of LENGTHS_US) {
			const other = airOf(topology, {superframe: {...usualSuperframe, slotUs}});
			const beside = `${words}, slots of ${slotUs} us beside ${usualSuperframe.slotUs}`;
			tell(report, `${beside}: all flows`, other.sum, 'Mbit/s', usual.sum);
			tell(report, `${beside}: mean delay of the worst`, other.delayMs, 'ms', usual.delayMs);
		}
	}
}

function tell(report: (row: Row) => void, metric: string, value: number, unit: string, baseline?: number): void {
	report({bench: name, metric, value, unit, ...(baseline === undefined ? {} : {baseline, ratio: value / baseline})});
}
