// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {Topology, TopologyLink, TopologyNode} from './topology.ts';

const SPACING_M = 100;
/** A node of a random mesh hears so many others on average. */
const MEAN_DEGREE = 6;
const LARGEST = 10_000;

type Shape = (size: readonly number[], seed: number) => Pick<Topology, 'nodes' | 'links'>;

const shapes: Readonly<Record<string, Shape>> = {
	chain: ([n = 0]) => ({nodes: row(n), links: pairs(n - 1, i => [i, i + 1])}),
	ring: ([n = 0]) => ({nodes: circle(n), links: pairs(n, i => [i, (i + 1) % n])}),
	star: ([n = 0]) => ({nodes: [{id: 0, xM: 0, yM: 0}, ...circle(n, 1)], links: pairs(n, i => [0, i + 1])}),
	grid: ([columns = 0, rows = columns]) => lattice(columns, rows, false),
	king: ([columns = 0, rows = columns]) => lattice(columns, rows, true),
	random: ([n = 0], seed) => geometric(n, seed),
};

/**
 * A topology of a shape: 'chain:6', 'ring:5', 'star:4' (four leaves), 'grid:5x5', 'king:10x10' (diagonals too),
 * 'random:50' (a connected random geometric graph).
 *
 * Absent: undefined for words that are none of these.
 */
export function generate(words: string, seed: number): Topology | undefined {
	const [name = '', size = ''] = words.split(':');
	const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
	const numbers = size.split('x').map(Number);
	if (shape === undefined || !numbers.every(number => Number.isSafeInteger(number) && number > 0)) return undefined;
	if (numbers.reduce((product, number) => product * number, 1) > LARGEST) return undefined;
	return {name: words, note: 'generated', ...shape(numbers, seed)};
}

function row(count: number): TopologyNode[] {
	return Array.from({length: count}, (_, id) => ({id, xM: id * SPACING_M, yM: 0}));
}

/** Neighbours on the circle are one spacing apart. */
function circle(count: number, first = 0): TopologyNode[] {
	const radiusM = count < 2 ? 0 : SPACING_M / (2 * Math.sin(Math.PI / count));
	return Array.from({length: count}, (_, i) => {
		const angle = (2 * Math.PI * i) / count;
		return {id: first + i, xM: Math.round(radiusM * Math.cos(angle)), yM: Math.round(radiusM * Math.sin(angle))};
	});
}

function pairs(count: number, ends: (i: number) => readonly [number, number]): TopologyLink[] {
	return Array.from({length: Math.max(0, count)}, (_, i) => ends(i))
		.filter(([a, b]) => a !== b)
		.map(([a, b]) => ({a, b}));
}

function lattice(columns: number, rows: number, diagonals: boolean): Pick<Topology, 'nodes' | 'links'> {
	const nodes: TopologyNode[] = [];
	const links: TopologyLink[] = [];
	for (let y = 0; y < rows; y++)
		for (let x = 0; x < columns; x++) {
			const id = y * columns + x;
			nodes.push({id, xM: x * SPACING_M, yM: y * SPACING_M});
			if (x + 1 < columns) links.push({a: id, b: id + 1});
			if (y + 1 < rows) links.push({a: id, b: id + columns});
			if (!diagonals || y + 1 >= rows) continue;
			if (x + 1 < columns) links.push({a: id, b: id + columns + 1});
			if (x > 0) links.push({a: id, b: id + columns - 1});
		}
	return {nodes, links};
}

/** Nodes anywhere in a square; all within range are linked, and parts that are apart by their shortest gap. */
function geometric(count: number, seed: number): Pick<Topology, 'nodes' | 'links'> {
	const random = seededRandom(seed);
	const sideM = SPACING_M * Math.sqrt((count * Math.PI) / MEAN_DEGREE);
	const nodes = Array.from({length: count}, (_, id) => ({
		id,
		xM: Math.round(random() * sideM),
		yM: Math.round(random() * sideM),
	}));
	const links: TopologyLink[] = [];
	const part = nodes.map(({id}) => id);
	const join = (a: number, b: number): void => {
		links.push({a, b});
		const [from, to] = [part[a], part[b]];
		for (let i = 0; i < count; i++) if (part[i] === from) part[i] = to as number;
	};
	const candidates: [number, number, number][] = [];
	for (let a = 0; a < count; a++)
		for (let b = a + 1; b < count; b++) {
			const [one, other] = [nodes[a], nodes[b]] as [(typeof nodes)[0], (typeof nodes)[0]];
			candidates.push([(one.xM - other.xM) ** 2 + (one.yM - other.yM) ** 2, a, b]);
		}
	candidates.sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2]);
	for (const [square, a, b] of candidates) if (square <= SPACING_M ** 2 || part[a] !== part[b]) join(a, b);
	return {nodes, links};
}
