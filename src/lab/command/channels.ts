// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import {channelInstance} from '../baseline/channel/instance.ts';
import {type ChannelRow, channelMethods, channelRow} from '../baseline/channel/methods.ts';
import {openTopology} from '../topology/open.ts';
import {type LabCommand, LabError, type LabIo, type Parsed, parseWords, wholeNumber} from './command.ts';
import {tableOf} from './table.ts';

/** One topology, every way to choose channels. */
export const channels: LabCommand = {
	name: 'channels',
	usage: '--topology NAME|FILE [--channels 8] [--radios 2] [--seed 1] [--seeds 1] [--only METHOD,…] [--json]',
	about: 'how much every way to choose channels leaves in conflict',
	async run(words, io) {
		const parsed = parseWords(
			words,
			['--json'],
			['--topology', '--channels', '--radios', '--seed', '--seeds', '--only'],
		);
		const name = parsed.values.get('--topology');
		if (name === undefined) throw new LabError('--topology NAME or FILE is missing', 2);
		const seed = wholeNumber(parsed, '--seed', 1, 0, 2 ** 31);
		const seeds = wholeNumber(parsed, '--seeds', 1, 1, 1000);
		const topology = openTopology(name, seed, io);
		if (topology.links.length === 0) throw new LabError(`${topology.name} has no links`);
		const instance = channelInstance(
			topology,
			wholeNumber(parsed, '--channels', 8, 1, 64),
			wholeNumber(parsed, '--radios', 2, 1, 16),
		);
		const methods = chosen(parsed);
		const rows: ChannelRow[][] = [];
		for (const [done, method] of methods.entries()) {
			const own: ChannelRow[] = [];
			for (let run = 0; run < (method.seedless === true ? 1 : seeds); run++) {
				io.progress(done * seeds + run, methods.length * seeds, method.name);
				const beganMs = io.nowMs();
				const answer = await method.run(instance, seededRandom(seed + run), io.solveMilp);
				if (answer === undefined) break;
				own.push(channelRow(instance, method.name, answer, (io.nowMs() - beganMs) / 1000));
			}
			if (own.length > 0) rows.push(own);
		}
		io.progress(1, 1, '');
		const line = `${topology.name}: ${topology.nodes.length} nodes, ${instance.links} links, ${instance.pairs} pairs in conflict; K = ${instance.channels}, R = ${instance.radios}`;
		print(rows, line, parsed.flags.has('--json'), io);
		return 0;
	},
};

function chosen({values}: Parsed): typeof channelMethods {
	const only = values.get('--only')?.split(',');
	const unknown = only?.find(name => !channelMethods.some(method => method.name === name));
	if (unknown !== undefined)
		throw new LabError(`there is no method '${unknown}': ${channelMethods.map(method => method.name).join(', ')}`, 2);
	return channelMethods.filter(({name}) => only === undefined || only.includes(name));
}

function print(rows: readonly (readonly ChannelRow[])[], line: string, json: boolean, io: LabIo): void {
	if (json) {
		for (const own of rows) for (const row of own) io.print(JSON.stringify(row));
		return;
	}
	io.print(line);
	const mean = (own: readonly ChannelRow[], pick: (row: ChannelRow) => number): number =>
		own.reduce((sum, row) => sum + pick(row), 0) / own.length;
	const spread = (own: readonly ChannelRow[]): string => {
		const fractions = own.map(row => row.conflictFraction);
		return `${Math.min(...fractions).toFixed(3)}–${Math.max(...fractions).toFixed(3)}`;
	};
	const lines = tableOf(
		['method', 'conflict fraction', 'over seeds', 'lost links', 'retunes a node', 'seconds'],
		rows.map(own => [
			own[0]?.optimal === true ? `${own[0].method} (proven)` : (own[0]?.method ?? ''),
			mean(own, row => row.conflictFraction).toFixed(3),
			own.length > 1 ? spread(own) : '',
			mean(own, row => row.lostLinks).toFixed(1),
			mean(own, row => row.retunesPerNode).toFixed(2),
			mean(own, row => row.seconds).toFixed(2),
		]),
	);
	for (const each of lines) io.print(each);
}
