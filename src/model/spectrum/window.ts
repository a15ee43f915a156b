// SPDX-License-Identifier: Apache-2.0
import {amplitudeEighths, LEVELS, LOWEST_DBM, powerEighths} from './level.ts';

// What many FFT samples of one channel come to, in memory that does not grow: a histogram of levels for each bin, and
// what a classifier needs of time and place. Every sample costs two passes over its bins, in integers.
//
// Invariants
// 1. Nothing here grows with the number of samples; a window takes no more than SAMPLE_LIMIT of them.
// 2. A sample is one of quiet, narrow and wide; `narrow` and `wide` count what stands out of the noise.
// 3. Times are microseconds since the window's first sample; a clock that steps back or far ahead breaks a run, no more.

/** An FFT sample as a window takes it: `SpectralSample` of wire/spectral is one. */
export interface BinSample {
	readonly bytes: Uint8Array;
	readonly binsAt: number;
	readonly binCount: number;
	readonly binKhz: number;
	readonly centreKhz: number;
	readonly maxExponent: number;
	readonly tsfUs: number;
	readonly halves: 1 | 2;
	readonly rssiDb: number;
	readonly noiseDbm: number;
	readonly upperRssiDb: number;
	readonly upperNoiseDbm: number;
}

/** Bins of more are put together: a histogram is 336 bytes. */
export const MOST_WINDOW_BINS = 128;
export const SAMPLE_LIMIT = 16_000;
export const PHASES = 16;
export const DURATIONS = 24;
export const STEPS = 32;
export const WIDTHS = 32;

/** A sample of more than this above the noise floor is something. Source: margin over the floor's own variation. */
const ON_DB = 8;
/**
 * A sample whose strongest bin is this many times the mean is something narrow, whatever its power is.
 * Source: of 128 bins of thermal noise, whose power is exponential, the strongest is so in 128·e^−12 = 0.08 % of samples.
 */
const CREST = 12;
/** Bins of a tenth of the strongest one's power belong to the same signal: amplitude × 81/256. */
const BELONGS = 81;
/** What is wider is no narrow signal, what reaches the edge of the view may be wider than is seen. Units: kHz. */
const NARROW_KHZ = 7500;
const EDGE_KHZ = 1500;
/** Two samples further apart say nothing of each other. */
const ADJACENT_US = 5000;
const LOWEST_EIGHTHS = LOWEST_DBM * 8;
const ABOVE_EIGHTHS = LEVELS * 8;
/** To the nearest decibel. */
const HALF_DB = 4;

export class SpectrumWindow {
	centreKhz = 0;
	binKhz = 0;
	/** Bins of the window: a sample's, or pairs (or more) of them. */
	bins = 0;
	samples = 0;
	/** The sum of what the samples said their noise floor is, and of their signal over it. */
	noiseSum = 0;
	narrow = 0;
	wide = 0;
	narrowRssiSum = 0;
	/** Microseconds from the first sample to the last. */
	spanUs = 0;
	/** Samples of each bin and level. */
	levels = new Uint16Array(0);
	/** Where the narrow samples were, how wide, how far from the one before. Units: bins. */
	readonly places = new Uint16Array(MOST_WINDOW_BINS);
	readonly widths = new Uint16Array(WIDTHS);
	readonly steps = new Uint16Array(STEPS);
	/** How long narrow signals lasted, and the time between two of them, by their number of bits in microseconds. */
	readonly runs = new Uint16Array(DURATIONS);
	readonly gaps = new Uint16Array(DURATIONS);
	/** All and narrow samples by their place in a period of 50 Hz and one of 60 Hz. */
	readonly all50 = new Uint16Array(PHASES);
	readonly all60 = new Uint16Array(PHASES);
	readonly narrow50 = new Uint16Array(PHASES);
	readonly narrow60 = new Uint16Array(PHASES);
	#shift = 0;
	#narrowBins = 0;
	#edgeBins = 0;
	#startUs = 0;
	#lastUs = 0;
	#runStartUs = -1;
	#runEndUs = -1;
	#lastPlace = -1;
	// Of the half under way.
	#peak = 0;
	#first = 0;
	#last = 0;

