// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import {SHARE_ONE} from '../../model/channel.ts';
import {type ChannelProblem, CLASSES, FORBIDDEN, NO_CLASS, sharesOf} from './problem.ts';

/** Units: whole numbers all. */
export interface SearchEffort {
	readonly moves: number;
	/** Of what a mean link costs: a change for the worse by so much is still taken now and then at first. Sixteenths. */
	readonly heat: number;
}

const LEAST_MOVES = 15_000;
/** More find no more in balls of so many free links. */
const SMALL_BALL = 18;
/** To look at so many conflicts takes just below 100 million MIPS instructions, a quarter of a second on a router. */
const LOOKS = 760_000;

/** Where links have few conflicts a move costs little: there are more of them in the same time. */
export function effortFor({free, conflicts}: ChannelProblem, heat: number): SearchEffort {
	let [links, sum] = [0, 0];
	conflicts.forEach((list, e) => {
		if (free[e] !== 1) return;
		links++;
		sum += list.length;
	});
	const affordable = links > SMALL_BALL ? Math.floor((LOOKS * links) / Math.max(1, sum)) : 0;
	return {moves: Math.max(LEAST_MOVES, affordable), heat};
}

export interface SearchAnswer {
	readonly assignment: Int32Array<ArrayBuffer>;
	/** By how much it costs less than the start; 0 or more. */
	readonly gain: number;
}

/** Looks for a cheaper assignment around `start`; what follows from the seed is the same for every search there is. */
export type Search = (problem: ChannelProblem, start: Int32Array, effort: SearchEffort, seed: number) => SearchAnswer;

/** -ln of the middle of each 256th of [0, 1), in 256ths: a change for the worse is taken when it is below this × heat. */
export const THRESHOLDS = Int32Array.from({length: 256}, (_, i) => Math.round(-256 * Math.log((i + 0.5) / 256)));
/** Of 256 lots, 2 ** SPREAD_BITS for each end of a link: a move takes more along than it must. */
const SPREAD_BITS = 4;
/** A move that takes more links along is not worth its counting. */
const LARGEST_MOVE = 12;
/** The last heat, of what one mean pair of links in conflict costs: one in so many. */
const COLD = 8;

/**
 * Looks for a cheaper assignment of the free links around a given one.
 *
 * Shape:  simulated annealing that keeps the best. A move takes one link from its channel to another; where a node would
 *         need a radio more than it has, its other links of the old channel come along, and so on. What may not change
 *         stops a move. So every assignment on the way is one that the radios can do.
 * Validity: the same seed gives the same answer on every platform, and from the host (src/runtime/quickjs/host/search.c)
 *         as from here: no number is rounded but the temperature, and that by basic arithmetic. The conformance suite
 *         compares both, so a change here is one there.
 */
export const search: Search = (problem, start, {moves, heat}, seed) => {
	const free: number[] = [];
	for (let e = 0; e < problem.links; e++) if (problem.free[e] === 1) free.push(e);
	const annealer = new Annealer(problem, start);
	if (free.length > 0 && problem.channels > 1) annealer.cool(free, {moves, heat}, seededRandom(seed));
	return {assignment: annealer.best, gain: annealer.gain};
};

class Annealer {
	best: Int32Array<ArrayBuffer>;
	gain = 0;
	readonly #problem: ChannelProblem;
	readonly #assignment: Int32Array<ArrayBuffer>;
	/** Of each link and channel: what its conflicts would cost it there, a sixteenth of its weight. */
	readonly #around: Int32Array;
	/** Links of a node on a channel; channels in use by class. */
	readonly #used: Int32Array;
	readonly #inUse: Int32Array;
	readonly #moved: Int32Array;
	readonly #marked: Uint8Array;
	/** Whether two links are in conflict: `#meets[e * links + f]`. */
	readonly #meets: Uint8Array;
	/** The overlap of two channels, in sixteenths. */
	readonly #shares: Int32Array;
	readonly #hasCoSite: boolean;
	readonly #seen: Uint8Array;
	#movedCount = 0;

	constructor(problem: ChannelProblem, start: Int32Array) {
		const {nodes, links, channels, ends, conflicts, weights, overlaps, classOf} = problem;
		this.#problem = problem;
		this.#assignment = Int32Array.from(start);
		this.best = Int32Array.from(start);
		this.#around = new Int32Array(links * channels);
		this.#used = new Int32Array(nodes * channels);
		this.#inUse = new Int32Array(nodes * CLASSES);
		this.#moved = new Int32Array(links);
		this.#marked = new Uint8Array(links);
		this.#seen = new Uint8Array(nodes);
		this.#meets = new Uint8Array(links * links);
		this.#shares = sharesOf(problem);
		this.#hasCoSite = problem.coSite.some(cost => cost > 0);
		for (let e = 0; e < links; e++) {
			const own = start[e] as number;
			const list = overlaps[own] as Int32Array;
			const weight = weights[e] as number;
			for (const f of conflicts[e] as Int32Array) {
				this.#meets[e * links + f] = 1;
				for (let i = 0; i < list.length; i += 2) {
					const at = f * channels + (list[i] as number);
					this.#around[at] = (this.#around[at] as number) + weight * (list[i + 1] as number);
				}
			}
			for (let end = 0; end < 2; end++) {
				const node = ends[2 * e + end] as number;
				const at = node * channels + own;
				const count = this.#used[at] as number;
				this.#used[at] = count + 1;
				if (count === 0) this.#count(node, classOf[at] as number, 1);
			}
		}
	}

