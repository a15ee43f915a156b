// SPDX-License-Identifier: Apache-2.0
import {isObject, type JsonObject, LINK_LIMIT, listAt, NODE_LIMIT, withoutRepeats} from './read.ts';
import {type Topology, TopologyError, type TopologyLink, type TopologyNode} from './topology.ts';

// What a collector recorded: the answer of its GET /api/v1/series about mesh peers, as it is:
// curl 'http://COLLECTOR:8080/api/v1/series?name=station.transmitPackets,station.transmitRetries,station.transmitFailed&from=-86400'

export function isRecording(value: JsonObject): boolean {
	return Array.isArray(value.series) && typeof value.stepMs === 'number';
}

interface Counted {
	sent: number;
	retries: number;
	failed: number;
}

/**
 * Reads who exchanged frames with whom. A link's quality is the share of attempts that succeeded,
 * sent / (sent + retries + failed), over the whole recording.
 *
 * Shape:  a peer is known by its address only, so every address is a node of its own beside the nodes that report, unless
 *         `addresses` ({node: [address, …]}) in the same file says whose it is.
 * Errors: TopologyError.
 */
export function readRecording(value: JsonObject, file: string): Topology {
	const owners = ownersOf(value, file);
	const ids = new Map<string, number>();
	const idOf = (name: string): number => {
		const owner = owners.get(name) ?? name;
		const known = ids.get(owner);
		if (known !== undefined) return known;
		ids.set(owner, ids.size);
		return ids.size - 1;
	};
	const links = new Map<string, Counted & {a: number; b: number}>();
	listAt(value, 'series', file, LINK_LIMIT * 4).forEach((series, i) => {
		const path = `series[${i}]`;
		if (!isObject(series) || typeof series.node !== 'string' || typeof series.name !== 'string')
			throw new TopologyError(file, path, "'node' and 'name', texts");
		const {labels} = series;
		if (!series.name.startsWith('station.') || !isObject(labels)) return;
		if (typeof labels.peer !== 'string') throw new TopologyError(file, `${path}.labels.peer`, 'an address');
		const [a, b] = [idOf(series.node), idOf(labels.peer)];
		if (a === b) return;
		if (ids.size > NODE_LIMIT) throw new TopologyError(file, path, `at most ${NODE_LIMIT} nodes`);
		const key = `${a} ${b}`;
		const link = links.get(key) ?? {a, b, sent: 0, retries: 0, failed: 0};
		links.set(key, link);
		const field = fields[series.name];
		if (field !== undefined) link[field] += total(series.mean);
	});
	const nodes: TopologyNode[] = [...ids].map(([name, id]) => ({id, name}));
	const measured = [...links.values()].map(({a, b, sent, retries, failed}): TopologyLink => {
		const attempts = sent + retries + failed;
		return {a, b, ...(attempts > 0 ? {quality: sent / attempts} : {})};
	});
	return {name: file, source: 'a recording of mesh-noc', nodes, links: withoutRepeats(measured)};
}

const fields: Readonly<Record<string, keyof Counted>> = {
	'station.transmitPackets': 'sent',
	'station.transmitRetries': 'retries',
	'station.transmitFailed': 'failed',
};

/** The growth of a counter whose means are listed: it may start again. */
function total(means: unknown): number {
	if (!Array.isArray(means)) return 0;
	let sum = 0;
	let last: number | undefined;
	for (const value of means as unknown[]) {
		if (typeof value !== 'number') continue;
		if (last !== undefined) sum += value >= last ? value - last : value;
		last = value;
	}
	return sum;
}

function ownersOf({addresses}: JsonObject, file: string): ReadonlyMap<string, string> {
	const owners = new Map<string, string>();
	if (addresses === undefined) return owners;
	if (!isObject(addresses)) throw new TopologyError(file, 'addresses', 'an object of lists');
	for (const [node, list] of Object.entries(addresses)) {
		if (!Array.isArray(list)) throw new TopologyError(file, `addresses.${node}`, 'a list of addresses');
		for (const address of list as unknown[]) owners.set(String(address), node);
	}
	return owners;
}
