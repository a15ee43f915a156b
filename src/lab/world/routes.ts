// SPDX-License-Identifier: Apache-2.0

import {survival} from '../medium/error-rate.ts';
import {mpduBits} from '../medium/graph/exchange.ts';
import type {Couplings, Hop, RadioSetup} from '../medium/medium.ts';
import {CARRIER_SENSE_DBM} from '../medium/parameters.ts';
import {type Rate, rates} from '../medium/rates.ts';

/** A way between two neighbours over one pair of radios. */
export interface Edge {
	readonly node: number;
	readonly fromRadio: number;
	readonly toRadio: number;
	/** Time on the air for a packet, retries included, in the worse direction. */
	readonly costUs: number;
	readonly snrDb: number;
}

const REFERENCE_BYTES = 1500;
/** Preambles, spaces and acknowledgement. */
const OVERHEAD_US = 120;
/** What is lost more often is no link. */
const LEAST_SUCCESS = 0.1;
const STEP_DB = 0.5;
const choices = new Map<string, readonly RateAt[]>();

/** The best rate at a signal-to-noise ratio, and what a packet costs with it. */
export interface RateAt {
	/** Time on the air, retries included; infinite where no rate gets a tenth through. */
	readonly costUs: number;
	/** That of the lowest rate where none gets through. */
	readonly kbps: number;
}

/**
 * The rate at which a packet costs least.
 *
 * Source: IEEE 802.11-2020 14.9, airtime link metric: (overhead + bits / rate) / (1 - error).
 */
export function bestRate(snrDb: number, standard: RadioSetup['standard'], widthMhz: 20 | 40): RateAt {
	const key = `${standard}${widthMhz}`;
	let table = choices.get(key);
	if (table === undefined) {
		const usable = rates.filter(rate => isUsable(rate, standard, widthMhz));
		table = Array.from({length: 121}, (_, step) => choose(usable, step * STEP_DB));
		choices.set(key, table);
	}
	const step = Math.max(0, Math.min(Math.floor(snrDb / STEP_DB), table.length - 1));
	const best = table[step] ?? {costUs: Number.POSITIVE_INFINITY, kbps: 0};
	return snrDb < 0 ? {...best, costUs: Number.POSITIVE_INFINITY} : best;
}

function choose(usable: readonly Rate[], snrDb: number): RateAt {
	let best: RateAt = {costUs: Number.POSITIVE_INFINITY, kbps: Math.min(...usable.map(({kbps}) => kbps))};
	for (const rate of usable) {
		const success = survival(rate, mpduBits(REFERENCE_BYTES, rate), snrDb);
		if (success < LEAST_SUCCESS) continue;
		const costUs = (OVERHEAD_US + (REFERENCE_BYTES * 8000) / rate.kbps) / success;
		if (costUs < best.costUs) best = {costUs, kbps: rate.kbps};
	}
	return best;
}

function isUsable(rate: Rate, standard: RadioSetup['standard'], widthMhz: 20 | 40): boolean {
	if (standard === 'b') return rate.phy === 'dsss';
	if (standard !== 'n') return rate.phy === 'ofdm';
	return rate.phy === 'ht' && rate.widthMhz === widthMhz && rate.streams === 1 && !rate.name.endsWith('-short');
}

