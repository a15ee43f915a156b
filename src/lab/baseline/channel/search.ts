// SPDX-License-Identifier: Apache-2.0
import {exponential} from '../../medium/exact.ts';
import {type Assignment, add, type ChannelInstance, endsOf, potentialOf} from './instance.ts';

export interface SearchEffort {
	/** Moves tried in one cooling. */
	readonly moves: number;
	/** Coolings, each from another start; the best of all is kept. */
	readonly coolings: number;
}

/** Of a mean link's conflicts: a change for the worse by so much is still taken now and then at first. */
const FIRST_TEMPERATURE_SHARE = 0.12;
const LAST_TEMPERATURE = 0.25;
/** How often a move takes more links along than it must. */
const SPREAD = 0.05;

/**
 * The best assignment that long looking finds: what every faster method is measured against.
 *
 * Shape:  simulated annealing. A move takes one link from its channel to another; where a node would need a radio more
 *         than it has, its other links of the old channel come along, and so on through the mesh. So every assignment
 *         on the way is one that the radios can do.
 * Validity: an upper bound of the optimum. On instances up to 30 links `exact.ts` tells how far off.
 */
export function searchAssignment(
	instance: ChannelInstance,
	start: Assignment,
	effort: SearchEffort,
	random: () => number,
): Assignment {
	let best = start.slice();
	let bestPotential = potentialOf(instance, best);
	for (let cooling = 0; cooling < effort.coolings; cooling++) {
		const annealer = new Annealer(instance, start, random);
		annealer.cool(effort.moves);
		if (annealer.bestPotential >= bestPotential) continue;
		best = annealer.best;
		bestPotential = annealer.bestPotential;
	}
	return best;
}

/** An assignment, what it costs, and how a move changes that. */
class Annealer {
	best: Assignment;
	bestPotential: number;
	readonly #instance: ChannelInstance;
	readonly #random: () => number;
	readonly #assignment: Assignment;
	/** Links of a node on a channel; conflicts of a link on a channel. */
	readonly #used: Int32Array;
	readonly #around: Int32Array;
	#potential: number;
	// One move: the links that change, in order.
	readonly #moved: Int32Array;
	readonly #marked: Uint8Array;
	#movedCount = 0;

	constructor(instance: ChannelInstance, start: Assignment, random: () => number) {
		const {graph, links, channels, conflicts} = instance;
		this.#instance = instance;
		this.#random = random;
		this.#assignment = start.slice();
		this.#used = new Int32Array(graph.nodes * channels);
		this.#around = new Int32Array(links * channels);
		for (let e = 0; e < links; e++) {
			for (const node of endsOf(graph, e)) add(this.#used, node * channels + (start[e] as number), 1);
			for (const f of conflicts[e] as Int32Array) add(this.#around, e * channels + (start[f] as number), 1);
		}
		this.#potential = potentialOf(instance, start);
		this.best = start.slice();
		this.bestPotential = this.#potential;
		this.#moved = new Int32Array(links);
		this.#marked = new Uint8Array(links);
	}

	cool(moves: number): void {
		const {links, channels, pairs} = this.#instance;
		const first = Math.max(1, ((2 * pairs) / Math.max(1, links)) * FIRST_TEMPERATURE_SHARE);
		const step = (first - LAST_TEMPERATURE) / moves;
		let temperature = first;
		for (let move = 0; move < moves; move++) {
			temperature -= step;
			const link = Math.floor(this.#random() * links);
			const from = this.#assignment[link] as number;
			const to = (from + 1 + Math.floor(this.#random() * (channels - 1))) % channels;
			if (!this.#collect(link, from, to)) continue;
			const change = this.#recolour(from, to);
			if (change <= 0 || this.#random() < exponential(-change / temperature)) this.#accept(change);
			else this.#recolour(to, from);
		}
	}

	#accept(change: number): void {
		this.#potential += change;
		if (this.#potential >= this.bestPotential) return;
		this.bestPotential = this.#potential;
		this.best.set(this.#assignment);
	}

	/** Gathers the links that go along, so that no node needs more radios than it has. */
	#collect(link: number, from: number, to: number): boolean {
		const {graph, channels, radios} = this.#instance;
		const moved = this.#moved;
		moved[0] = link;
		this.#movedCount = 1;
		this.#marked[link] = 1;
		for (let head = 0; head < this.#movedCount; head++) {
			const e = moved[head] as number;
			for (let end = 0; end < 2; end++) {
				const node = graph.ends[2 * e + end] as number;
				const mustAll =
					(this.#used[node * channels + to] as number) === 0 &&
					this.#channelsAt(node) >= radios &&
					(this.#used[node * channels + from] as number) > 1;
				if (!mustAll && this.#random() >= SPREAD) continue;
				for (const other of graph.linksAt[node] as readonly number[]) {
					if (this.#assignment[other] !== from || this.#marked[other] === 1) continue;
					this.#marked[other] = 1;
					moved[this.#movedCount++] = other;
				}
			}
		}
		for (let i = 0; i < this.#movedCount; i++) this.#marked[moved[i] as number] = 0;
		return true;
	}

	#channelsAt(node: number): number {
		const {channels} = this.#instance;
		let distinct = 0;
		for (let at = node * channels; at < (node + 1) * channels; at++) if ((this.#used[at] as number) > 0) distinct++;
		return distinct;
	}

	/** Moves the gathered links to a channel; answers by how much the potential changes. */
	#recolour(from: number, to: number): number {
		const {graph, channels, conflicts} = this.#instance;
		let change = 0;
		for (let i = 0; i < this.#movedCount; i++) {
			const e = this.#moved[i] as number;
			change += (this.#around[e * channels + to] as number) - (this.#around[e * channels + from] as number);
			this.#assignment[e] = to;
			add(this.#used, (graph.ends[2 * e] as number) * channels + from, -1);
			add(this.#used, (graph.ends[2 * e] as number) * channels + to, 1);
			add(this.#used, (graph.ends[2 * e + 1] as number) * channels + from, -1);
			add(this.#used, (graph.ends[2 * e + 1] as number) * channels + to, 1);
			for (const f of conflicts[e] as Int32Array) {
				add(this.#around, f * channels + from, -1);
				add(this.#around, f * channels + to, 1);
			}
		}
		return change;
	}
}
