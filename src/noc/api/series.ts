// SPDX-License-Identifier: Apache-2.0
import {derive, derivedNames, isDerived, reportedNames} from '../derived.ts';
import {
	type Buckets,
	COUNT,
	COVERED_MS,
	FASTEST,
	FIELDS,
	get,
	INCREASE,
	LAST,
	MAXIMUM,
	MINIMUM,
	SLOWEST,
	SUM,
} from '../store/bucket.ts';
import type {Range, RangeSeries} from '../store/range.ts';
import type {Store} from '../store/store.ts';
import type {SeriesAnswer} from './schema.ts';

const MAX_POINTS = 2_000_000;

/** A question that is well formed and that we do not answer. */
export class RefusedQuery extends Error {
	readonly code: string;
	readonly path: string;

	constructor(code: string, path: string, message: string) {
		super(message);
		this.code = code;
		this.path = path;
	}
}

export interface SeriesQuestion extends Range {
	/** Counters as their pace in units per second. */
	readonly rate: boolean;
}

/** Answers a range: reported series and derived ones, a minimum, mean and maximum for each step. */
export async function answerSeries(store: Store, question: SeriesQuestion, knownNodes: number): Promise<SeriesAnswer> {
	const {names, rate, fromMs, toMs, stepMs} = question;
	if (toMs <= fromMs) throw new RefusedQuery('range', 'to', 'to must be after from');
	const steps = Math.ceil((toMs - fromMs) / stepMs);
	const most = steps * (question.nodes?.length ?? knownNodes) * names.length;
	if (steps > 20_000 || most > MAX_POINTS)
		throw new RefusedQuery('limit', 'step', `that would be about ${most} points; ask for a longer step or fewer nodes`);
	const {range, series} = await store.range({...question, names: reportedNames(names)});
	const rows: SeriesAnswer['series'] = [];
	for (const name of names) {
		if (isDerived(name))
			for (const {node, labels, values} of derive(name, series)) {
				const mean = values.map(value => (value === undefined ? null : round(value)));
				rows.push({node, name, labels, unit: '1', kind: 'derived', min: mean, mean, max: mean});
			}
		else for (const one of series) if (one.name === name) rows.push(reported(one, rate));
	}
	return {fromMs: range.fromMs, toMs: range.toMs, stepMs: range.stepMs, series: rows};
}

type Pick = (cells: Buckets, at: number) => number;

const whenCounted =
	(field: number): Pick =>
	(cells, at) =>
		get(cells, at, COUNT) > 0 ? get(cells, at, field) : Number.NaN;
const whenCovered =
	(field: number): Pick =>
	(cells, at) =>
		get(cells, at, COVERED_MS) > 0 ? get(cells, at, field) : Number.NaN;

const ofGauge = {
	min: whenCounted(MINIMUM),
	mean: (cells: Buckets, at: number) => get(cells, at, SUM) / get(cells, at, COUNT),
	max: whenCounted(MAXIMUM),
};
const ofCounter = {min: whenCounted(LAST), mean: whenCounted(LAST), max: whenCounted(LAST)};
const ofRate = {
	min: whenCovered(SLOWEST),
	mean: (cells: Buckets, at: number) => (get(cells, at, INCREASE) * 1000) / get(cells, at, COVERED_MS),
	max: whenCovered(FASTEST),
};

function reported(series: RangeSeries, rate: boolean): SeriesAnswer['series'][number] {
	const {node, name, labels, kind, cells} = series;
	const paced = rate && kind === 'counter';
	const picks = paced ? ofRate : kind === 'counter' ? ofCounter : ofGauge;
	const column = (pick: Pick) => {
		const values: (number | null)[] = [];
		for (let at = 0; at < cells.length; at += FIELDS) {
			const value = pick(cells, at);
			values.push(Number.isFinite(value) ? round(value) : null);
		}
		return values;
	};
	return {
		node,
		name,
		labels,
		unit: paced ? `${series.unit}/s` : series.unit,
		kind: paced ? 'rate' : kind,
		min: column(picks.min),
		mean: column(picks.mean),
		max: column(picks.max),
	};
}

/** More digits than that are noise, and most of an answer's bytes. */
function round(value: number): number {
	return Math.abs(value) >= 1 ? Math.round(value * 1000) / 1000 : Math.round(value * 1e6) / 1e6;
}

export {derivedNames};
