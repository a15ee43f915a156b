// SPDX-License-Identifier: Apache-2.0

/** Who excludes whom: for each vertex the vertices that may not be active with it. Symmetric, without itself. */
export type Conflicts = readonly (readonly number[])[];

/**
 * All independent sets of a small graph, as a tree: a set's parent is the set without its highest vertex.
 *
 * Shape: entry 0 is the empty set; `vertex` and `parent` say how the others come about. Parents stand before children.
 */
export interface IndependentSets {
	readonly count: number;
	readonly parent: Uint32Array;
	readonly vertex: Uint32Array;
}

/** Absent: undefined where there are more than `most` sets. */
export function independentSets(conflicts: Conflicts, most: number): IndependentSets | undefined {
	const parent: number[] = [0];
	const vertex: number[] = [0];
	const blocked = new Uint16Array(conflicts.length);
	const grow = (of: number, from: number): boolean => {
		for (let next = from; next < conflicts.length; next++) {
			if (blocked[next] !== 0) continue;
			if (parent.length >= most) return false;
			parent.push(of);
			vertex.push(next);
			for (const other of conflicts[next] ?? []) blocked[other] = (blocked[other] ?? 0) + 1;
			const complete = grow(parent.length - 1, next + 1);
			for (const other of conflicts[next] ?? []) blocked[other] = (blocked[other] ?? 0) - 1;
			if (!complete) return false;
		}
		return true;
	};
	if (!grow(0, 0)) return undefined;
	return {count: parent.length, parent: Uint32Array.from(parent), vertex: Uint32Array.from(vertex)};
}

/**
 * Share of time that each vertex is active, where they take turns as CSMA with carrier sense at no distance does.
 *
 * Shape:    π(S) = Π ρ_v / Z over the independent sets S; the share of v is the sum over the sets that hold v.
 * Units:    ρ: mean length of a transmission over the mean wait before it.
 * Source:   Boorstyn, Kershenbaum, Maglaris, Sahin, "Throughput analysis in multihop CSMA packet radio networks", IEEE Trans.
 *           Comm. 35 (1987); Liew, Kai, Leung, Wong, "Back-of-the-envelope computation of throughput distributions in
 *           CSMA wireless networks", IEEE TMC 9 (2010).
 * Validity: no collisions, no hidden nodes; the lengths' distributions do not matter.
 */
export function productForm(sets: IndependentSets, intensity: ArrayLike<number>): Float64Array {
	const {count, parent, vertex} = sets;
	const shares = new Float64Array(intensity.length);
	// In two passes: weights downwards, and sums over subtrees upwards. Scaled so that ρ = 1e9 does not overflow.
	const weight = new Float64Array(count);
	weight[0] = 1;
	let largest = 1;
	for (let i = 1; i < count; i++) {
		const value = (weight[parent[i] ?? 0] ?? 0) * (intensity[vertex[i] ?? 0] ?? 0);
		weight[i] = value;
		if (value > largest) largest = value;
	}
	for (let i = count - 1; i > 0; i--) {
		weight[parent[i] ?? 0] = (weight[parent[i] ?? 0] ?? 0) + (weight[i] ?? 0);
		shares[vertex[i] ?? 0] = (shares[vertex[i] ?? 0] ?? 0) + (weight[i] ?? 0) / largest;
	}
	const whole = (weight[0] ?? 1) / largest;
	for (let v = 0; v < shares.length; v++) shares[v] = (shares[v] ?? 0) / whole;
	return shares;
}
