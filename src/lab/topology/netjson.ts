// SPDX-License-Identifier: Apache-2.0
import type {LatitudeLongitude} from './ground.ts';
import {placed} from './meshviewer.ts';
import {isObject, type JsonObject, LINK_LIMIT, listAt, NODE_LIMIT, numberAt, withoutRepeats} from './read.ts';
import {type Topology, TopologyError, type TopologyLink, type TopologyNode} from './topology.ts';

// NetJSON NetworkGraph, which routing daemons and OpenWISP speak.
// Source: netjson.org/rfc.html, section NetworkGraph.

export function isNetJson(value: JsonObject): boolean {
	return value.type === 'NetworkGraph';
}

/** Reads nodes and links; 'cost' is taken for ETX where the metric is of that kind. Errors: TopologyError. */
export function readNetJson(value: JsonObject, file: string): Topology {
	const ids = new Map<string, number>();
	const places: (LatitudeLongitude | undefined)[] = [];
	const nodes = listAt(value, 'nodes', file, NODE_LIMIT).map((node, id): TopologyNode => {
		if (!isObject(node) || typeof node.id !== 'string') throw new TopologyError(file, `nodes[${id}].id`, 'a text');
		if (ids.has(node.id)) throw new TopologyError(file, `nodes[${id}].id`, 'an id that no other node has');
		ids.set(node.id, id);
		places.push(placeOf(node, file, `nodes[${id}]`));
		return {id, ...(typeof node.label === 'string' ? {name: node.label} : {})};
	});
	const isEtx = typeof value.metric === 'string' && value.metric.toLowerCase().includes('etx');
	const links = listAt(value, 'links', file, LINK_LIMIT).flatMap((link, i): TopologyLink[] => {
		const path = `links[${i}]`;
		if (!isObject(link)) throw new TopologyError(file, path, 'an object');
		const [a, b] = [ids.get(String(link.source)), ids.get(String(link.target))];
		if (a === undefined) throw new TopologyError(file, `${path}.source`, "a node's id");
		if (b === undefined) throw new TopologyError(file, `${path}.target`, "a node's id");
		const cost = numberAt(link, 'cost', file, path, 0, 1e12);
		return a === b ? [] : [{a, b, ...(isEtx && cost !== undefined && cost >= 1 ? {etx: cost} : {})}];
	});
	const name = typeof value.label === 'string' && value.label !== '' ? value.label : file;
	return {name, source: 'NetJSON NetworkGraph', nodes: placed(nodes, places), links: withoutRepeats(links)};
}

/**
 * Whether it is what graph libraries write: nodes with an `id` of any kind, `links` or `edges` with `source` and `target`.
 * Source: networkx' node_link_data, which d3's force layout reads too.
 */
export function isNodeLink({nodes, links, edges}: JsonObject): boolean {
	const [first] = [links ?? edges].flat();
	return Array.isArray(nodes) && isObject(first) && 'source' in first && 'target' in first;
}

/** Reads nodes and who is linked to whom, and no more. Errors: TopologyError. */
export function readNodeLink(value: JsonObject, file: string): Topology {
	const nodes = listAt(value, 'nodes', file, NODE_LIMIT).map((node, i) => {
		if (!isObject(node) || !['string', 'number'].includes(typeof node.id))
			throw new TopologyError(file, `nodes[${i}].id`, 'a text or a number');
		return {id: String(node.id)};
	});
	const list = 'links' in value ? 'links' : 'edges';
	const links = listAt(value, list, file, LINK_LIMIT).map(link =>
		isObject(link) ? {source: link.source, target: link.target} : link,
	);
	return {...readNetJson({nodes, links}, file), source: 'node-link JSON'};
}

/** OpenWISP puts a place into 'properties', as latitude and longitude or as a pair 'location'. */
function placeOf(node: JsonObject, file: string, path: string): LatitudeLongitude | undefined {
	const {properties} = node;
	if (!isObject(properties)) return undefined;
	const location = isObject(properties.location) ? properties.location : properties;
	const where = `${path}.properties`;
	const latitude =
		numberAt(location, 'latitude', file, where, -90, 90) ?? numberAt(location, 'lat', file, where, -90, 90);
	const longitude =
		numberAt(location, 'longitude', file, where, -180, 180) ?? numberAt(location, 'lng', file, where, -180, 180);
	return latitude === undefined || longitude === undefined ? undefined : {latitude, longitude};
}