/** Every node's neighbours with the best pair of radios to each; radios that must not be used are left out. */
export function edgesOf(
	radios: readonly RadioSetup[],
	nodes: number,
	couplings: Couplings,
	isUsed: (radio: number) => boolean,
): readonly (readonly Edge[])[] {
	const {from, to, receivedDbm} = couplings;
	const snr = new Map<number, number>();
	for (let i = 0; i < from.length; i++) {
		const [sender, receiver] = [from[i] ?? 0, to[i] ?? 0];
		const [a, b] = [radios[sender], radios[receiver]];
		const dbm = receivedDbm[i] ?? -200;
		if (a === undefined || b === undefined || a.node === b.node || a.primaryMhz !== b.primaryMhz) continue;
		if (dbm < CARRIER_SENSE_DBM || !isUsed(sender) || !isUsed(receiver)) continue;
		snr.set(sender * radios.length + receiver, dbm - b.noiseDbm);
	}
	const best = Array.from({length: nodes}, () => new Map<number, Edge>());
	for (const [key, there] of snr) {
		const [sender, receiver] = [Math.floor(key / radios.length), key % radios.length];
		const back = snr.get(receiver * radios.length + sender);
		const [a, b] = [radios[sender], radios[receiver]];
		if (back === undefined || a === undefined || b === undefined) continue;
		const width = a.widthMhz === 20 ? 20 : b.widthMhz;
		const snrDb = Math.min(there, back);
		const {costUs} = bestRate(snrDb, a.standard, width);
		if (!Number.isFinite(costUs)) continue;
		const known = best[a.node]?.get(b.node);
		if (known === undefined || costUs < known.costUs)
			best[a.node]?.set(b.node, {node: b.node, fromRadio: sender, toRadio: receiver, costUs, snrDb});
	}
	return best.map(map => [...map.values()].sort((a, b) => a.node - b.node));
}

/** A tree of cheapest ways towards one or several roots. */
export interface Tree {
	/** The next hop of each node towards its root. Absent: a root, or no way. */
	readonly next: readonly (Edge | undefined)[];
	readonly costUs: Float64Array;
}

/** Source: E. Dijkstra, "A note on two problems in connexion with graphs" (1959), with a heap. */
export function cheapestTree(edges: readonly (readonly Edge[])[], roots: readonly number[]): Tree {
	const costUs = new Float64Array(edges.length).fill(Number.POSITIVE_INFINITY);
	const next: (Edge | undefined)[] = edges.map(() => undefined);
	const heap: [number, number][] = [];
	const push = (cost: number, node: number): void => {
		let at = heap.push([cost, node]) - 1;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			const [up, down] = [heap[parent], heap[at]];
			if (up === undefined || down === undefined || up[0] <= down[0]) break;
			[heap[parent], heap[at]] = [down, up];
			at = parent;
		}
	};
	const pop = (): [number, number] | undefined => {
		const top = heap[0];
		const last = heap.pop();
		if (heap.length === 0 || last === undefined) return top;
		heap[0] = last;
		for (let at = 0; ; ) {
			let least = at;
			for (const child of [2 * at + 1, 2 * at + 2])
				if ((heap[child]?.[0] ?? Number.POSITIVE_INFINITY) < (heap[least]?.[0] ?? 0)) least = child;
			if (least === at) return top;
			const [one, other] = [heap[at], heap[least]];
			if (one === undefined || other === undefined) return top;
			[heap[at], heap[least]] = [other, one];
			at = least;
		}
	};
	for (const root of roots) {
		costUs[root] = 0;
		push(0, root);
	}
	for (let entry = pop(); entry !== undefined; entry = pop()) {
		const [cost, node] = entry;
		if (cost > (costUs[node] ?? 0)) continue;
		for (const edge of edges[node] ?? []) {
			const through = cost + edge.costUs;
			if (through >= (costUs[edge.node] ?? 0)) continue;
			costUs[edge.node] = through;
			// The way back: from the neighbour to this node.
			next[edge.node] = {...edge, node, fromRadio: edge.toRadio, toRadio: edge.fromRadio};
			push(through, edge.node);
		}
	}
	return {next, costUs};
}

/** The hops from a node to its root. Absent: undefined where there is no way. */
export function hopsToRoot(tree: Tree, from: number): readonly Hop[] | undefined {
	if (!Number.isFinite(tree.costUs[from] ?? Number.POSITIVE_INFINITY)) return undefined;
	const hops: Hop[] = [];
	for (let edge = tree.next[from]; edge !== undefined; edge = tree.next[edge.node])
		hops.push({from: edge.fromRadio, to: edge.toRadio, rate: 'adaptive'});
	return hops;
}

/** The same way in the other direction. */
export function reversed(hops: readonly Hop[]): readonly Hop[] {
	return hops.map(({from, to, rate}) => ({from: to, to: from, rate})).reverse();
}
