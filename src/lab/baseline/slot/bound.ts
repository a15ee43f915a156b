// SPDX-License-Identifier: Apache-2.0
import type {SolveMilp} from '../../command/command.ts';
import {largestClique, type SlotInstance} from './instance.ts';

/** What everyone could have, were slots divisible. */
export interface ShareBound {
	/** No schedule gives every node more slots than that; and one gives every node so many. */
	readonly atMost: number;
	readonly atLeast: number;
	/** Sets of nodes without conflict that the program had to know. */
	readonly sets: number;
}

/** Both bounds are as good as equal; a set weighs no more than what it costs. */
const CLOSE = 1.005;
const TOLERANCE = 1e-6;

/**
 * The linear program's max-min share: time is given to sets of nodes without conflict, so that whoever has least has most.
 *
 * Shape:  slots / χ_f, with χ_f the fractional chromatic number. Its dual gives each node a worth y, of all such sets none
 *         worth more than 1: maximise Σ y. Sets are not listed but found (column generation, seen from the dual's side):
 *         greedily, and where that finds none worth more than 1, by a program that finds the one worth most.
 *         With the sets known so far the dual's optimum is a schedule of them: `atLeast`. Worth scaled down to what the best
 *         set allows is feasible, and so is worth 1 on a clique: `atMost`. It ends when both are as good as equal.
 * Absent: with `rounds` over before that, the bounds are apart.
 * Errors: those of the solver.
 * Source: M. Grötschel, L. Lovász, A. Schrijver, "Geometric Algorithms and Combinatorial Optimization", 1988, chapter 9;
 *         column generation for colouring: A. Mehrotra, M. Trick, INFORMS J. on Computing 8(4), 1996.
 */
export async function shareBound(
	instance: SlotInstance,
	solve: SolveMilp,
	{rounds, limitS}: {readonly rounds: number; readonly limitS: number},
): Promise<ShareBound> {
	const {nodes, slots, conflicts} = instance;
	const cliques = cliqueCover(conflicts);
	const known = new Set<string>();
	const sets: number[][] = [];
	const add = (set: number[]): void => {
		const key = set.sort((a, b) => a - b).join();
		if (!known.has(key)) sets.push(set);
		known.add(key);
	};
	const equal = new Float64Array(nodes).fill(1);
	for (let node = 0; node < nodes; node++) add(greedySet(conflicts, equal, node));
	let leastColours = Math.max(1, largestClique(instance));
	let mostColours = Number.POSITIVE_INFINITY;
	for (let round = 0; round < rounds && mostColours > CLOSE * leastColours; round++) {
		const dual = await solve(dualProgram(nodes, sets), limitS);
		if (!dual.optimal) break;
		const worth = Float64Array.from({length: nodes}, (_, node) => Math.max(0, dual.values.get(`y${node}`) ?? 0));
		mostColours = worth.reduce((all, each) => all + each, 0);
		const before = sets.length;
		for (let node = 0; node < nodes; node++) {
			const set = greedySet(conflicts, worth, node);
			if (worthOf(set, worth) > 1 + TOLERANCE) add(set);
		}
		if (sets.length > before) continue;
		const heaviest = await solve(heaviestSetProgram(worth, cliques), limitS);
		// Without a proof the set may not be the best one, and nothing follows from it.
		if (!heaviest.optimal) break;
		leastColours = Math.max(leastColours, mostColours / Math.max(1, heaviest.objective));
		if (heaviest.objective <= 1 + TOLERANCE) break;
		add(Array.from(worth.keys()).filter(node => (heaviest.values.get(`x${node}`) ?? 0) > 0.5));
	}
	return {atMost: slots / leastColours, atLeast: slots / mostColours, sets: sets.length};
}

function worthOf(set: readonly number[], worth: Float64Array): number {
	return set.reduce((sum, node) => sum + (worth[node] as number), 0);
}

/** A node, and then always the one worth most for each that it rules out: nothing can be added to the set. */
function greedySet(conflicts: readonly Int32Array[], worth: Float64Array, first: number): number[] {
	const open = new Set(conflicts.keys());
	const set: number[] = [];
	let node = first;
	while (node >= 0) {
		set.push(node);
		open.delete(node);
		for (const other of conflicts[node] ?? []) open.delete(other);
		node = -1;
		let most = -1;
		for (const each of open) {
			let ruledOut = 1e-9;
			for (const other of conflicts[each] ?? []) if (open.has(other)) ruledOut += worth[other] as number;
			const value = (worth[each] as number) / ruledOut;
			if (value > most) [most, node] = [value, each];
		}
	}
	return set;
}

/** Cliques that contain every conflict: a program of them is far tighter than one of pairs. */
export function cliqueCover(conflicts: readonly Int32Array[]): number[][] {
	const near = conflicts.map(list => new Set(list));
	const covered = conflicts.map(() => new Set<number>());
	const cliques: number[][] = [];
	conflicts.forEach((list, a) => {
		for (const b of list) {
			if (b < a || covered[a]?.has(b)) continue;
			const clique = [a, b];
			for (const each of list) if (each !== b && clique.every(other => near[each]?.has(other))) clique.push(each);
			for (const one of clique) for (const other of clique) covered[one]?.add(other);
			cliques.push(clique);
		}
	});
	return cliques;
}

function dualProgram(nodes: number, sets: readonly (readonly number[])[]): string {
	const names = Array.from({length: nodes}, (_, node) => `y${node}`);
	return [
		'Maximize',
		` obj: ${names.join(' + ')}`,
		'Subject To',
		...sets.map((set, i) => ` s${i}: ${set.map(node => `y${node}`).join(' + ')} <= 1`),
		'Bounds',
		...names.map(each => ` 0 <= ${each} <= 1`),
		'End',
		'',
	].join('\n');
}

function heaviestSetProgram(worth: Float64Array, cliques: readonly (readonly number[])[]): string {
	return [
		'Maximize',
		` obj: ${Array.from(worth, (each, node) => `${each.toFixed(9)} x${node}`).join(' + ')}`,
		'Subject To',
		...cliques.map((clique, i) => ` c${i}: ${clique.map(node => `x${node}`).join(' + ')} <= 1`),
		'Binary',
		...Array.from(worth.keys(), node => ` x${node}`),
		'End',
		'',
	].join('\n');
}
