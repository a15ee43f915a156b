// SPDX-License-Identifier: Apache-2.0
import type {SolveMilp} from '../../command/command.ts';
import {type Assignment, type ChannelInstance, endsOf, isFeasible} from './instance.ts';

/** Above this many links the program grows beyond what is solved in minutes. */
export const EXACT_LINK_LIMIT = 30;

export interface ExactAnswer {
	readonly assignment: Assignment;
	/** False: the time was over before optimality was proven. */
	readonly optimal: boolean;
}

/**
 * The optimum, as a mixed-integer program.
 *
 * Shape:  x(e,c) link e is on channel c; z(v,c) node v has a radio there; y(e,f) e and f disturb each other.
 *         minimise Σ y, with Σ_c x(e,c) = 1; x(e,c) ≤ z(v,c) at both ends; Σ_c z(v,c) ≤ radios;
 *         x(e,c) + x(f,c) - 1 ≤ y(e,f) for every conflict. Channels are alike: link i uses none above i (symmetry).
 * Absent: undefined when the solver found nothing in time. Errors: those of the solver.
 */
export async function exactAssignment(
	instance: ChannelInstance,
	upperBound: number,
	solve: SolveMilp,
	limitS: number,
): Promise<ExactAnswer | undefined> {
	const solution = await solve(programOf(instance, upperBound), limitS);
	const assignment = new Int32Array(instance.links).fill(-1);
	for (let e = 0; e < instance.links; e++)
		for (let c = 0; c < instance.channels; c++) if ((solution.values.get(`x${e}_${c}`) ?? 0) > 0.5) assignment[e] = c;
	return isFeasible(instance, assignment) ? {assignment, optimal: solution.optimal} : undefined;
}

/** The program's text in CPLEX's LP format. */
export function programOf({graph, links, channels, radios, conflicts}: ChannelInstance, upperBound: number): string {
	const rows: string[] = [];
	const objective: string[] = [];
	const binaries: string[] = [];
	const range = Array.from({length: channels}, (_, c) => c);
	for (let e = 0; e < links; e++) {
		rows.push(`${range.map(c => `x${e}_${c}`).join(' + ')} = 1`);
		for (const c of range) {
			if (c > e) rows.push(`x${e}_${c} = 0`);
			for (const node of endsOf(graph, e)) rows.push(`x${e}_${c} - z${node}_${c} <= 0`);
			binaries.push(`x${e}_${c}`);
		}
		for (const f of conflicts[e] as Int32Array) {
			if (f < e) continue;
			objective.push(`y${e}_${f}`);
			for (const c of range) rows.push(`x${e}_${c} + x${f}_${c} - y${e}_${f} <= 1`);
		}
	}
	for (let node = 0; node < graph.nodes; node++) {
		if ((graph.linksAt[node] ?? []).length === 0) continue;
		rows.push(`${range.map(c => `z${node}_${c}`).join(' + ')} <= ${radios}`);
		binaries.push(...range.map(c => `z${node}_${c}`));
	}
	rows.push(...cliqueRows(conflicts, links, channels));
	rows.push(`${objective.join(' + ')} <= ${upperBound}`);
	return [
		'Minimize',
		` obj: ${objective.join(' + ')}`,
		'Subject To',
		...rows.map((row, i) => ` r${i}: ${row}`),
		'Bounds',
		...objective.map(name => ` 0 <= ${name} <= 1`),
		'Binary',
		...binaries.map(name => ` ${name}`),
		'End',
		'',
	].join('\n');
}

/**
 * What the relaxation does not see by itself: of q links that all conflict, with K channels, at least
 * r·C(⌈q/K⌉,2) + (K-r)·C(⌊q/K⌋,2) pairs share one (r = q mod K). Greedy cliques, one from each link.
 */
function cliqueRows(conflicts: readonly Int32Array[], links: number, channels: number): string[] {
	const near = conflicts.map(list => new Set(list));
	const seen = new Set<string>();
	const rows: string[] = [];
	for (let start = 0; start < links; start++) {
		const clique = [start];
		const byDegree = [...(conflicts[start] as Int32Array)].sort(
			(a, b) => (near[b]?.size ?? 0) - (near[a]?.size ?? 0) || a - b,
		);
		for (const other of byDegree) if (clique.every(member => near[member]?.has(other))) clique.push(other);
		clique.sort((a, b) => a - b);
		const key = clique.join();
		if (seen.has(key) || clique.length <= channels) continue;
		seen.add(key);
		const [low, more] = [Math.floor(clique.length / channels), clique.length % channels];
		const least = more * pairsOf(low + 1) + (channels - more) * pairsOf(low);
		const sum = clique.flatMap((e, i) => clique.slice(i + 1).map(f => `y${e}_${f}`));
		rows.push(`${sum.join(' + ')} >= ${least}`);
	}
	return rows;
}

function pairsOf(count: number): number {
	return (count * (count - 1)) / 2;
}