	/** Begins anew for the channel of a sample. */
	begin(sample: BinSample): void {
		let shift = 0;
		while (sample.binCount >> shift > MOST_WINDOW_BINS) shift++;
		this.#shift = shift;
		this.centreKhz = sample.centreKhz;
		this.binKhz = sample.binKhz * (1 << shift);
		this.bins = sample.binCount >> shift;
		this.#narrowBins = Math.max(2, Math.round(NARROW_KHZ / sample.binKhz));
		this.#edgeBins = Math.max(2, Math.round(EDGE_KHZ / sample.binKhz));
		if (this.levels.length === this.bins * LEVELS) this.levels.fill(0);
		else this.levels = new Uint16Array(this.bins * LEVELS);
		for (const counts of [
			this.places,
			this.widths,
			this.steps,
			this.runs,
			this.gaps,
			this.all50,
			this.all60,
			this.narrow50,
			this.narrow60,
		])
			counts.fill(0);
		this.samples = this.narrow = this.wide = 0;
		this.noiseSum = this.narrowRssiSum = this.spanUs = 0;
		this.#startUs = this.#lastUs = sample.tsfUs;
		this.#runStartUs = this.#runEndUs = this.#lastPlace = -1;
	}

	/** Whether a sample is of this window's channel and there is room for it. */
	takes(sample: BinSample): boolean {
		return (
			this.samples > 0 &&
			this.samples < SAMPLE_LIMIT &&
			sample.centreKhz === this.centreKhz &&
			sample.binCount >> this.#shift === this.bins &&
			sample.binKhz * (1 << this.#shift) === this.binKhz
		);
	}

	add(sample: BinSample): void {
		const {binCount} = sample;
		let rssiDb = sample.rssiDb;
		let noiseDbm = sample.noiseDbm;
		let crest: number;
		if (sample.halves === 1) crest = this.#pass(sample, 0, binCount, noiseDbm + rssiDb);
		else {
			// What is narrow is in one of the halves: the stronger one speaks for the sample.
			const middle = binCount >> 1;
			const upperDbm = sample.upperNoiseDbm + sample.upperRssiDb;
			const isUpper = upperDbm > noiseDbm + rssiDb;
			if (isUpper) {
				this.#pass(sample, 0, middle, noiseDbm + rssiDb);
				crest = this.#pass(sample, middle, binCount, upperDbm);
				rssiDb = sample.upperRssiDb;
				noiseDbm = sample.upperNoiseDbm;
			} else {
				this.#pass(sample, middle, binCount, upperDbm);
				crest = this.#pass(sample, 0, middle, noiseDbm + rssiDb);
			}
		}
		this.samples++;
		this.noiseSum += noiseDbm;
		this.#time(sample.tsfUs, this.#kindOf(sample, rssiDb, crest));
	}

	/** Counts the levels of a half or a whole sample, and finds its strongest signal. Its crest: strongest to mean power. */
	#pass({bytes, binsAt, maxExponent}: BinSample, from: number, to: number, totalDbm: number): number {
		const end = binsAt + to;
		let sum = 0;
		let most = 0;
		let peak = binsAt + from;
		for (let at = peak; at < end; at++) {
			const bin = bytes[at] as number;
			sum += bin * bin;
			if (bin > most) {
				most = bin;
				peak = at;
			}
		}
		const {levels} = this;
		const table = amplitudeEighths;
		const shift = this.#shift;
		const count = to - from;
		const base = totalDbm * 8 - powerEighths(sum === 0 ? count : sum) - LOWEST_EIGHTHS + HALF_DB;
		// What no antenna gets, a radio that is not calibrated claims: its strongest bin is the histogram's highest level.
		const offset = Math.max(0, Math.min(ABOVE_EIGHTHS - 1 - (most === 0 ? 0 : (table[most] as number)), base));
		// A bin of 0 is 1 after the shift, 6.02 dB a bit below a bin of 1; where all are 0 they are alike.
		table[0] = sum === 0 ? 0 : Math.max(-48 * maxExponent, -offset);
		const belongs = (most * BELONGS) >> 8;
		let first = -1;
		let last = 0;
		let place = from * LEVELS;
		if (shift === 0)
			for (let at = binsAt + from; at < end; at++) {
				const bin = bytes[at] as number;
				const cell = place + (((table[bin] as number) + offset) >> 3);
				levels[cell] = (levels[cell] as number) + 1;
				place += LEVELS;
				if (bin <= belongs) continue;
				if (first < 0) first = at;
				last = at;
			}
		else
			for (let at = binsAt + from; at < end; at++) {
				const bin = bytes[at] as number;
				const cell = ((at - binsAt) >> shift) * LEVELS + (((table[bin] as number) + offset) >> 3);
				levels[cell] = (levels[cell] as number) + 1;
				if (bin <= belongs) continue;
				if (first < 0) first = at;
				last = at;
			}
		this.#peak = peak - binsAt;
		this.#first = (first < 0 ? peak : first) - binsAt;
		this.#last = (first < 0 ? peak : last) - binsAt;
		return sum === 0 ? 0 : Math.floor((count * most * most) / sum);
	}

