// SPDX-License-Identifier: Apache-2.0
import {type Topology, TopologyError, type TopologyLink, type TopologyNode} from './topology.ts';

/** Larger than any community's mesh, so that a wrong file does not fill the memory. */
export const NODE_LIMIT = 20_000;
export const LINK_LIMIT = 200_000;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a number in a range. Absent: undefined where it is not there and may be. Errors: TopologyError. */
export function numberAt(
	of: JsonObject,
	name: string,
	file: string,
	path: string,
	least: number,
	most: number,
): number | undefined {
	const value = of[name];
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'number' || !(value >= least && value <= most))
		throw new TopologyError(file, `${path}.${name}`, `a number from ${least} to ${most}`);
	return value;
}

export function listAt(of: JsonObject, name: string, file: string, limit: number): readonly unknown[] {
	const value = of[name];
	if (!Array.isArray(value)) throw new TopologyError(file, name, 'a list');
	if (value.length > limit) throw new TopologyError(file, name, `at most ${limit} entries`);
	return value;
}

/** Reads the lab's own form. Errors: TopologyError. */
export function readOwnForm(value: JsonObject, file: string): Topology {
	const nodes = listAt(value, 'nodes', file, NODE_LIMIT).map((node, i) => nodeOf(node, file, `nodes[${i}]`));
	const ids = new Set<number>();
	nodes.forEach(({id}, i) => {
		if (ids.has(id)) throw new TopologyError(file, `nodes[${i}].id`, 'an id that no other node has');
		ids.add(id);
	});
	const links = listAt(value, 'links', file, LINK_LIMIT).map((link, i) => linkOf(link, ids, file, `links[${i}]`));
	const text = (name: 'source' | 'note'): object => (typeof value[name] === 'string' ? {[name]: value[name]} : {});
	const name = typeof value.name === 'string' && value.name !== '' ? value.name : file;
	return {name, ...text('source'), ...text('note'), nodes, links: withoutRepeats(links)};
}

function nodeOf(value: unknown, file: string, path: string): TopologyNode {
	if (!isObject(value)) throw new TopologyError(file, path, 'an object');
	const {id, gateway, name} = value;
	if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
		throw new TopologyError(file, `${path}.id`, 'a whole number from 0');
	const xM = numberAt(value, 'xM', file, path, -1e7, 1e7);
	const yM = numberAt(value, 'yM', file, path, -1e7, 1e7);
	return {
		id,
		...(xM === undefined || yM === undefined ? {} : {xM, yM}),
		...(gateway === true ? {gateway} : {}),
		...(typeof name === 'string' ? {name} : {}),
	};
}

function linkOf(value: unknown, ids: ReadonlySet<number>, file: string, path: string): TopologyLink {
	if (!isObject(value)) throw new TopologyError(file, path, 'an object');
	const {a, b} = value;
	for (const [end, id] of [
		['a', a],
		['b', b],
	] as const)
		if (typeof id !== 'number' || !ids.has(id)) throw new TopologyError(file, `${path}.${end}`, 'the id of a node');
	if (a === b) throw new TopologyError(file, path, 'two different nodes');
	const quality = numberAt(value, 'quality', file, path, 0, 1);
	// Some snapshots publish a weight below 1 under this name; no link needs less than one transmission.
	const etx = numberAt(value, 'etx', file, path, 0, 1e6);
	return {
		a: a as number,
		b: b as number,
		...(quality === undefined ? {} : {quality}),
		...(etx === undefined || etx < 1 ? {} : {etx}),
	};
}

/** One link a pair: the worse direction where both are listed. */
export function withoutRepeats(links: readonly TopologyLink[]): TopologyLink[] {
	const found = new Map<string, TopologyLink>();
	for (const link of links) {
		const key = link.a < link.b ? `${link.a} ${link.b}` : `${link.b} ${link.a}`;
		const known = found.get(key);
		if (known === undefined || (link.quality ?? 1) < (known.quality ?? 1)) found.set(key, link);
	}
	return [...found.values()];
}
