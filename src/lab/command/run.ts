// SPDX-License-Identifier: Apache-2.0
import {lineOf, readRecords} from '../measure/file.ts';
import {type RunRecord, recordOf} from '../measure/record.ts';
import {summaryOf} from '../measure/summary.ts';
import {createDcfMedium} from '../medium/dcf/engine.ts';
import {createGraphMedium} from '../medium/graph/graph-medium.ts';
import {namedScenario, scenarioNames} from '../scenario/named.ts';
import {readScenario, type Scenario, ScenarioError} from '../scenario/scenario.ts';
import {openTopology} from '../topology/open.ts';
import type {Topology} from '../topology/topology.ts';
import {traceOf} from '../world/trace.ts';
import {World} from '../world/world.ts';
import {type LabCommand, LabError, type LabIo, parseWords, wholeNumber} from './command.ts';
import {tableOf} from './table.ts';

type Engine = 'fast' | 'packet';
const engines = {fast: createGraphMedium, packet: createDcfMedium};
const USUAL_STEP_S = 600;

/** Plays a scenario: one line of the result file a seed. What was finished is kept, and not played again. */
export const run: LabCommand = {
	name: 'run',
	usage: 'SCENARIO|FILE [-o RESULTS.jsonl] [--seeds 1] [--seed 1] [--engine fast|packet] [--json] | --list',
	about: 'plays a scenario with so many seeds; a run that was interrupted goes on with the seeds that are missing',
	async run(words, io) {
		const parsed = parseWords(words, ['--json', '--list'], ['-o', '--seeds', '--seed', '--engine']);
		if (parsed.flags.has('--list')) return list(io);
		const [name, ...more] = parsed.rest;
		if (name === undefined || more.length > 0)
			throw new LabError(`one scenario is wanted: a file, or ${scenarioNames.join(', ')}`, 2);
		const scenario = openScenario(name, io);
		const engine = parsed.values.get('--engine') ?? scenario.engine ?? 'fast';
		if (engine !== 'fast' && engine !== 'packet')
			throw new LabError(`--engine takes fast or packet, not '${engine}'`, 2);
		const first = wholeNumber(parsed, '--seed', scenario.seed ?? 1, 0, 2 ** 31);
		const seeds = Array.from({length: wholeNumber(parsed, '--seeds', 1, 1, 10_000)}, (_, i) => first + i);
		const out = parsed.values.get('-o');
		const records = out === undefined || io.readText(out) === undefined ? [] : readRecords(out, io);
		const isKnown = (seed: number): boolean =>
			records.some(
				record =>
					record.scenario === scenario.name && record.engine === engine && record.seed === seed && record.seconds > 0,
			);
		const missing = seeds.filter(seed => !isKnown(seed));
		const topology =
			scenario.topology.kind === 'file' ? openTopology(beside(name, scenario.topology.file, io), first, io) : undefined;
		for (const [done, seed] of missing.entries()) {
			const record = play(scenario, engine, seed, topology, io, {
				onStep: (share, line) => {
					io.progress(Math.round((done + share) * 1000), missing.length * 1000, `seed ${seed}`);
					if (parsed.flags.has('--json')) io.print(line);
				},
			});
			records.push(record);
			if (out !== undefined) io.writeText(out, records.map(lineOf).join(''));
			else if (parsed.flags.has('--json')) io.print(lineOf(record).trimEnd());
		}
		io.progress(1, 1, '');
		if (!parsed.flags.has('--json'))
			printSummary(
				scenario,
				records.filter(({seed}) => seeds.includes(seed)),
				io,
			);
		if (out !== undefined) io.print(`${out}: ${records.length} runs, ${missing.length} of them new`);
		return 0;
	},
};

function list(io: LabIo): number {
	const width = Math.max(...scenarioNames.map(name => name.length));
	for (const name of scenarioNames) io.print(`${name.padEnd(width)}  ${namedScenario(name)?.about ?? ''}`);
	return 0;
}

/** Errors: LabError, a line a complaint where the file is no scenario. */
function openScenario(name: string, io: LabIo): Scenario {
	const named = namedScenario(name);
	if (named !== undefined) return named;
	const text = io.readText(name);
	if (text === undefined)
		throw new LabError(`there is no scenario '${name}': give a file, or one of ${scenarioNames.join(', ')}`, 2);
	try {
		return readScenario(text, name);
	} catch (error) {
		if (error instanceof ScenarioError) throw new LabError(error.message);
		throw error;
	}
}

/** A topology file stands beside the scenario that names it, or is one of the lab's own. */
function beside(scenario: string, file: string, io: LabIo): string {
	const folder = scenario.includes('/') ? scenario.slice(0, scenario.lastIndexOf('/') + 1) : '';
	return io.readText(`${folder}${file}`) === undefined ? file : `${folder}${file}`;
}

function play(
	scenario: Scenario,
	engine: Engine,
	seed: number,
	topology: Topology | undefined,
	io: LabIo,
	watch: {onStep: (share: number, line: string) => void},
): RunRecord {
	const started = io.nowMs();
	const world = new World(scenario, {seed, create: engines[engine], ...(topology === undefined ? {} : {topology})});
	const {durationS, warmUpS = 0, stepS = USUAL_STEP_S} = scenario;
	if (warmUpS > 0) {
		world.advance(warmUpS);
		world.clear();
	}
	let before = traceOf(world);
	while (world.nowS < durationS) {
		world.advance(Math.min(stepS, durationS - world.nowS));
		const now = traceOf(world);
		const wallS = (io.nowMs() - started) / 1000;
		watch.onStep(
			world.nowS / durationS,
			JSON.stringify({scenario: scenario.name, seed, ...now.since(before), wallS: Number(wallS.toFixed(2))}),
		);
		before = now;
	}
	const names = world.nodes.map(({name, isGateway}, index) => {
		const place = world.places[index];
		return {
			name,
			...(place === undefined ? {} : {xM: Math.round(place.xM), yM: Math.round(place.yM)}),
			...(isGateway ? {gateway: true as const} : {}),
		};
	});
	const statistics = world.read();
	const ends = world.flowEnds;
	return recordOf({scenario: scenario.name, variant: engine, engine, seed}, statistics, {
		nodes: names,
		radios: world.radios,
		flows: ends.map((flow, index) => {
			const offered = statistics.flows[index]?.offeredPackets ?? 0;
			const bits = offered * 8 * (world.setup.flows[index]?.packetBytes ?? 0);
			const isElastic = ['saturated', 'window'].includes(world.setup.flows[index]?.traffic.kind ?? '');
			return isElastic || statistics.seconds === 0 ? flow : {...flow, offeredKbps: bits / statistics.seconds / 1000};
		}),
	});
}

function printSummary(scenario: Scenario, records: readonly RunRecord[], io: LabIo): void {
	io.print(`${scenario.name}: ${scenario.about}`);
	const rows = records.map(record => {
		const summary = summaryOf(record);
		return [
			String(record.seed),
			summary.totalKbps.toFixed(0),
			summary.minimumKbps.toFixed(0),
			summary.jain.toFixed(3),
			summary.p99DelayMs?.toFixed(1) ?? '',
			summary.hiddenShare.toFixed(3),
			summary.busiestAirShare.toFixed(2),
		];
	});
	const head = ['seed', 'kbit/s in all', 'least', 'Jain', 'slow 1 % ms', 'lost hidden', 'fullest air'];
	for (const line of tableOf(head, rows)) io.print(line);
}
