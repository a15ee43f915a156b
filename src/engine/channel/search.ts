// SPDX-License-Identifier: Apache-2.0
import {SHARE_ONE} from '../../model/channel.ts';
import {type ChannelProblem, CLASSES, FORBIDDEN, NO_CLASS} from './problem.ts';

export interface SearchEffort {
	readonly moves: number;
	/** Of what a mean link costs: a change for the worse by so much is still taken now and then at first. Sixteenths. */
	readonly heat: number;
}

export interface SearchAnswer {
	readonly assignment: Int32Array<ArrayBuffer>;
	/** By how much it costs less than the start; 0 or more. */
	readonly gain: number;
}

/** -ln of the middle of each 256th of [0, 1), in 256ths: a change for the worse is taken when it is below this × heat. */
const THRESHOLDS = Int32Array.from({length: 256}, (_, i) => Math.round(-256 * Math.log((i + 0.5) / 256)));
/** How often a move takes more links along than it must: one in so many. */
const SPREAD = 20;
/** The last heat, of what one mean pair of links in conflict costs: one in so many. */
const COLD = 8;

/**
 * Looks for a cheaper assignment of the free links around a given one.
 *
 * Shape:  simulated annealing that keeps the best. A move takes one link from its channel to another; where a node would
 *         need a radio more than it has, its other links of the old channel come along, and so on. What may not change
 *         stops a move. So every assignment on the way is one that the radios can do.
 * Validity: the start is feasible. The same `random` gives the same answer on every platform: whole numbers only.
 */
export function search(
	problem: ChannelProblem,
	start: Int32Array,
	{moves, heat}: SearchEffort,
	random: () => number,
): SearchAnswer {
	const free: number[] = [];
	for (let e = 0; e < problem.links; e++) if (problem.free[e] === 1) free.push(e);
	const annealer = new Annealer(problem, start, random);
	if (free.length > 0 && problem.channels > 1) annealer.cool(free, moves, heat);
	return {assignment: annealer.best, gain: annealer.gain};
}

class Annealer {
	best: Int32Array<ArrayBuffer>;
	gain = 0;
	readonly #problem: ChannelProblem;
	readonly #random: () => number;
	readonly #assignment: Int32Array<ArrayBuffer>;
	/** Of each link and channel: what its conflicts would cost it there, a sixteenth of its weight. */
	readonly #around: Int32Array;
	/** Links of a node on a channel; channels in use by class. */
	readonly #used: Int32Array;
	readonly #inUse: Int32Array;
	readonly #moved: Int32Array;
	readonly #marked: Uint8Array;
	#movedCount = 0;
	#change = 0;

	constructor(problem: ChannelProblem, start: Int32Array, random: () => number) {
		const {nodes, links, channels, ends, conflicts, weights, overlaps, classOf} = problem;
		this.#problem = problem;
		this.#random = random;
		this.#assignment = Int32Array.from(start);
		this.best = Int32Array.from(start);
		this.#around = new Int32Array(links * channels);
		this.#used = new Int32Array(nodes * channels);
		this.#inUse = new Int32Array(nodes * CLASSES);
		this.#moved = new Int32Array(links);
		this.#marked = new Uint8Array(links);
		for (let e = 0; e < links; e++) {
			const own = start[e] as number;
			const list = overlaps[own] as Int32Array;
			const weight = weights[e] as number;
			for (const f of conflicts[e] as Int32Array)
				for (let i = 0; i < list.length; i += 2) {
					const at = f * channels + (list[i] as number);
					this.#around[at] = (this.#around[at] as number) + weight * (list[i + 1] as number);
				}
			for (let end = 0; end < 2; end++) {
				const node = ends[2 * e + end] as number;
				const at = node * channels + own;
				const count = this.#used[at] as number;
				this.#used[at] = count + 1;
				if (count > 0) continue;
				const place = node * CLASSES + (classOf[at] as number);
				this.#inUse[place] = (this.#inUse[place] as number) + 1;
			}
		}
	}

	cool(free: readonly number[], moves: number, heat: number): void {
		const {channels} = this.#problem;
		const random = this.#random;
		const assignment = this.#assignment;
		const {ofLink, ofPair} = this.#meanCosts(free);
		const last = ofPair / COLD + 1;
		const first = Math.max(last, (ofLink * heat) / 16);
		let lost = 0;
		for (let move = 0; move < moves; move++) {
			const link = free[Math.floor(random() * free.length)] as number;
			const from = assignment[link] as number;
			const to = (from + 1 + Math.floor(random() * (channels - 1))) % channels;
			if (!this.#collect(link, from, to)) continue;
			const change = this.#recolour(from, to);
			// Heat falls as the square of what is left: long enough in the cold.
			const left = (moves - move) / moves;
			const temperature = Math.max(last, first * left * left);
			const threshold = THRESHOLDS[Math.floor(random() * 256)] as number;
			if (change > 0 && change * 256 >= threshold * temperature) {
				this.#recolour(to, from);
				continue;
			}
			lost += change;
			if (-lost <= this.gain) continue;
			this.gain = -lost;
			this.best.set(assignment);
		}
	}

	/** What a free link costs on average if all were on its channel, and what each pair of it does. */
	#meanCosts(free: readonly number[]): {readonly ofLink: number; readonly ofPair: number} {
		const {conflicts, weights} = this.#problem;
		let sum = 0;
		let pairs = 0;
		for (const e of free)
			for (const f of conflicts[e] as Int32Array) {
				sum += SHARE_ONE * (weights[e] as number) * (weights[f] as number);
				pairs++;
			}
		return {ofLink: sum / free.length, ofPair: sum / Math.max(1, pairs)};
	}

