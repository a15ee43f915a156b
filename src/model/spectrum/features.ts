// SPDX-License-Identifier: Apache-2.0
import {DURATIONS, PHASES, type SpectrumWindow} from './window.ts';

// What a classifier looks at: a few integers that a person can check against a waterfall.

/** Below this a window says nothing of time. */
export const FEWEST_SAMPLES = 32;
/** Fewer in a part of the mains period make its modulation a guess. */
const FEWEST_A_PHASE = 3;
/** As do fewer narrow samples in all. */
const FEWEST_FOR_MAINS = 30;
const PERMILLE = 1000;

export const featureNames = [
	'narrowPermille',
	'widePermille',
	'widthKhz',
	'spreadKhz',
	'stepKhz',
	'peakPermille',
	'mainsPermille',
	'runUs',
	'marginDb',
	'band',
] as const;
export type FeatureName = (typeof featureNames)[number];

/**
 * Features of a window. `narrow` is a signal of up to 7.5 MHz, `wide` one that is wider.
 *
 * Units: in the names. widthKhz: median width of narrow signals; spreadKhz: from their 10th to their 90th percentile of
 *        place; stepKhz: median distance from one to the next; peakPermille: share of them at the most frequent place and
 *        its two neighbours; mainsPermille: depth of their modulation by the mains, at 50, 60, 100 or 120 Hz; runUs:
 *        median time that they lasted, to a power of two; marginDb: mean power over the noise floor; band: 2 or 5 GHz.
 * Absent: 0 for what cannot be said without a narrow signal.
 */
export type SpectrumFeatures = Readonly<Record<FeatureName, number>> & {
	readonly samples: number;
	/** The strongest of 50, 60, 100 and 120 Hz. Absent: 0. */
	readonly mainsHz: number;
	/** Narrow signals that began and ended, each second. */
	readonly pulsesPerS: number;
	/** Median time between two of them, to a power of two; 0: there were no two. */
	readonly gapUs: number;
};

export function featuresOf(window: SpectrumWindow): SpectrumFeatures {
	const {samples, narrow, wide, binKhz, places, widths, steps, runs, gaps} = window;
	const mains = mainsOf(window);
	const low = quantile(places, narrow, 10);
	const high = quantile(places, narrow, 90);
	const pulses = sumOf(runs);
	return {
		samples,
		narrowPermille: share(narrow, samples),
		widePermille: share(wide, samples),
		widthKhz: narrow === 0 ? 0 : Math.round(quantile(widths, narrow, 50) * binKhz),
		spreadKhz: narrow === 0 ? 0 : Math.round((high - low) * binKhz),
		stepKhz: Math.round(quantile(steps, sumOf(steps), 50) * binKhz),
		peakPermille: share(peakOf(places), narrow),
		mainsPermille: mains.permille,
		mainsHz: mains.hz,
		runUs: durationOf(runs, pulses),
		gapUs: durationOf(gaps, sumOf(gaps)),
		pulsesPerS: window.spanUs === 0 ? 0 : Math.round((pulses * 1e6) / window.spanUs),
		marginDb: narrow === 0 ? 0 : Math.round(window.narrowRssiSum / narrow),
		band: window.centreKhz < 3_000_000 ? 2 : 5,
	};
}

function share(part: number, whole: number): number {
	return whole === 0 ? 0 : Math.round((part * PERMILLE) / whole);
}

function sumOf(counts: Uint16Array): number {
	let sum = 0;
	for (let i = 0; i < counts.length; i++) sum += counts[i] as number;
	return sum;
}

/** The index at which so many per cent are reached; 0 where there is nothing. */
function quantile(counts: Uint16Array, total: number, percent: number): number {
	let seen = 0;
	for (let i = 0; i < counts.length; i++) {
		seen += counts[i] as number;
		if (seen > 0 && seen * 100 >= total * percent) return i;
	}
	return 0;
}

function peakOf(places: Uint16Array): number {
	let most = 0;
	for (let i = 0; i < places.length; i++)
		most = Math.max(most, (places[i - 1] ?? 0) + (places[i] as number) + (places[i + 1] ?? 0));
	return most;
}

/** A median kept as a number of bits: the power of two below it. One sample alone lasted less than can be told: 0. */
function durationOf(durations: Uint16Array, total: number): number {
	const bits = quantile(durations.subarray(0, DURATIONS), total, 50);
	return bits === 0 ? 0 : 2 ** (bits - 1);
}

function mainsOf(window: SpectrumWindow): {permille: number; hz: number} {
	let best = {permille: 0, hz: 0};
	const {narrow} = window;
	if (narrow < FEWEST_FOR_MAINS) return best;
	for (const hz of [50, 60] as const)
		for (const harmonic of [1, 2]) {
			const permille = depthOf(window.phases(hz, false), window.phases(hz, true), harmonic, narrow);
			if (permille > best.permille) best = {permille, hz: hz * harmonic};
		}
	return best;
}

/**
 * How much of a signal comes and goes with a harmonic of the period: 2·|X1| / X0 of its share in each phase. A sender that is
 * on for half of each period has 4/π.
 *
 * What chance alone would give, 8/n in the square for n hits, is taken off.
 */
function depthOf(all: Uint16Array, hits: Uint16Array, harmonic: number, total: number): number {
	let sum = 0;
	let real = 0;
	let imaginary = 0;
	for (let phase = 0; phase < PHASES; phase++) {
		const count = all[phase] as number;
		if (count < FEWEST_A_PHASE) return 0;
		const rate = (hits[phase] as number) / count;
		const angle = (2 * Math.PI * harmonic * phase) / PHASES;
		sum += rate;
		real += rate * Math.cos(angle);
		imaginary += rate * Math.sin(angle);
	}
	if (sum === 0) return 0;
	const square = (4 * (real * real + imaginary * imaginary)) / (sum * sum) - 8 / total;
	return square <= 0 ? 0 : Math.round(PERMILLE * Math.sqrt(square));
}
