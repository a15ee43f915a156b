// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import {anonymise as anonymiseTopology} from '../topology/anonymise.ts';
import {parseTopology} from '../topology/import.ts';
import type {Topology} from '../topology/topology.ts';
import {type LabCommand, LabError, type LabIo, type Parsed, parseWords, wholeNumber} from './command.ts';

/** Reads a file in any form that is known and writes the lab's own. */
export const importFile: LabCommand = {
	name: 'import',
	usage: 'FILE [-o OUT.json]',
	about:
		'turns a meshviewer.json, graph.json, NetJSON NetworkGraph, node-link JSON or recording into a topology of the lab',
	async run(words, io) {
		const parsed = parseWords(words, [], ['-o']);
		const {topology, form} = open(parsed, io);
		write(topology, parsed, io);
		const places = topology.nodes.filter(({xM}) => xM !== undefined).length;
		io.print(`${form}: ${topology.nodes.length} nodes (${places} with a place), ${topology.links.length} links`);
		return 0;
	},
};

/** Takes out what identifies, and says how well that hides anybody. */
export const anonymise: LabCommand = {
	name: 'anonymise',
	usage: 'FILE -o OUT.json [--grid 100] [--key NUMBER]',
	about: 'drops names and addresses, shuffles the nodes, snaps places to a grid of so many metres',
	async run(words, io) {
		const parsed = parseWords(words, [], ['-o', '--grid', '--key']);
		if (!parsed.values.has('-o')) throw new LabError('-o OUT.json is missing: where the anonymous file goes', 2);
		const {topology} = open(parsed, io);
		const gridM = wholeNumber(parsed, '--grid', 100, 1, 100_000);
		const key = wholeNumber(parsed, '--key', Math.floor(io.nowMs() * 1000) % 2 ** 31, 0, 2 ** 31);
		const {topology: anonymous, report} = anonymiseTopology(topology, {gridM, random: seededRandom(key)});
		write(anonymous, parsed, io);
		const {nodes, placed, k, alone, cellsWith} = report;
		io.print(`${nodes} nodes, ${placed} with a place; every place is shared by at least ${k}`);
		for (const [count, cells] of [...cellsWith].sort(([a], [b]) => a - b))
			io.print(`  ${cells} cells of ${gridM} m with ${count} node${count === 1 ? '' : 's'}`);
		if (alone > 0)
			io.print(`${alone} nodes are alone in their cell: who knows the place can tell them; a wider --grid hides more`);
		return 0;
	},
};

function open({rest}: Parsed, io: LabIo): ReturnType<typeof parseTopology> {
	const [file, ...more] = rest;
	if (file === undefined || more.length > 0) throw new LabError('one FILE is wanted', 2);
	const text = io.readText(file);
	if (text === undefined) throw new LabError(`${file}: there is no such file`);
	return parseTopology(text, file);
}

function write(topology: Topology, {values}: Parsed, io: LabIo): void {
	const out = values.get('-o');
	if (out !== undefined) io.writeText(out, `${JSON.stringify(topology)}\n`);
}
