// SPDX-License-Identifier: Apache-2.0
import type {SeriesAnswer, SeriesRow} from './api.ts';
import {formatMilliseconds, formatShare, strings} from './format.ts';
import type {Panel, PanelLine} from './panels.ts';

type Values = readonly (number | null)[];

/** Round trips to one place over time. `lines` are what the table shows: the median, its spread, and what was lost. */
export interface LatencyPanel extends Panel {
	readonly medianMs: Values;
	readonly lowerMs: Values;
	readonly upperMs: Values;
	readonly leastMs: Values;
	readonly mostMs: Values;
	/** 0 to 1. */
	readonly lossShare: Values;
	/** Where the axis ends: outliers leave the picture at its top. */
	readonly topMs: number;
}

const MOST_PANELS = 8;
/** A maximum that is so many times the usual spread is not what the axis is made for. */
const OUTLIER = 3;
const US_PER_MS = 1000;

/** One panel for each place that is probed. */
export function latencyPanelsOf(answer: SeriesAnswer, intervalMs: number): LatencyPanel[] {
	const targets = [...new Set(answer.series.filter(({name}) => name === 'latency.lossShare').map(targetOf))];
	// What was said stands until it is said again.
	const hold = Math.max(1, Math.ceil((2.5 * intervalMs) / answer.stepMs));
	return targets
		.toSorted((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b, undefined, {numeric: true}))
		.slice(0, MOST_PANELS)
		.flatMap(target => latencyPanel(answer, target, hold));
}

const targetOf = ({labels}: SeriesRow): string => labels.target ?? '';
/** Places with a name come before addresses. */
const rankOf = (target: string): number => {
	const rank = ['gateway', 'gateway6', 'collector'].indexOf(target);
	return rank < 0 ? 3 : rank;
};

function latencyPanel(answer: SeriesAnswer, target: string, hold: number): LatencyPanel[] {
	const of = (name: string, factor: number): Values => {
		const row = answer.series.find(one => one.name === name && targetOf(one) === target);
		return held(
			(row?.mean ?? []).map(value => (value === null ? null : value / factor)),
			hold,
		);
	};
	const time = (name: string): Values => of(`latency.${name}Us`, US_PER_MS);
	const lossShare = of('latency.lossShare', 1);
	const [medianMs, lowerMs, upperMs] = [time('median'), time('lowerQuartile'), time('upperQuartile')];
	const [leastMs, mostMs] = [time('minimum'), time('maximum')];
	const losses = numbersOf(lossShare);
	if (losses.length === 0) return [];
	const medians = numbersOf(medianMs).toSorted((a, b) => a - b);
	const usual = Math.max(...numbersOf(upperMs), ...medians, 0);
	const line = (label: string, values: Values): PanelLine[] =>
		numbersOf(values).length === 0 ? [] : [{label, values}];
	const {part} = strings;
	const middle = medians[medians.length >> 1];
	const lost = losses.reduce((sum, value) => sum + value, 0) / losses.length;
	return [
		{
			key: `latency ${target}`,
			title: strings.chart.latency((strings.target as Readonly<Record<string, string>>)[target] ?? target),
			lines: [
				...line(part.median, medianMs),
				...line(part.lowerQuartile, lowerMs),
				...line(part.upperQuartile, upperMs),
				...line(part.most, mostMs),
				{label: part.lost, values: lossShare, format: formatShare},
			],
			stacked: false,
			format: formatMilliseconds,
			fromMs: answer.fromMs,
			stepMs: answer.stepMs,
			summary: strings.summaryLatency(
				middle === undefined ? '–' : formatMilliseconds(middle),
				middle === undefined ? '–' : formatMilliseconds(Math.max(...medians)),
				formatShare(lost),
			),
			medianMs,
			lowerMs,
			upperMs,
			leastMs,
			mostMs,
			lossShare,
			topMs: Math.max(1, Math.min(Math.max(...numbersOf(mostMs), usual), OUTLIER * usual)) * 1.05,
		},
	];
}

function numbersOf(values: Values): number[] {
	return values.filter(value => value !== null);
}

function held(values: Values, hold: number): Values {
	let last = Number.NEGATIVE_INFINITY;
	return values.map((value, i) => {
		if (value !== null) last = i;
		return i - last < hold ? (values[last] ?? null) : null;
	});
}
