// SPDX-License-Identifier: Apache-2.0
import {LEVELS, LOWEST_DBM} from './level.ts';
import type {SpectrumWindow} from './window.ts';

// What a window says of the air, bin by bin and as a whole. Made once a window: here and not for every sample decibels
// become powers.

/** Bins this much above the noise of one bin are in use. */
const DUTY_MARGIN_DB = 10;
/** What is left out at either side of the occupied band. Source: Recommendation ITU-R SM.328, β/2 = 0.5 %. */
const OUTSIDE_SHARE = 0.005;

const milliwatts = /* @__PURE__ */ Float64Array.from({length: LEVELS}, (_, i) => 10 ** ((i + LOWEST_DBM) / 10));

/**
 * A window's spectrum.
 *
 * Units: dBm of one bin, in whole decibels; `meanDbm` is of the mean power, `highDbm` is exceeded by a tenth of the samples;
 *        shares are 0 to 1.
 */
export interface SpectrumSummary {
	readonly centreKhz: number;
	readonly binKhz: number;
	readonly samples: number;
	readonly maximumDbm: Int16Array;
	readonly meanDbm: Int16Array;
	readonly highDbm: Int16Array;
	readonly dutyPermille: Int16Array;
	readonly noiseDbm: number;
	readonly occupiedKhz: number;
	readonly centroidKhz: number;
	/** Geometric over arithmetic mean of the bins' mean powers: 1 for white noise, near 0 for a carrier. */
	readonly flatnessShare: number;
}

/** Absent: undefined for a window without samples. */
export function summarise(window: SpectrumWindow): SpectrumSummary | undefined {
	const {bins, levels, samples, centreKhz, binKhz} = window;
	if (samples === 0) return undefined;
	const maximumDbm = new Int16Array(bins);
	const meanDbm = new Int16Array(bins);
	const highDbm = new Int16Array(bins);
	const dutyPermille = new Int16Array(bins);
	const powers = new Float64Array(bins);
	const noiseDbm = Math.round(window.noiseSum / samples);
	const threshold = noiseDbm - Math.round(10 * Math.log10(bins)) + DUTY_MARGIN_DB - LOWEST_DBM;
	const total = samples * window.perBin;
	for (let bin = 0; bin < bins; bin++) {
		let power = 0;
		let seen = 0;
		let high = -1;
		let most = -1;
		let busy = 0;
		const lowest = bin * LEVELS;
		for (let level = LEVELS - 1; level >= 0 && seen < total; level--) {
			const count = levels[lowest + level] as number;
			if (count === 0) continue;
			seen += count;
			if (most < 0) most = level;
			if (high < 0 && seen * 10 >= total) high = level;
			if (level >= threshold) busy = seen;
			power += count * (milliwatts[level] as number);
		}
		powers[bin] = power / total;
		maximumDbm[bin] = most + LOWEST_DBM;
		highDbm[bin] = high + LOWEST_DBM;
		meanDbm[bin] = Math.round(10 * Math.log10(power / total));
		dutyPermille[bin] = Math.round((busy * 1000) / total);
	}
	return {
		centreKhz,
		binKhz,
		samples,
		maximumDbm,
		meanDbm,
		highDbm,
		dutyPermille,
		noiseDbm,
		...shapeOf(powers, centreKhz, binKhz),
	};
}

function shapeOf(
	powers: Float64Array,
	centreKhz: number,
	binKhz: number,
): Pick<SpectrumSummary, 'occupiedKhz' | 'centroidKhz' | 'flatnessShare'> {
	const bins = powers.length;
	let total = 0;
	let moment = 0;
	let logarithms = 0;
	for (let bin = 0; bin < bins; bin++) {
		const power = powers[bin] as number;
		total += power;
		moment += power * (bin - bins / 2);
		logarithms += Math.log(power);
	}
	let first = 0;
	for (let outside = powers[0] as number; outside < total * OUTSIDE_SHARE; ) outside += powers[++first] as number;
	let last = bins - 1;
	for (let outside = powers[last] as number; outside < total * OUTSIDE_SHARE; ) outside += powers[--last] as number;
	return {
		occupiedKhz: Math.round(Math.max(1, last - first + 1) * binKhz),
		centroidKhz: Math.round(centreKhz + (moment / total) * binKhz),
		flatnessShare: Math.exp(logarithms / bins) / (total / bins),
	};
}
