// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import {CONTENTION_NODE_LIMIT, contentionRow} from '../baseline/slot/contention.ts';
import {slotInstance} from '../baseline/slot/instance.ts';
import {slotMethods, slotRow} from '../baseline/slot/methods.ts';
import {openTopology} from '../topology/open.ts';
import {type LabCommand, LabError, parseWords, wholeNumber} from './command.ts';
import {tableOf} from './table.ts';

/** One topology, every way to share out slots. */
export const slots: LabCommand = {
	name: 'slots',
	usage: '--topology NAME|FILE [--slots 32] [--seed 1] [--json]',
	about: 'how evenly every way to share out time slots does it, on the graph of hidden conflicts',
	async run(words, io) {
		const parsed = parseWords(words, ['--json'], ['--topology', '--slots', '--seed']);
		const name = parsed.values.get('--topology');
		if (name === undefined) throw new LabError('--topology NAME or FILE is missing', 2);
		const seed = wholeNumber(parsed, '--seed', 1, 0, 2 ** 31);
		const topology = openTopology(name, seed, io);
		if (topology.nodes.length === 0) throw new LabError(`${topology.name} has no nodes`);
		const instance = slotInstance(topology, wholeNumber(parsed, '--slots', 32, 1, 4096));
		const scheduled = slotMethods.flatMap(method => {
			const answer = method.run(instance, seededRandom(seed));
			if (answer === undefined) return [];
			return [slotRow(instance, method.name, answer, method.needed(instance, seededRandom(seed)))];
		});
		const bound = scheduled[0]?.bound ?? 0;
		const isSimulated = topology.nodes.length <= CONTENTION_NODE_LIMIT && topology.links.length > 0;
		const contended = isSimulated
			? [false, true].map(rts => contentionRow(topology, instance.slots, bound, rts, seed))
			: [];
		const rows = [...contended, ...scheduled];
		if (parsed.flags.has('--json')) {
			for (const row of rows) io.print(JSON.stringify(row));
			return 0;
		}
		io.print(`${topology.name}: ${topology.nodes.length} nodes, ${instance.slots} slots`);
		const lines = tableOf(
			['method', 'smallest share', 'bound', 'slots used', 'slots needed', 'rounds', "Jain's index"],
			rows.map(row => [
				row.method,
				String(row.minimumShare),
				String(row.bound),
				String(row.slotsUsed),
				row.slotsNeeded === undefined ? '' : String(row.slotsNeeded),
				String(row.rounds),
				row.jain.toFixed(3),
			]),
		);
		for (const line of lines) io.print(line);
		return 0;
	},
};
