// SPDX-License-Identifier: Apache-2.0

// A mesh as data: nodes, and the links between them that somebody measured or drew.

export interface TopologyNode {
	readonly id: number;
	/** Metres from any common point. Absent: not known. */
	readonly xM?: number;
	readonly yM?: number;
	/** Absent: nobody said so. */
	readonly gateway?: boolean;
	readonly name?: string;
}

export interface TopologyLink {
	readonly a: number;
	readonly b: number;
	/** Share of frames that arrive in the worse direction, 0 to 1. */
	readonly quality?: number;
	/** Expected transmissions, 1 or more. */
	readonly etx?: number;
}

/** Shape: what the files in `data/` hold. Every link joins two nodes that are there; none joins a node to itself. */
export interface Topology {
	readonly name: string;
	readonly source?: string;
	readonly note?: string;
	readonly nodes: readonly TopologyNode[];
	readonly links: readonly TopologyLink[];
}

/** A file that is no topology: where in its JSON, and what was expected there. */
export class TopologyError extends Error {
	constructor(file: string, path: string, expected: string) {
		super(`${file}: ${path === '' ? 'the file' : path}: expected ${expected}`);
		this.name = 'TopologyError';
	}
}

/** A topology by number: nodes and links by their place, for algorithms. */
export interface Graph {
	readonly nodes: number;
	/** Link l joins `ends[2l]` and `ends[2l + 1]`, which are places in the topology's list of nodes. */
	readonly ends: Int32Array;
	/** The links at each node. */
	readonly linksAt: readonly (readonly number[])[];
	/** The other ends of these. */
	readonly neighbours: readonly (readonly number[])[];
}

export function graphOf({nodes, links}: Topology): Graph {
	const places = new Map(nodes.map(({id}, place) => [id, place]));
	const ends = new Int32Array(2 * links.length);
	const linksAt: number[][] = nodes.map(() => []);
	const neighbours: number[][] = nodes.map(() => []);
	links.forEach((link, index) => {
		const a = places.get(link.a) ?? 0;
		const b = places.get(link.b) ?? 0;
		ends[2 * index] = a;
		ends[2 * index + 1] = b;
		linksAt[a]?.push(index);
		linksAt[b]?.push(index);
		neighbours[a]?.push(b);
		neighbours[b]?.push(a);
	});
	return {nodes: nodes.length, ends, linksAt, neighbours};
}

/** Hops between all nodes by breadth-first search; -1 where there is no way. Shape: `hops[from * nodes + to]`. */
export function hopsOf({nodes, neighbours}: Graph): Int32Array {
	const hops = new Int32Array(nodes * nodes).fill(-1);
	const queue = new Int32Array(nodes);
	for (let from = 0; from < nodes; from++) {
		const row = from * nodes;
		hops[row + from] = 0;
		queue[0] = from;
		let length = 1;
		for (let head = 0; head < length; head++) {
			const at = queue[head] as number;
			for (const next of neighbours[at] ?? []) {
				if (hops[row + next] !== -1) continue;
				hops[row + next] = (hops[row + at] as number) + 1;
				queue[length++] = next;
			}
		}
	}
	return hops;
}
