// SPDX-License-Identifier: Apache-2.0
import {LabError, type LabIo} from '../command/command.ts';
import {generate} from './generate.ts';
import {parseTopology} from './import.ts';
import type {Topology} from './topology.ts';

/** Where the topologies that come with the lab are, from the project's folder. */
export const DATA_FOLDER = 'src/lab/topology/data';

/**
 * The topology of a name or file: one of the lab's own ('freifunk-aachen'), a generated one ('grid:5x5'), or a file in
 * any form that `lab import` reads.
 *
 * Errors: LabError when there is none, TopologyError when the file is something else.
 */
export function openTopology(words: string, seed: number, io: LabIo): Topology {
	const generated = generate(words, seed);
	if (generated !== undefined) return generated;
	const own = `${DATA_FOLDER}/${words}.json`;
	const path = io.readText(words) === undefined ? own : words;
	const text = io.readText(path);
	if (text !== undefined) return parseTopology(text, path).topology;
	const names = io.list(DATA_FOLDER).map(name => name.slice(0, -'.json'.length));
	throw new LabError(
		`there is no topology '${words}': give a file, one of ${names.join(', ')}, or chain:N, ring:N, star:N, grid:CxR, king:CxR, random:N`,
	);
}
