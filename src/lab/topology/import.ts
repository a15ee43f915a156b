// SPDX-License-Identifier: Apache-2.0
import {isGraphJson, isMeshviewer, readGraphJson, readMeshviewer} from './meshviewer.ts';
import {isNetJson, isNodeLink, readNetJson, readNodeLink} from './netjson.ts';
import {isObject, readOwnForm} from './read.ts';
import {isRecording, readRecording} from './recording.ts';
import {type Topology, TopologyError} from './topology.ts';

export type TopologyForm = 'mesh-lab' | 'meshviewer' | 'meshviewer-graph' | 'netjson' | 'node-link' | 'recording';

export interface Imported {
	readonly topology: Topology;
	readonly form: TopologyForm;
}

const FILE_LIMIT_CHARACTERS = 64_000_000;

/**
 * Reads a topology in any form that people have: the lab's own, Freifunk's meshviewer.json (and its older
 * nodes.json with graph.json in one), a NetJSON NetworkGraph, the
 * nodes and links of a graph library, or what our collector recorded.
 *
 * Errors: TopologyError naming the file, the place in its JSON, and what was expected there.
 */
export function parseTopology(text: string, file: string): Imported {
	if (text.length > FILE_LIMIT_CHARACTERS) throw new TopologyError(file, '', 'at most 64 MB');
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw new TopologyError(file, '', `JSON (${error instanceof Error ? error.message : 'it is not'})`);
	}
	if (!isObject(value)) throw new TopologyError(file, '', 'a JSON object');
	if (isNetJson(value)) return {form: 'netjson', topology: readNetJson(value, file)};
	if (isRecording(value)) return {form: 'recording', topology: readRecording(value, file)};
	if (isGraphJson(value)) return {form: 'meshviewer-graph', topology: readGraphJson(value, file)};
	if (isMeshviewer(value)) return {form: 'meshviewer', topology: readMeshviewer(value, file)};
	if (isNodeLink(value)) return {form: 'node-link', topology: readNodeLink(value, file)};
	if (!('nodes' in value))
		throw new TopologyError(file, '', "a topology of the lab ('nodes' and 'links'), or a form that `lab import` reads");
	return {form: 'mesh-lab', topology: readOwnForm(value, file)};
}
