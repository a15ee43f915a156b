// SPDX-License-Identifier: Apache-2.0
import type {Topology, TopologyLink, TopologyNode} from './topology.ts';

export interface AnonymiseOptions {
	/** The side of the grid that places are snapped to. */
	readonly gridM: number;
	/** Decides the order of nodes: with another one nobody can tell which node was which. */
	readonly random: () => number;
}

export interface AnonymityReport {
	readonly nodes: number;
	/** Nodes with a place. */
	readonly placed: number;
	/** For k = 1, 2, …: how many cells of the grid hold k nodes. */
	readonly cellsWith: ReadonlyMap<number, number>;
	/** Each place is shared by at least so many nodes; 0 without places. */
	readonly k: number;
	/** Nodes that are alone in their cell: who knows the village finds them. */
	readonly alone: number;
}

/**
 * A topology without what identifies: no names, addresses or notes; nodes in a drawn order; places snapped to the middle
 * of a grid's cells and moved so that the first cell is the origin; qualities to two digits.
 *
 * Validity: who has the network's own map can still match the shape of the graph; that is what sharing it means.
 */
export function anonymise(
	topology: Topology,
	options: AnonymiseOptions,
): {topology: Topology; report: AnonymityReport} {
	const {gridM, random} = options;
	const order = topology.nodes
		.map(node => ({node, key: random()}))
		.sort((a, b) => a.key - b.key)
		.map(({node}) => node);
	const ids = new Map(order.map(({id}, place) => [id, place]));
	const cellOf = (metres: number): number => Math.floor(metres / gridM);
	const cells = order.map(({xM, yM}) =>
		xM === undefined || yM === undefined ? undefined : ([cellOf(xM), cellOf(yM)] as const),
	);
	const known = cells.filter(cell => cell !== undefined);
	const west = Math.min(...known.map(([x]) => x));
	const south = Math.min(...known.map(([, y]) => y));
	const nodes = order.map(({gateway}, id): TopologyNode => {
		const cell = cells[id];
		const place = cell && {xM: (cell[0] - west) * gridM, yM: (cell[1] - south) * gridM};
		return {id, ...place, ...(gateway === true ? {gateway} : {})};
	});
	const links = topology.links
		.map(({a, b, quality, etx}): TopologyLink => {
			const ends = [ids.get(a) ?? 0, ids.get(b) ?? 0].sort((one, other) => one - other);
			return {
				a: ends[0] as number,
				b: ends[1] as number,
				...(quality === undefined ? {} : {quality: twoDigits(quality)}),
				...(etx === undefined ? {} : {etx: twoDigits(etx)}),
			};
		})
		.sort((one, other) => one.a - other.a || one.b - other.b);
	return {
		topology: {name: 'anonymous', note: `places on a grid of ${gridM} m`, nodes, links},
		report: reportOf(order.length, known),
	};
}

function twoDigits(value: number): number {
	return Math.round(value * 100) / 100;
}

function reportOf(nodes: number, cells: readonly (readonly [number, number])[]): AnonymityReport {
	const crowd = new Map<string, number>();
	for (const [x, y] of cells) crowd.set(`${x} ${y}`, (crowd.get(`${x} ${y}`) ?? 0) + 1);
	const cellsWith = new Map<number, number>();
	for (const count of crowd.values()) cellsWith.set(count, (cellsWith.get(count) ?? 0) + 1);
	const k = crowd.size === 0 ? 0 : Math.min(...crowd.values());
	return {nodes, placed: cells.length, cellsWith, k, alone: cellsWith.get(1) ?? 0};
}
