// SPDX-License-Identifier: Apache-2.0
import {estimate, isCertain} from '../measure/confidence.ts';
import {readRecords} from '../measure/file.ts';
import type {RunRecord} from '../measure/record.ts';
import {lessIsBetter, type Metric, metrics, summaryOf} from '../measure/summary.ts';
import {type LabCommand, LabError, parseWords} from './command.ts';
import {tableOf} from './table.ts';

export interface ComparisonRow {
	readonly metric: Metric;
	readonly a: number;
	readonly b: number;
	/** b - a over the seeds that both have, and half the width of its 95 % confidence interval. */
	readonly difference: number;
	readonly halfWidth: number | undefined;
	readonly seeds: number;
	readonly verdict: 'better' | 'worse' | 'not certain';
}

/** Compares run by run: the same seed is the same landscape and the same demand. */
export function compareRecords(a: readonly RunRecord[], b: readonly RunRecord[]): readonly ComparisonRow[] {
	const bySeed = new Map(b.map(record => [record.seed, summaryOf(record)]));
	const pairs = a.flatMap(record => {
		const other = bySeed.get(record.seed);
		return other === undefined ? [] : [{a: summaryOf(record), b: other}];
	});
	return (Object.keys(metrics) as Metric[]).flatMap((metric): ComparisonRow[] => {
		const known = pairs.flatMap(pair => {
			const [one, other] = [pair.a[metric], pair.b[metric]];
			return one === undefined || other === undefined ? [] : [{one, other}];
		});
		if (known.length === 0) return [];
		const difference = estimate(known.map(({one, other}) => other - one));
		const isBetter = lessIsBetter.has(metric) ? difference.mean < 0 : difference.mean > 0;
		return [
			{
				metric,
				a: estimate(known.map(({one}) => one)).mean,
				b: estimate(known.map(({other}) => other)).mean,
				difference: difference.mean,
				halfWidth: difference.halfWidth,
				seeds: known.length,
				verdict: isCertain(difference) ? (isBetter ? 'better' : 'worse') : 'not certain',
			},
		];
	});
}

/** Two result files, seed by seed. */
export const compare: LabCommand = {
	name: 'compare',
	usage: 'A.jsonl B.jsonl [--json]',
	about: 'what B does better or worse than A over the seeds of both, with 95 % confidence intervals',
	async run(words, io) {
		const {rest, flags} = parseWords(words, ['--json'], []);
		const [first, second, ...more] = rest;
		if (first === undefined || second === undefined || more.length > 0)
			throw new LabError('two result files are wanted', 2);
		const [a, b] = [readRecords(first, io), readRecords(second, io)];
		const rows = compareRecords(a, b);
		if (rows.length === 0) throw new LabError(`${first} and ${second} have no seed in common`);
		if (flags.has('--json')) {
			for (const row of rows) io.print(JSON.stringify(row));
			return 0;
		}
		io.print(`A ${a[0]?.variant ?? first}, B ${b[0]?.variant ?? second}, over ${rows[0]?.seeds} seeds`);
		const number = (metric: Metric, value: number): string => value.toFixed(metrics[metric].digits);
		const lines = tableOf(
			['', 'A', 'B', 'B - A', '±', 'unit', 'B is'],
			rows.map(({metric, a: one, b: other, difference, halfWidth, verdict}) => [
				metrics[metric].title,
				number(metric, one),
				number(metric, other),
				number(metric, difference),
				halfWidth === undefined ? '?' : number(metric, halfWidth),
				metrics[metric].unit,
				verdict,
			]),
		);
		for (const line of lines) io.print(line);
		return 0;
	},
};
