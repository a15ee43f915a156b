// SPDX-License-Identifier: Apache-2.0
import type {Conflicts} from './independent-sets.ts';

const SWEEPS = 200;
const TOLERANCE = 1e-7;
const DAMPING = 0.3;

/**
 * Shares of time on a graph of any size, by messages between vertices and cliques.
 *
 * Shape:    every conflict lies in some clique, of which at most one vertex is active. A vertex tells a clique the ratio r =
 *           active : silent as the rest of the graph would have it, r(v→C) = ρ_v·Π q(D→v) over its other cliques D; a
 *           clique answers q(C→v) = 1 / (1 + Σ r(u→C)) over its other vertices. Shares are R/(1 + R), R = ρ·Π q.
 * Source:   Yedidia, Freeman, Weiss, "Constructing free-energy approximations and generalized belief propagation
 *           algorithms", IEEE Trans. Inf. Theory 51 (2005): the Bethe approximation on the factor graph of cliques; for
 *           CSMA: Kai, Liew, "Applications of belief propagation in CSMA wireless networks", IEEE/ACM ToN 20 (2012).
 * Validity: exact where cliques form a tree (one clique, chains, stars). On rings it errs; `component.ts`, which corrects
 *           it, says by how much.
 */
export class Belief {
	readonly #vertices: number;
	/** Vertices of each clique, one after the other. A place in this list is a message's index. */
	readonly #member: Uint32Array;
	readonly #cliqueStart: Uint32Array;
	/** Places of each vertex. */
	readonly #placeStart: Uint32Array;
	readonly #place: Uint32Array;
	readonly #cliqueOfPlace: Uint32Array;
	/** r of the place's vertex to its clique; q of the clique to the vertex. Kept from one call to the next. */
	readonly #toClique: Float64Array;
	readonly #toVertex: Float64Array;
	readonly #shares: Float64Array;

	constructor(conflicts: Conflicts) {
		const cliques = cliqueCover(conflicts);
		this.#vertices = conflicts.length;
		this.#member = Uint32Array.from(cliques.flat());
		this.#cliqueStart = new Uint32Array(cliques.length + 1);
		this.#cliqueOfPlace = new Uint32Array(this.#member.length);
		for (const [index, clique] of cliques.entries()) {
			const start = this.#cliqueStart[index] ?? 0;
			this.#cliqueStart[index + 1] = start + clique.length;
			this.#cliqueOfPlace.fill(index, start, start + clique.length);
		}
		const places = conflicts.map(() => [] as number[]);
		for (const [place, vertex] of this.#member.entries()) places[vertex]?.push(place);
		this.#place = Uint32Array.from(places.flat());
		this.#placeStart = new Uint32Array(this.#vertices + 1);
		for (const [vertex, list] of places.entries())
			this.#placeStart[vertex + 1] = (this.#placeStart[vertex] ?? 0) + list.length;
		this.#toClique = new Float64Array(this.#member.length);
		this.#toVertex = new Float64Array(this.#member.length).fill(1);
		this.#shares = new Float64Array(this.#vertices);
	}

	/** The array returned is reused by the next call. */
	shares(intensity: ArrayLike<number>): Float64Array {
		for (let sweep = 0; sweep < SWEEPS; sweep++) {
			const changed = this.#sweep(intensity);
			if (changed < TOLERANCE) break;
		}
		for (let v = 0; v < this.#vertices; v++) {
			const ratio = this.#ratio(v, intensity);
			this.#shares[v] = ratio / (1 + ratio);
		}
		return this.#shares;
	}

	#ratio(vertex: number, intensity: ArrayLike<number>): number {
		let ratio = intensity[vertex] ?? 0;
		const end = this.#placeStart[vertex + 1] ?? 0;
		for (let i = this.#placeStart[vertex] ?? 0; i < end; i++) ratio *= this.#toVertex[this.#place[i] ?? 0] ?? 1;
		return ratio;
	}

	/** One round of messages. Answers the largest change of a clique's message. */
	#sweep(intensity: ArrayLike<number>): number {
		const [toClique, toVertex] = [this.#toClique, this.#toVertex];
		for (let v = 0; v < this.#vertices; v++) {
			const ratio = this.#ratio(v, intensity);
			const end = this.#placeStart[v + 1] ?? 0;
			for (let i = this.#placeStart[v] ?? 0; i < end; i++) {
				const place = this.#place[i] ?? 0;
				toClique[place] = ratio / (toVertex[place] ?? 1);
			}
		}
		let changed = 0;
		for (let clique = 0; clique + 1 < this.#cliqueStart.length; clique++) {
			const [start, end] = [this.#cliqueStart[clique] ?? 0, this.#cliqueStart[clique + 1] ?? 0];
			let sum = 1;
			for (let place = start; place < end; place++) sum += toClique[place] ?? 0;
			for (let place = start; place < end; place++) {
				const before = toVertex[place] ?? 1;
				const wanted = 1 / Math.max(1, sum - (toClique[place] ?? 0));
				const after = before + (wanted - before) * (1 - DAMPING);
				toVertex[place] = after;
				const change = Math.abs(after - before);
				if (change > changed) changed = change;
			}
		}
		return changed;
	}

	/**
	 * The share of the time of `given` in which `vertex`, which does not conflict with it, is active as well: all that `given`
	 * silences counts as silent. Call after `shares`.
	 */
	shareGiven(vertex: number, silenced: Uint8Array, intensity: ArrayLike<number>): number {
		let ratio = intensity[vertex] ?? 0;
		const last = this.#placeStart[vertex + 1] ?? 0;
		for (let i = this.#placeStart[vertex] ?? 0; i < last; i++) {
			const clique = this.#cliqueOfPlace[this.#place[i] ?? 0] ?? 0;
			const end = this.#cliqueStart[clique + 1] ?? 0;
			let sum = 1;
			for (let place = this.#cliqueStart[clique] ?? 0; place < end; place++) {
				const other = this.#member[place] ?? 0;
				if (other !== vertex && silenced[other] === 0) sum += this.#toClique[place] ?? 0;
			}
			ratio /= sum;
		}
		return ratio / (1 + ratio);
	}
}

/** Cliques such that every conflict lies in at least one: each conflict not covered yet grows one, greedily. */
export function cliqueCover(conflicts: Conflicts): number[][] {
	const sets = conflicts.map(list => new Set(list));
	const covered = conflicts.map(() => new Set<number>());
	const cliques: number[][] = [];
	for (const [one, list] of conflicts.entries())
		for (const other of list) {
			if (other < one || covered[one]?.has(other)) continue;
			const clique = [one, other];
			// Those who bring the most uncovered conflicts come first.
			const candidates = list
				.filter(third => third !== other && sets[other]?.has(third))
				.map(third => ({third, fresh: Number(!covered[one]?.has(third)) + Number(!covered[other]?.has(third))}))
				.sort((a, b) => b.fresh - a.fresh || a.third - b.third);
			for (const {third} of candidates) if (clique.every(member => sets[member]?.has(third))) clique.push(third);
			for (const a of clique) for (const b of clique) if (a !== b) covered[a]?.add(b);
			cliques.push(clique);
		}
	return cliques;
}
