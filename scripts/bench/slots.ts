// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {seededRandom} from '../../src/core/random.ts';
import {usualSuperframe} from '../../src/engine/schedule/radio-schedule.ts';
import type {DividedAir} from '../../src/lab/astral/divided-mesh.ts';
import {roundsBetween, SlotMesh} from '../../src/lab/astral/slot-mesh.ts';
import {shareBound} from '../../src/lab/baseline/slot/bound.ts';
import {largestClique, slotInstance} from '../../src/lab/baseline/slot/instance.ts';
import {slotMethods, slotRow} from '../../src/lab/baseline/slot/methods.ts';
import {parseTopology} from '../../src/lab/topology/import.ts';
import {DATA_FOLDER} from '../../src/lab/topology/open.ts';
import type {Topology} from '../../src/lab/topology/topology.ts';
import {solveMilp} from '../../src/main/milp.ts';
import {projectRoot} from '../build/bundle.ts';
import type {Row} from './row.ts';
import {aggregates, airOf, ceilingOf, colouredGates, topologyOf} from './schedule/air.ts';
import {foundAfter, turnsOf} from './schedule/turns.ts';

export const name = 'slots';
export const about =
	'time slots that routers agree on, beside greedy, DSATUR and bounds; and what they bring where senders are hidden, beside CSMA, RTS/CTS, coloured slots and an ideal division';

const real = ['freifunk-aachen', 'freifunk-altdorf', 'freifunk-bremen', 'ninux'];
const generated = ['king:10x10', 'grid:10x10', 'random:50', 'random:100'];
const hidden = ['star:2', 'star:5', 'chain:5', 'grid:3x3'];
/** Beside the usual length. */
const LENGTHS_US = [2500, 10_000, 20_000];
const SEEDS = [1, 2, 3];
const LP_ROUNDS = 400;
const LP_LIMIT_S = 60;

export async function run(report: (row: Row) => void): Promise<void> {
	for (const file of real) {
		const path = join(DATA_FOLDER, `${file}.json`);
		shares(parseTopology(await readFile(join(projectRoot, path), 'utf8'), path).topology, 32, report);
	}
	for (const words of generated) await besideProgram(words, shares(topologyOf(words), 64, report), report);
	afterOneChange(report);
	for (const words of hidden) await onTheAir(words, undefined, report);
	for (const words of hidden) await onTheAir(words, aggregates, report);
	nothingHidden(report);
	for (const words of hidden) turns(words, report);
	lengths(report);
}

/** Who gets how much, by every method; answers our smallest share. */
function shares(topology: Topology, slots: number, report: (row: Row) => void): number {
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
	return ours.minimumShare;
}

/** Beside the max-min share of the linear program, which may cut slots, and beside what is left of it in whole slots. */
async function besideProgram(words: string, share: number, report: (row: Row) => void): Promise<void> {
	const instance = slotInstance(topologyOf(words), 64);
	const {atMost, atLeast} = await shareBound(instance, solveMilp, {rounds: LP_ROUNDS, limitS: LP_LIMIT_S});
	const say = (metric: string, baseline: number): void =>
		tell(report, `${words}, 64 slots: smallest share, beside ${metric}`, share, 'slots', baseline);
	say(`the linear program's (a schedule reaches ${(100 * (atLeast / atMost)).toFixed(1)} % of it)`, atMost);
	say('that in whole slots', Math.floor(atMost + 1e-6));
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

/** Each way to divide time on the same air, and what the best possible one would bring beside CSMA. */
async function onTheAir(words: string, air: DividedAir | undefined, report: (row: Row) => void): Promise<void> {
	const topology = topologyOf(words);
	const more = air === undefined ? {} : {air};
	const what = `${words}${air === undefined ? '' : ', 802.11n with aggregates'}, all send`;
	const ours = airOf(topology, more);
	const csma = airOf(topology, {...more, isDivided: false});
	const ideal = await ceilingOf(topology, air);
	for (const [baseline, other] of [
		['CSMA', csma],
		['RTS/CTS', airOf(topology, {...more, isDivided: false, rts: true})],
		...(['greedy', 'dsatur'] as const).map(
			method =>
				[
					`slots by ${method} for who sees all`,
					airOf(topology, {...more, isDivided: false, gates: colouredGates(topology, method)}),
				] as const,
		),
		['an ideal division', ideal],
	] as const) {
		tell(report, `${what}: worst flow, beside ${baseline}`, ours.worst, 'Mbit/s', other.worst);
		tell(report, `${what}: all flows, beside ${baseline}`, ours.sum, 'Mbit/s', other.sum);
	}
	tell(report, `${what}: worst flow of an ideal division, beside CSMA`, ideal.worst, 'Mbit/s', csma.worst);
	tell(report, `${what}: all flows of an ideal division, beside CSMA`, ideal.sum, 'Mbit/s', csma.sum);
}

/** How slots follow traffic, and how soon senders that never pause are told apart; the slowest of some seeds. */
function turns(words: string, report: (row: Row) => void): void {
	for (const air of [undefined, aggregates]) {
		const topology = topologyOf(words);
		const more = air === undefined ? {} : {air};
		const all = SEEDS.map(seed => turnsOf(topology, more, seed));
		const what = `${words}${air === undefined ? '' : ', 802.11n with aggregates'}`;
		const mean = (of: (each: (typeof all)[number]) => number): number =>
			all.reduce((sum, each) => sum + of(each), 0) / all.length;
		const lone = mean(each => each.lone);
		tell(
			report,
			`${what}: one sends alone, beside no gate`,
			lone,
			'Mbit/s',
			mean(each => each.ungated),
		);
		tell(report, `${what}: until it has what others leave`, Math.max(...all.map(({givenS}) => givenS)), 's');
		tell(report, `${what}: until those who wake up have their share`, Math.max(...all.map(({backS}) => backS)), 's');
		const found = Math.max(...SEEDS.map(seed => foundAfter(topology, more, seed)));
		tell(report, `${what}: senders that never paused are kept apart after`, found, 's');
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