	/** 0 quiet, 1 wide, 2 narrow; the place and the width of a narrow one are counted. */
	#kindOf(sample: BinSample, rssiDb: number, crest: number): number {
		if (rssiDb < ON_DB && crest < CREST) return 0;
		const width = this.#last - this.#first + 1;
		const isAtEdge = this.#first < 2 || this.#last >= sample.binCount - 2;
		if (width > this.#narrowBins || (isAtEdge && width > this.#edgeBins)) {
			if (rssiDb < ON_DB) return 0;
			this.wide++;
			return 1;
		}
		const shift = this.#shift;
		const place = this.#peak >> shift;
		const {places, widths, steps} = this;
		const wide = Math.min(WIDTHS - 1, width >> shift);
		places[place] = (places[place] as number) + 1;
		widths[wide] = (widths[wide] as number) + 1;
		if (this.#lastPlace >= 0) {
			const step = Math.min(STEPS - 1, Math.abs(place - this.#lastPlace));
			steps[step] = (steps[step] as number) + 1;
		}
		this.#lastPlace = place;
		this.narrow++;
		this.narrowRssiSum += rssiDb;
		return 2;
	}

	#time(tsfUs: number, kind: number): void {
		const sinceUs = tsfUs - this.#startUs;
		const stepUs = tsfUs - this.#lastUs;
		this.#lastUs = tsfUs;
		if (sinceUs < 0 || sinceUs > 0x7fffffff) {
			this.#startUs = tsfUs;
			this.#runStartUs = this.#runEndUs = -1;
			return;
		}
		if (sinceUs > this.spanUs) this.spanUs = sinceUs;
		const at50 = ((sinceUs % 20_000) * 838) >> 20;
		const at60 = ((sinceUs % 16_667) * 1006) >> 20;
		const {all50, all60} = this;
		all50[at50] = (all50[at50] as number) + 1;
		all60[at60] = (all60[at60] as number) + 1;
		const isBroken = stepUs > ADJACENT_US || stepUs < 0;
		if (isBroken) this.#runStartUs = this.#runEndUs = -1;
		if (kind === 2) {
			const {narrow50, narrow60} = this;
			narrow50[at50] = (narrow50[at50] as number) + 1;
			narrow60[at60] = (narrow60[at60] as number) + 1;
			if (this.#runStartUs < 0) {
				if (this.#runEndUs >= 0) count(this.gaps, sinceUs - this.#runEndUs);
				this.#runStartUs = sinceUs;
			}
			this.#runEndUs = sinceUs;
		} else if (this.#runStartUs >= 0) {
			count(this.runs, this.#runEndUs - this.#runStartUs);
			this.#runStartUs = -1;
			this.#lastPlace = -1;
		}
	}
}

function count(durations: Uint16Array, durationUs: number): void {
	const bits = Math.min(DURATIONS - 1, 32 - Math.clz32(durationUs));
	durations[bits] = (durations[bits] as number) + 1;
}
