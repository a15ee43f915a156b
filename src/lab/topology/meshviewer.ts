// SPDX-License-Identifier: Apache-2.0
import {type LatitudeLongitude, onGround} from './ground.ts';
import {isObject, type JsonObject, LINK_LIMIT, listAt, NODE_LIMIT, numberAt, withoutRepeats} from './read.ts';
import {type Topology, TopologyError, type TopologyLink, type TopologyNode} from './topology.ts';

// What Freifunk communities publish for their maps: one meshviewer.json (yanic, hopglass), or the older pair of
// nodes.json and graph.json, of which the graph alone has the links.
// Source: yanic output/meshviewer-ffrgb; ffmap-backend.

/** meshviewer.json has nodes by 'node_id' and links by 'source' and 'target'. */
export function isMeshviewer(value: JsonObject): boolean {
	const [node] = Array.isArray(value.nodes) ? (value.nodes as unknown[]) : [];
	return isObject(node) && typeof node.node_id === 'string';
}

/** Reads its Wi-Fi links; tunnels and cables are not air. Errors: TopologyError. */
export function readMeshviewer(value: JsonObject, file: string): Topology {
	const raw = listAt(value, 'nodes', file, NODE_LIMIT);
	const ids = new Map<string, number>();
	const places: (LatitudeLongitude | undefined)[] = [];
	const nodes: TopologyNode[] = raw.map((node, i) => {
		const path = `nodes[${i}]`;
		if (!isObject(node) || typeof node.node_id !== 'string') throw new TopologyError(file, `${path}.node_id`, 'a text');
		if (ids.has(node.node_id)) throw new TopologyError(file, `${path}.node_id`, 'an id that no other node has');
		ids.set(node.node_id, i);
		places.push(placeOf(node.location, file, `${path}.location`));
		return {id: i, ...named(node.hostname), ...(node.is_gateway === true ? {gateway: true} : {})};
	});
	const links = listAt(value, 'links', file, LINK_LIMIT).flatMap((link, i): TopologyLink[] => {
		const path = `links[${i}]`;
		if (!isObject(link)) throw new TopologyError(file, path, 'an object');
		if (link.type !== undefined && link.type !== 'wifi') return [];
		const [a, b] = [ids.get(String(link.source)), ids.get(String(link.target))];
		if (a === undefined) throw new TopologyError(file, `${path}.source`, "a node's node_id");
		if (b === undefined) throw new TopologyError(file, `${path}.target`, "a node's node_id");
		const forth = numberAt(link, 'source_tq', file, path, 0, 1);
		const back = numberAt(link, 'target_tq', file, path, 0, 1);
		return a === b ? [] : [{a, b, ...worse(forth, back)}];
	});
	return {name: file, source: 'meshviewer.json', nodes: placed(nodes, places), links: withoutRepeats(links)};
}

/** graph.json: links are pairs of places in the list of nodes, 'tq' is a cost: 1 is perfect. */
export function isGraphJson(value: JsonObject): boolean {
	return isObject(value.batadv) && Array.isArray(value.batadv.links);
}

export function readGraphJson(value: JsonObject, file: string): Topology {
	const graph = value.batadv as JsonObject;
	const raw = listAt(graph, 'nodes', file, NODE_LIMIT);
	const nodes = raw.map((node, id): TopologyNode => {
		if (!isObject(node)) throw new TopologyError(file, `batadv.nodes[${id}]`, 'an object');
		return {id};
	});
	const links = listAt(graph, 'links', file, LINK_LIMIT).flatMap((link, i): TopologyLink[] => {
		const path = `batadv.links[${i}]`;
		if (!isObject(link)) throw new TopologyError(file, path, 'an object');
		if (link.vpn === true) return [];
		const a = numberAt(link, 'source', file, path, 0, raw.length - 1);
		const b = numberAt(link, 'target', file, path, 0, raw.length - 1);
		if (a === undefined || b === undefined)
			throw new TopologyError(file, path, "'source' and 'target', places of nodes");
		const cost = numberAt(link, 'tq', file, path, 0, 1e6);
		return a === b ? [] : [{a, b, ...(cost === undefined || cost < 1 ? {} : {quality: 1 / cost})}];
	});
	return {name: file, source: 'graph.json', nodes, links: withoutRepeats(links)};
}

function named(hostname: unknown): {name?: string} {
	return typeof hostname === 'string' && hostname !== '' ? {name: hostname} : {};
}

function worse(forth: number | undefined, back: number | undefined): {quality?: number} {
	if (forth === undefined && back === undefined) return {};
	return {quality: Math.min(forth ?? 1, back ?? 1)};
}

function placeOf(value: unknown, file: string, path: string): LatitudeLongitude | undefined {
	if (!isObject(value)) return undefined;
	const latitude = numberAt(value, 'latitude', file, path, -90, 90);
	const longitude = numberAt(value, 'longitude', file, path, -180, 180);
	// Many communities mark "not known" by 0, 0, which is in the Atlantic.
	if (latitude === undefined || longitude === undefined || (latitude === 0 && longitude === 0)) return undefined;
	return {latitude, longitude};
}

export function placed(
	nodes: readonly TopologyNode[],
	places: readonly (LatitudeLongitude | undefined)[],
): readonly TopologyNode[] {
	const ground = onGround(places);
	return nodes.map((node, i) => ({...node, ...ground[i]}));
}