	cool(free: readonly number[], {moves, heat}: SearchEffort, random: () => number): void {
		const assignment = this.#assignment;
		const {ofLink, ofPair} = this.#meanCosts(free);
		const last = ofPair / COLD + 1;
		const first = Math.max(last, (ofLink * heat) / 16);
		let lost = 0;
		let temperature = first;
		for (let move = 0; move < moves; move++) {
			// Heat falls as the square of what is left: long enough in the cold.
			if ((move & 15) === 0) {
				const left = (moves - move) / moves;
				temperature = Math.max(last, first * (left * left));
			}
			const link = free[Math.floor(random() * free.length)] as number;
			const from = assignment[link] as number;
			const lot = Math.floor(random() * 65536);
			const to = this.#next(link, from, lot >> 8, random);
			if (!this.#collect(link, from, to, lot >> 8)) continue;
			const change = this.#changeBy(from, to);
			if (change > 0 && change * 256 >= (THRESHOLDS[lot & 255] as number) * temperature) continue;
			for (let i = 0; i < this.#movedCount; i++) this.#recolour(this.#moved[i] as number, from, to);
			lost += change;
			if (-lost <= this.gain) continue;
			this.gain = -lost;
			this.best.set(assignment);
		}
	}

	/**
	 * Where a link could go: by three of four lots to where another link of one of its ends is, as the radio is there already; else
	 * anywhere.
	 */
	#next(link: number, from: number, lot: number, random: () => number): number {
		const {channels, ends, linksAt} = this.#problem;
		if ((lot & 3) !== 0) {
			const near = linksAt[ends[2 * link + ((lot >> 2) & 1)] as number] as readonly number[];
			const to = this.#assignment[near[Math.floor(random() * near.length)] as number] as number;
			if (to !== from) return to;
		}
		return (from + 1 + Math.floor(random() * (channels - 1))) % channels;
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

	/**
	 * Gathers the links that go along; low ones of 256 `lot`s take all of one end's. False where a link that must
	 * go may not.
	 */
	#collect(link: number, from: number, to: number, lot: number): boolean {
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
				if (!mustAll && (head > 0 || lot >> SPREAD_BITS !== end)) continue;
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
				if (count > LARGEST_MOVE) isPossible = false;
				if (!isPossible) break;
			}
		}
		for (let i = 0; i < count; i++) marked[moved[i] as number] = 0;
		this.#movedCount = count;
		return isPossible;
	}

	/** What moving the gathered links would change, without moving them. */
	#changeBy(from: number, to: number): number {
		const {channels, weights, foreign, links, ends} = this.#problem;
		const around = this.#around;
		const moved = this.#moved;
		const count = this.#movedCount;
		let change = 0;
		for (let i = 0; i < count; i++) {
			const e = moved[i] as number;
			const row = e * channels;
			const weight = weights[e] as number;
			change +=
				weight * ((around[row + to] as number) - (around[row + from] as number)) +
				(foreign[row + to] as number) -
				(foreign[row + from] as number);
			// Two that move together still meet: each missed the other where it was, and does not expect it where it goes.
			const pairs = e * links;
			for (let j = 0; j < i; j++) {
				const f = moved[j] as number;
				if (this.#meets[pairs + f] === 1) change += weight * (weights[f] as number) * this.#together(from, to);
			}
		}
		if (!this.#hasCoSite) return change;
		for (let i = 0; i < count; i++)
			for (let end = 0; end < 2; end++) {
				const node = ends[2 * (moved[i] as number) + end] as number;
				if (this.#seen[node] === 1) continue;
				this.#seen[node] = 1;
				change += this.#coSiteChange(node, from, to);
			}
		for (let i = 0; i < count; i++)
			for (let end = 0; end < 2; end++) this.#seen[ends[2 * (moved[i] as number) + end] as number] = 0;
		return change;
	}

	/** Of a pair that moves together: what the sum over both leaves out, per weight. */
	#together(from: number, to: number): number {
		const {channels} = this.#problem;
		const share = this.#shares;
		return (
			(share[to * channels + to] as number) +
			(share[from * channels + from] as number) -
			2 * (share[from * channels + to] as number)
		);
	}

	#coSiteChange(node: number, from: number, to: number): number {
		const {ends, channels, coSite} = this.#problem;
		const used = this.#used;
		let going = 0;
		for (let i = 0; i < this.#movedCount; i++) {
			const e = this.#moved[i] as number;
			if (ends[2 * e] === node || ends[2 * e + 1] === node) going++;
		}
		const row = node * channels;
		const isLeft = used[row + from] === going;
		const isTaken = used[row + to] === 0;
		let change = 0;
		for (let other = 0; other < channels; other++) {
			if ((used[row + other] as number) === 0 || other === from || other === to) continue;
			if (isTaken) change += coSite[to * channels + other] as number;
			if (isLeft) change -= coSite[from * channels + other] as number;
		}
		if (isTaken && !isLeft) change += coSite[to * channels + from] as number;
		if (!isTaken && isLeft) change -= coSite[to * channels + from] as number;
		return change;
	}

	#recolour(e: number, from: number, to: number): void {
		const {ends, channels, conflicts, weights, overlaps} = this.#problem;
		const around = this.#around;
		const weight = weights[e] as number;
		this.#assignment[e] = to;
		this.#leave(ends[2 * e] as number, from, to);
		this.#leave(ends[2 * e + 1] as number, from, to);
		const [left, taken] = [overlaps[from] as Int32Array, overlaps[to] as Int32Array];
		const others = conflicts[e] as Int32Array;
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
		if (there === 1) this.#count(node, classOf[next] as number, 1);
		if (here === 0) this.#count(node, classOf[old] as number, -1);
	}

	/** A plan may stand where no radio of the node can be: such a channel takes none. */
	#count(node: number, kind: number, change: number): void {
		if (kind === NO_CLASS) return;
		const place = node * CLASSES + kind;
		this.#inUse[place] = (this.#inUse[place] as number) + change;
	}
}
