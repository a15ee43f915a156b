// SPDX-License-Identifier: Apache-2.0
import type {SeriesAnswer, SeriesRow} from './api.ts';
import {formatDbm, formatMhz, formatShare, strings} from './format.ts';
import type {Panel} from './panels.ts';

/** When one kind of sender was there, and how sure that is. */
export interface Lane {
	readonly label: string;
	/** A confidence for each step; null where it was not seen. */
	readonly values: readonly (number | null)[];
}

/** A spectrum over time. `lines` are its stretches of spectrum, from the lowest frequency up. */
export interface SpectrumPanel extends Panel {
	readonly frequenciesMhz: readonly number[];
	readonly lanes: readonly Lane[];
	/** The ends of the scale of colours. */
	readonly leastDbm: number;
	readonly mostDbm: number;
}

/** A table has no more columns than this, and a picture no more rows. */
const MOST_CELLS = 32;
const SMALLEST_SPAN_DB = 30;
/** Spectra come in bursts: one is drawn until the next, if that comes within so many of the usual pauses. */
const PATIENCE = 2.5;

/** One panel for each radio that reports its spectrum. */
export function spectrumPanelsOf(answer: SeriesAnswer): SpectrumPanel[] {
	const radios = new Map<string, SeriesRow[]>();
	for (const row of answer.series)
		if (row.name === 'spectrum.maximumDbm')
			radios.set(row.labels.radio ?? '', [...(radios.get(row.labels.radio ?? '') ?? []), row]);
	return [...radios.entries()]
		.toSorted(([a], [b]) => a.localeCompare(b, undefined, {numeric: true}))
		.flatMap(([radio, rows]) => spectrumPanel(answer, radio, rows));
}

function spectrumPanel(answer: SeriesAnswer, radio: string, rows: readonly SeriesRow[]): SpectrumPanel[] {
	const sorted = rows.toSorted((a, b) => mhzOf(a) - mhzOf(b));
	const size = Math.ceil(sorted.length / MOST_CELLS);
	const cells: {mhz: number; values: (number | null)[]}[] = [];
	for (let i = 0; i < sorted.length; i += size) {
		const group = sorted.slice(i, i + size);
		cells.push({mhz: group.reduce((sum, row) => sum + mhzOf(row), 0) / group.length, values: strongest(group)});
	}
	const times = cells[0]?.values.map((_, i) => cells.some(({values}) => values[i] !== null)) ?? [];
	const hold = holdOf(times);
	const held = cells.map(({mhz, values}) => ({mhz, values: holdValues(values, times, hold)}));
	const all = held.flatMap(({values}) => values.filter(value => value !== null));
	if (all.length === 0) return [];
	const least = all.reduce((a, b) => Math.min(a, b));
	const most = all.reduce((a, b) => Math.max(a, b));
	const strongestCell = held.reduce((a, b) => (peakOf(a.values) >= peakOf(b.values) ? a : b));
	const lanes = lanesOf(answer, radio, times, hold);
	return [
		{
			key: `spectrum ${radio}`,
			title: strings.chart.spectrum(radio, formatMhz(held[0]?.mhz ?? 0), formatMhz(held.at(-1)?.mhz ?? 0)),
			lines: held.map(({mhz, values}) => ({label: formatMhz(mhz), values})),
			stacked: false,
			format: formatDbm,
			fromMs: answer.fromMs,
			stepMs: answer.stepMs,
			summary: strings.summarySpectrum(
				formatDbm(most),
				formatMhz(strongestCell.mhz),
				lanes.map(({label, values}) => `${label} (${formatShare(shareOf(values, times, hold))})`).join(', '),
			),
			frequenciesMhz: held.map(({mhz}) => mhz),
			lanes,
			leastDbm: Math.min(least, most - SMALLEST_SPAN_DB),
			mostDbm: most,
		},
	];
}

const mhzOf = (row: SeriesRow): number => Number(row.labels.frequencyMhz);

function strongest(rows: readonly SeriesRow[]): (number | null)[] {
	const [first] = rows;
	return (first?.max ?? []).map((_, i) =>
		rows.reduce<number | null>((most, {max}) => {
			const value = max[i] ?? null;
			return value === null ? most : most === null ? value : Math.max(most, value);
		}, null),
	);
}

function peakOf(values: readonly (number | null)[]): number {
	return values.reduce<number>((most, value) => Math.max(most, value ?? Number.NEGATIVE_INFINITY), -Infinity);
}

/** For how many steps what was seen stands, until something new comes: a little more than the usual pause. */
function holdOf(times: readonly boolean[]): number {
	const pauses: number[] = [];
	let last = -1;
	for (const [i, is] of times.entries()) {
		if (!is) continue;
		if (last >= 0) pauses.push(i - last);
		last = i;
	}
	pauses.sort((a, b) => a - b);
	return Math.ceil((pauses[pauses.length >> 1] ?? 1) * PATIENCE);
}

/** What stands at each step: the last that was seen, where that is not long ago. */
function holdValues(values: readonly (number | null)[], times: readonly boolean[], hold: number): (number | null)[] {
	let last = Number.NEGATIVE_INFINITY;
	return values.map((_, i) => {
		if (times[i] === true) last = i;
		return i - last < hold ? (values[last] ?? null) : null;
	});
}

function lanesOf(answer: SeriesAnswer, radio: string, times: readonly boolean[], hold: number): Lane[] {
	return answer.series
		.filter(({name, labels}) => name === 'interferer.confidenceShare' && labels.radio === radio)
		.map(({labels, max}) => ({
			label: (strings.source as Readonly<Record<string, string>>)[labels.source ?? ''] ?? labels.source ?? '',
			values: holdValues(max, times, hold),
		}))
		.filter(({values}) => values.some(value => value !== null))
		.toSorted((a, b) => a.label.localeCompare(b.label));
}

/** In how much of the time that was listened to. */
function shareOf(values: readonly (number | null)[], times: readonly boolean[], hold: number): number {
	const listened = holdValues(
		times.map(is => (is ? 1 : null)),
		times,
		hold,
	).filter(value => value !== null).length;
	return listened === 0 ? 0 : values.filter(value => value !== null).length / listened;
}
