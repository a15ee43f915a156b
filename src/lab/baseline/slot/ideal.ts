// SPDX-License-Identifier: Apache-2.0
import type {SolveMilp} from '../../command/command.ts';
import type {SlotInstance} from './instance.ts';

/** Beyond that there are too many sets to list. */
export const IDEAL_NODE_LIMIT = 20;
const LIMIT_S = 20;
/** Orders of more parts are not all tried. */
const MOST_ORDERED = 7;
const SLACK = 1e-7;

/** Who sends in a part of the period, and how long the part is. */
interface Part {
	readonly set: readonly number[];
	readonly share: number;
}

/**
 * How somebody who sees everything would divide the time: whoever has least has most, then all together have most; parts are
 * as long as they should be, not whole slots; and in an order in which nodes have few stretches, as each costs a guard.
 *
 * Shape:  by node its stretches of the period, in microseconds.
 * Absent: undefined above IDEAL_NODE_LIMIT nodes, and where the solver finds nothing. Errors: those of the solver.
 */
export async function idealDivision(
	{nodes, conflicts}: SlotInstance,
	periodUs: number,
	solve: SolveMilp,
): Promise<readonly (readonly {readonly fromUs: number; readonly toUs: number}[])[] | undefined> {
	if (nodes > IDEAL_NODE_LIMIT) return undefined;
	const sets = maximalSets(conflicts);
	const first = await solve(program(nodes, sets, undefined), LIMIT_S);
	if (!first.optimal) return undefined;
	const second = await solve(program(nodes, sets, first.objective - SLACK), LIMIT_S);
	if (!second.optimal) return undefined;
	const parts = sets.flatMap((set, i): Part[] => {
		const share = second.values.get(`t${i}`) ?? 0;
		return share > SLACK * 10 ? [{set, share}] : [];
	});
	const stretches = Array.from({length: nodes}, (): {fromUs: number; toUs: number}[] => []);
	let atUs = 0;
	for (const {set, share} of inOrder(parts)) {
		const toUs = Math.min(periodUs, atUs + share * periodUs);
		for (const node of set) stretches[node]?.push({fromUs: atUs, toUs});
		atUs = toUs;
	}
	return stretches;
}

/** All sets without conflict that no node can be added to. Source: C. Bron, J. Kerbosch, CACM 16(9), 1973. */
export function maximalSets(conflicts: readonly Int32Array[]): number[][] {
	const apart = conflicts.map((list, node) => {
		const near = new Set(list);
		return [...conflicts.keys()].filter(other => other !== node && !near.has(other));
	});
	const found: number[][] = [];
	const extend = (set: number[], open: readonly number[], shut: readonly number[]): void => {
		if (open.length === 0 && shut.length === 0) found.push(set);
		let left = open;
		let done = shut;
		for (const node of open) {
			const free = apart[node] as number[];
			extend(
				[...set, node],
				left.filter(each => free.includes(each)),
				done.filter(each => free.includes(each)),
			);
			left = left.filter(each => each !== node);
			done = [...done, node];
		}
	};
	extend([], [...conflicts.keys()], []);
	return found;
}

/** The largest smallest share; with `least` given, the largest sum in which nobody has less. */
function program(nodes: number, sets: readonly (readonly number[])[], least: number | undefined): string {
	const names = sets.map((_, i) => `t${i}`);
	const sum = sets.map((set, i) => `${set.length} t${i}`).join(' + ');
	const rows = Array.from({length: nodes}, (_, node) => {
		const terms = sets.flatMap((set, i) => (set.includes(node) ? [`t${i}`] : []));
		return `${terms.join(' + ')}${least === undefined ? ' - z >= 0' : ` >= ${least.toFixed(9)}`}`;
	});
	return [
		'Maximize',
		` obj: ${least === undefined ? 'z' : sum}`,
		'Subject To',
		` whole: ${names.join(' + ')} = 1`,
		...rows.map((row, i) => ` r${i}: ${row}`),
		'Bounds',
		...names.map(each => ` 0 <= ${each} <= 1`),
		'End',
		'',
	].join('\n');
}

/** The order in which fewest nodes begin anew. */
function inOrder(parts: readonly Part[]): readonly Part[] {
	let best: readonly Part[] = parts;
	let fewest = Number.POSITIVE_INFINITY;
	const begins = (before: Part | undefined, {set}: Part): number =>
		set.reduce((count, node) => count + (before?.set.includes(node) === true ? 0 : 1), 0);
	const extend = (order: readonly Part[], left: readonly Part[], count: number): void => {
		if (count >= fewest) return;
		if (left.length === 0) [best, fewest] = [order, count];
		const next = left.map(part => ({part, added: begins(order.at(-1), part)})).sort((a, b) => a.added - b.added);
		for (const {part, added} of parts.length > MOST_ORDERED ? next.slice(0, 1) : next)
			extend(
				[...order, part],
				left.filter(each => each !== part),
				count + added,
			);
	};
	extend([], parts, 0);
	return best;
}
