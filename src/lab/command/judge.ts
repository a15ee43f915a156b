// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import {channelInstance} from '../baseline/channel/instance.ts';
import {channelMethods} from '../baseline/channel/methods.ts';
import {lineOf, readRecords} from '../measure/file.ts';
import {type RunRecord, recordOf} from '../measure/record.ts';
import {createDcfMedium} from '../medium/dcf/engine.ts';
import {type AssignedOptions, assignedScenario} from '../scenario/assigned.ts';
import {openTopology} from '../topology/open.ts';
import type {Topology} from '../topology/topology.ts';
import {World} from '../world/world.ts';
import {type LabCommand, LabError, type LabIo, parseWords, wholeNumber} from './command.ts';

const USUAL_METHODS = 'single,acs,greedy';

/** A mesh under several ways to choose channels, with traffic on it: what `lab report` draws. */
export const judge: LabCommand = {
	name: 'judge',
	usage:
		'--topology NAME|FILE -o RESULTS.jsonl [--methods single,acs,greedy] [--channels 8] [--radios 2] [--demand 2000] [--seconds 20] [--reach quality|places] [--seeds 5] [--seed 1]',
	about: 'runs a mesh, packet by packet, under several ways to choose channels; a run that was interrupted goes on',
	async run(words, io) {
		const names = [
			'--topology',
			'-o',
			'--methods',
			'--channels',
			'--radios',
			'--demand',
			'--reach',
			'--seconds',
			'--seeds',
			'--seed',
		];
		const parsed = parseWords(words, [], names);
		const [name, out] = [parsed.values.get('--topology'), parsed.values.get('-o')];
		if (name === undefined) throw new LabError('--topology NAME or FILE is missing', 2);
		if (out === undefined) throw new LabError('-o RESULTS.jsonl is missing', 2);
		const first = wholeNumber(parsed, '--seed', 1, 0, 2 ** 31);
		const seeds = wholeNumber(parsed, '--seeds', 5, 1, 1000);
		const topology = openTopology(name, first, io);
		const setting = {
			channels: wholeNumber(parsed, '--channels', 8, 1, 8),
			radios: wholeNumber(parsed, '--radios', 2, 1, 8),
			demandKbps: wholeNumber(parsed, '--demand', 2000, 1, 1_000_000),
			seconds: wholeNumber(parsed, '--seconds', 20, 1, 86_400),
			reach: reachOf(parsed.values.get('--reach') ?? 'quality'),
		};
		const methods = (parsed.values.get('--methods') ?? USUAL_METHODS).split(',');
		const unknown = methods.find(method => !channelMethods.some(each => each.name === method));
		if (unknown !== undefined)
			throw new LabError(`there is no method '${unknown}': ${channelMethods.map(each => each.name).join(', ')}`, 2);
		const records = io.readText(out) === undefined ? [] : readRecords(out, io);
		const missing = methods.flatMap(method =>
			Array.from({length: seeds}, (_, i) => ({method, seed: first + i})).filter(
				({seed}) => !records.some(record => record.variant === method && record.seed === seed),
			),
		);
		for (const [done, {method, seed}] of missing.entries()) {
			io.progress(done, missing.length, `${method}, seed ${seed}`);
			const record = await runOne(topology, method, seed, setting, io);
			if (record === undefined) throw new LabError(`${method} does not apply to ${topology.name}`);
			records.push(record);
			io.writeText(out, records.map(lineOf).join(''));
		}
		io.progress(1, 1, '');
		io.print(
			`${out}: ${records.length} runs, ${missing.length} of them new; npm run lab -- report ${out} -o report.html`,
		);
		return 0;
	},
};

interface Setting {
	readonly channels: number;
	readonly radios: number;
	readonly demandKbps: number;
	readonly seconds: number;
	readonly reach: AssignedOptions['reach'];
}

function reachOf(word: string): AssignedOptions['reach'] {
	if (word !== 'quality' && word !== 'places') throw new LabError(`--reach takes quality or places, not '${word}'`, 2);
	return word;
}

async function runOne(
	topology: Topology,
	methodName: string,
	seed: number,
	{channels, radios, demandKbps, seconds, reach}: Setting,
	io: LabIo,
): Promise<RunRecord | undefined> {
	const instance = channelInstance(topology, channels, radios);
	const method = channelMethods.find(({name}) => name === methodName);
	const answer = await method?.run(instance, seededRandom(seed), io.solveMilp);
	if (answer === undefined) return undefined;
	const options = {demandKbps, durationS: seconds, warmUpS: 2, engine: 'packet', reach} as const;
	const scenario = assignedScenario(topology, instance, answer.assignment, options);
	const world = new World(scenario, {seed, create: createDcfMedium});
	world.advance(options.warmUpS);
	world.clear();
	world.advance(seconds);
	const gateways = world.nodes.flatMap(({isGateway}, node) => (isGateway ? [node] : []));
	return recordOf({scenario: topology.name, variant: methodName, engine: 'packet', seed}, world.read(), {
		nodes: world.nodes.map(({name, place, isGateway}) => ({
			name,
			...(place === undefined ? {} : {xM: place.xM, yM: place.yM}),
			...(isGateway ? {gateway: true} : {}),
		})),
		radios: world.radios.map(({node, channelMhz}) => ({node, channelMhz})),
		flows: world.demands.map(({from, to, part}) => ({
			from: from ?? gateways[0] ?? 0,
			to: to ?? gateways[0] ?? 0,
			offeredKbps: demandKbps * part,
		})),
	});
}