	/** Gathers the links that go along. False where a link that must go may not. */
	#collect(link: number, from: number, to: number): boolean {
		const {ends, linksAt, channels, classOf, capacity, foreign, free} = this.#problem;
		const assignment = this.#assignment;
		const moved = this.#moved;
		const marked = this.#marked;
		const used = this.#used;
		moved[0] = link;
		marked[link] = 1;
		let count = 1;
		let isPossible = true;
		for (let head = 0; head < count && isPossible; head++) {
			const e = moved[head] as number;
			if ((foreign[e * channels + to] as number) >= FORBIDDEN) {
				isPossible = false;
				break;
			}
			for (let end = 0; end < 2; end++) {
				const node = ends[2 * e + end] as number;
				const at = node * channels + to;
				let mustAll = false;
				if ((used[at] as number) === 0) {
					const kind = classOf[at] as number;
					if (kind === NO_CLASS) {
						isPossible = false;
						break;
					}
					const place = node * CLASSES + kind;
					if ((this.#inUse[place] as number) >= (capacity[place] as number)) {
						// Only the old channel's radio can become the new one's.
						if (classOf[node * channels + from] !== kind) {
							isPossible = false;
							break;
						}
						mustAll = true;
					}
				}
				if ((used[node * channels + from] as number) < 2) continue;
				if (!mustAll && this.#random() * SPREAD >= 1) continue;
				for (const other of linksAt[node] as readonly number[]) {
					if (assignment[other] !== from || marked[other] === 1) continue;
					if (free[other] === 0) {
						if (!mustAll) continue;
						isPossible = false;
						break;
					}
					marked[other] = 1;
					moved[count++] = other;
				}
				if (!isPossible) break;
			}
		}
		for (let i = 0; i < count; i++) marked[moved[i] as number] = 0;
		this.#movedCount = count;
		return isPossible;
	}

	/** Moves the gathered links; answers by how much the cost changes. */
	#recolour(from: number, to: number): number {
		this.#change = 0;
		for (let i = 0; i < this.#movedCount; i++) this.#recolourOne(this.#moved[i] as number, from, to);
		return this.#change;
	}

	#recolourOne(e: number, from: number, to: number): void {
		const {ends, channels, conflicts, weights, overlaps, foreign} = this.#problem;
		const around = this.#around;
		const weight = weights[e] as number;
		const row = e * channels;
		this.#change +=
			weight * ((around[row + to] as number) - (around[row + from] as number)) +
			(foreign[row + to] as number) -
			(foreign[row + from] as number);
		this.#assignment[e] = to;
		this.#leave(ends[2 * e] as number, from, to);
		this.#leave(ends[2 * e + 1] as number, from, to);
		const [left, taken] = [overlaps[from] as Int32Array, overlaps[to] as Int32Array];
		const others = conflicts[e] as Int32Array;
		if (left.length === 2 && taken.length === 2) {
			// Channels that overlap nothing but themselves, which is all of 5 GHz at one width.
			const [less, more] = [weight * (left[1] as number), weight * (taken[1] as number)];
			for (let i = 0; i < others.length; i++) {
				const at = (others[i] as number) * channels;
				around[at + from] = (around[at + from] as number) - less;
				around[at + to] = (around[at + to] as number) + more;
			}
			return;
		}
		for (let i = 0; i < others.length; i++) {
			const at = (others[i] as number) * channels;
			for (let j = 0; j < left.length; j += 2) {
				const place = at + (left[j] as number);
				around[place] = (around[place] as number) - weight * (left[j + 1] as number);
			}
			for (let j = 0; j < taken.length; j += 2) {
				const place = at + (taken[j] as number);
				around[place] = (around[place] as number) + weight * (taken[j + 1] as number);
			}
		}
	}

	/** One link of a node goes from a channel to another. */
	#leave(node: number, from: number, to: number): void {
		const {channels, classOf} = this.#problem;
		const used = this.#used;
		const [old, next] = [node * channels + from, node * channels + to];
		const [there, here] = [(used[next] as number) + 1, (used[old] as number) - 1];
		used[next] = there;
		used[old] = here;
		if (there === 1) {
			const place = node * CLASSES + (classOf[next] as number);
			this.#inUse[place] = (this.#inUse[place] as number) + 1;
			this.#change += this.#coSite(node, to);
		}
		if (here === 0) {
			const place = node * CLASSES + (classOf[old] as number);
			this.#inUse[place] = (this.#inUse[place] as number) - 1;
			this.#change -= this.#coSite(node, from);
		}
	}

	/** What a channel costs the others in use at a node. */
	#coSite(node: number, channel: number): number {
		const {channels, coSite} = this.#problem;
		let cost = 0;
		for (let other = 0; other < channels; other++)
			if (other !== channel && (this.#used[node * channels + other] as number) > 0)
				cost += coSite[channel * channels + other] as number;
		return cost;
	}
}
