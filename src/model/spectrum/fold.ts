// SPDX-License-Identifier: Apache-2.0
import {amplitudeEighths, LEVELS, LOWEST_DBM, powerEighths} from './level.ts';

// The pass over a sample's bins, which everything of a window comes from. On routers the host does it
// (src/runtime/quickjs/host/spectral.c), for a fiftieth of the instructions; the conformance suite compares both.

/** Bins of a tenth of the strongest one's power belong to the same signal: amplitude × 81/256. */
const BELONGS = 81;
const LOWEST_EIGHTHS = LOWEST_DBM * 8;
const ABOVE_EIGHTHS = LEVELS * 8;
/** To the nearest decibel. */
const HALF_DB = 4;
/** A bin of 0 is 1 after the shift: so much below a bin of 1 for each bit. Units: eighths of a decibel. */
const BIT_EIGHTHS = 48;

/** Where a pass found its strongest bin, and the first and the last that belong to it. */
export const FOUND_PEAK = 0;
export const FOUND_FIRST = 1;
export const FOUND_LAST = 2;
export const FOUND_SIZE = 3;

/**
 * Counts the levels of bins `from` to `to` of a sample whose first bin is at `at`, and looks for its strongest signal.
 *
 * Shape:  `levels` holds LEVELS counters for each bin >> shift; `found` is filled with three bins.
 * Units:  `totalDbm` is the power of all these bins together. The answer is the crest: how many times the mean power the
 *         strongest bin has; 0 where all bins are 0.
 */
export type FoldBins = (
	bytes: Uint8Array,
	at: number,
	from: number,
	to: number,
	shift: number,
	totalDbm: number,
	maxExponent: number,
	levels: Uint16Array,
	found: Int32Array,
	tables: Int16Array,
) => number;

export const foldByScript: FoldBins = (bytes, at, from, to, shift, totalDbm, maxExponent, levels, found) => {
	const end = at + to;
	let sum = 0;
	let most = 0;
	let peak = at + from;
	for (let i = peak; i < end; i++) {
		const bin = bytes[i] as number;
		sum += bin * bin;
		if (bin > most) {
			most = bin;
			peak = i;
		}
	}
	const count = to - from;
	const base = totalDbm * 8 - powerEighths(sum === 0 ? count : sum) - LOWEST_EIGHTHS + HALF_DB;
	// What no antenna gets, a radio that is not calibrated claims: its strongest bin is the histogram's highest level.
	const offset = Math.max(0, Math.min(ABOVE_EIGHTHS - 1 - (most === 0 ? 0 : (amplitudeEighths[most] as number)), base));
	const zero = sum === 0 ? offset : Math.max(0, offset - BIT_EIGHTHS * maxExponent);
	const belongs = (most * BELONGS) >> 8;
	let first = -1;
	let last = peak;
	for (let i = at + from; i < end; i++) {
		const bin = bytes[i] as number;
		const eighths = bin === 0 ? zero : (amplitudeEighths[bin] as number) + offset;
		const cell = ((i - at) >> shift) * LEVELS + (eighths >> 3);
		levels[cell] = (levels[cell] as number) + 1;
		if (bin <= belongs) continue;
		if (first < 0) first = i;
		last = i;
	}
	found[FOUND_PEAK] = peak - at;
	found[FOUND_FIRST] = (first < 0 ? peak : first) - at;
	found[FOUND_LAST] = (first < 0 ? peak : last) - at;
	return sum === 0 ? 0 : Math.floor((count * most * most) / sum);
};

const host = globalThis as {readonly foldBins?: FoldBins};

export const foldBins: FoldBins = host.foldBins ?? foldByScript;
