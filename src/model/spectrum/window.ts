// SPDX-License-Identifier: Apache-2.0
import {FOUND_FIRST, FOUND_LAST, FOUND_PEAK, FOUND_SIZE, foldBins} from './fold.ts';
import {LEVELS, levelTables} from './level.ts';

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
/** What is wider is no narrow signal, what reaches the edge of the view may be wider than is seen. Units: kHz. */
const NARROW_KHZ = 7500;
const EDGE_KHZ = 1500;
/** Two samples further apart say nothing of each other. */
const ADJACENT_US = 5000;
const QUIET = 0;
const WIDE_KIND = 1;
const NARROW_KIND = 2;

// Where the counters of a window are. An array, because an engine for small machines reads its elements at a quarter of
// what a property costs.
const SAMPLES = 0;
const NOISE_SUM = 1;
const NARROW = 2;
const WIDE = 3;
const NARROW_RSSI_SUM = 4;
const SPAN_US = 5;
/** Since the window's first sample: the last one, and where a run of narrow ones began and ended. */
const LAST_US = 6;
const RUN_START_US = 7;
const RUN_END_US = 8;
const LAST_PLACE = 9;
/** What a narrow signal is at most, and one at the edge. */
const NARROW_BINS = 10;
const EDGE_BINS = 11;
const COUNTERS = 12;

// Where the lists of a window begin in one array.
const WIDTHS_AT = MOST_WINDOW_BINS;
const STEPS_AT = WIDTHS_AT + WIDTHS;
const RUNS_AT = STEPS_AT + STEPS;
const GAPS_AT = RUNS_AT + DURATIONS;
const PHASES_AT = GAPS_AT + DURATIONS;
const PHASE_SETS = 4;
const LISTS = PHASES_AT + PHASE_SETS * PHASES;
const ALL_50 = 0;
const ALL_60 = PHASES;
const NARROW_50 = 2 * PHASES;
const NARROW_60 = 3 * PHASES;
const MOST_US = 0x7fffffff;

const HT20_BINS = 56;

/** As `addPlain`. Absent: where there is no host, and the script does it. */
type HostAdd = (
	bytes: Uint8Array,
	at: number,
	centreMhz: number,
	startUs: number,
	counters: Int32Array,
	levels: Uint16Array,
	lists: Uint16Array,
	tables: Int16Array,
) => number;
const hostAdd = (globalThis as {readonly addSamples?: HostAdd}).addSamples;

export class SpectrumWindow {
	centreKhz = 0;
	binKhz = 0;
	/** Bins of the window: a sample's, or pairs (or more) of them. */
	bins = 0;
	/** Samples of each bin and level. */
	levels = new Uint16Array(0);
	readonly counters = new Int32Array(COUNTERS);
	/** All the lists that follow, one behind the other. */
	readonly lists = new Uint16Array(LISTS);
	/** Where the narrow samples were, how wide, how far from the one before. Units: bins. */
	readonly places = this.#list(0, WIDTHS_AT);
	readonly widths = this.#list(WIDTHS_AT, STEPS_AT);
	readonly steps = this.#list(STEPS_AT, RUNS_AT);
	/** How long narrow signals lasted, and the time between two of them, by their number of bits in microseconds. */
	readonly runs = this.#list(RUNS_AT, GAPS_AT);
	readonly gaps = this.#list(GAPS_AT, PHASES_AT);
	/** Samples by their place in a period of 50 Hz and one of 60 Hz: all of them, and the narrow ones. */
	readonly #phases = this.#list(PHASES_AT, LISTS);
	readonly #found = new Int32Array(FOUND_SIZE);
	#shift = 0;
	#startUs = 0;

	#list(from: number, to: number): Uint16Array<ArrayBuffer> {
		return this.lists.subarray(from, to);
	}

	get samples(): number {
		return this.counters[SAMPLES] as number;
	}

	/** The sum of what the samples said their noise floor is. */
	get noiseSum(): number {
		return this.counters[NOISE_SUM] as number;
	}

	get narrow(): number {
		return this.counters[NARROW] as number;
	}

	get wide(): number {
		return this.counters[WIDE] as number;
	}

	get narrowRssiSum(): number {
		return this.counters[NARROW_RSSI_SUM] as number;
	}

	/** Microseconds from the first sample to the last. */
	get spanUs(): number {
		return this.counters[SPAN_US] as number;
	}

	/** Samples in each sixteenth of a period: all, and those with a narrow signal. */
	phases(hz: 50 | 60, narrow: boolean): Uint16Array {
		const from = (hz === 50 ? ALL_50 : ALL_60) + (narrow ? NARROW_50 : 0);
		return this.#phases.subarray(from, from + PHASES);
	}

	/** How many bins of a sample are one of the window's. */
	get perBin(): number {
		return 1 << this.#shift;
	}

	/** Begins anew for the channel of a sample. */
	begin(sample: BinSample): void {
		let shift = 0;
		while (sample.binCount >> shift > MOST_WINDOW_BINS) shift++;
		this.#shift = shift;
		this.centreKhz = sample.centreKhz;
		this.binKhz = sample.binKhz * (1 << shift);
		this.bins = sample.binCount >> shift;
		if (this.levels.length === this.bins * LEVELS) this.levels.fill(0);
		else this.levels = new Uint16Array(this.bins * LEVELS);
		this.lists.fill(0);
		const {counters} = this;
		counters.fill(0);
		counters[NARROW_BINS] = Math.max(2, Math.round(NARROW_KHZ / sample.binKhz));
		counters[EDGE_BINS] = Math.max(2, Math.round(EDGE_KHZ / sample.binKhz));
		counters[RUN_START_US] = counters[RUN_END_US] = counters[LAST_PLACE] = -1;
		this.#startUs = sample.tsfUs;
	}

	/** Empties it; the next sample begins it. */
	clear(): void {
		this.counters[SAMPLES] = 0;
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

	/**
	 * Takes as many whole HT20 samples of this window's channel as stand one behind the other, if the host can: it does what
	 * `add` does to each. Says where the next one begins, which is the last one's at most: nothing follows that.
	 */
	addPlain(bytes: Uint8Array, at: number): number {
		if (hostAdd === undefined || this.samples === 0 || this.bins !== HT20_BINS) return at;
		const {counters, levels, lists, centreKhz} = this;
		return hostAdd(bytes, at, centreKhz / 1000, this.#startUs, counters, levels, lists, levelTables);
	}

	add(sample: BinSample): void {
		const {bytes, binsAt, binCount, maxExponent} = sample;
		const {levels} = this;
		const counters = this.counters;
		const found = this.#found;
		const shift = this.#shift;
		let {rssiDb, noiseDbm} = sample;
		let from = 0;
		let to = binCount;
		if (sample.halves === 2) {
			// What is narrow is in one of the halves: the stronger one is folded last and speaks for the sample.
			const {upperRssiDb, upperNoiseDbm} = sample;
			const middle = binCount >> 1;
			const lowerDbm = noiseDbm + rssiDb;
			const upperDbm = upperNoiseDbm + upperRssiDb;
			if (upperDbm > lowerDbm) {
				foldBins(bytes, binsAt, 0, middle, shift, lowerDbm, maxExponent, levels, found, levelTables);
				from = middle;
				rssiDb = upperRssiDb;
				noiseDbm = upperNoiseDbm;
			} else {
				foldBins(bytes, binsAt, middle, binCount, shift, upperDbm, maxExponent, levels, found, levelTables);
				to = middle;
			}
		}
		const totalDbm = noiseDbm + rssiDb;
		const crest = foldBins(bytes, binsAt, from, to, shift, totalDbm, maxExponent, levels, found, levelTables);
		counters[SAMPLES] = (counters[SAMPLES] as number) + 1;
		counters[NOISE_SUM] = (counters[NOISE_SUM] as number) + noiseDbm;
		const kind = rssiDb < ON_DB && crest < CREST ? QUIET : this.#kindOf(binCount, rssiDb);
		this.#time(sample.tsfUs - this.#startUs, kind);
	}

	/** Of a sample that stands out; the place and the width of a narrow one are counted. */
	#kindOf(binCount: number, rssiDb: number): number {
		const found = this.#found;
		const counters = this.counters;
		const first = found[FOUND_FIRST] as number;
		const last = found[FOUND_LAST] as number;
		const width = last - first + 1;
		const isAtEdge = first < 2 || last >= binCount - 2;
		if (width > (counters[NARROW_BINS] as number) || (isAtEdge && width > (counters[EDGE_BINS] as number))) {
			if (rssiDb < ON_DB) return QUIET;
			counters[WIDE] = (counters[WIDE] as number) + 1;
			return WIDE_KIND;
		}
		const shift = this.#shift;
		const place = (found[FOUND_PEAK] as number) >> shift;
		const {places, widths, steps} = this;
		const wide = width >> shift < WIDTHS ? width >> shift : WIDTHS - 1;
		places[place] = (places[place] as number) + 1;
		widths[wide] = (widths[wide] as number) + 1;
		const before = counters[LAST_PLACE] as number;
		if (before >= 0) {
			const distance = place < before ? before - place : place - before;
			const step = distance < STEPS ? distance : STEPS - 1;
			steps[step] = (steps[step] as number) + 1;
		}
		counters[LAST_PLACE] = place;
		counters[NARROW] = (counters[NARROW] as number) + 1;
		counters[NARROW_RSSI_SUM] = (counters[NARROW_RSSI_SUM] as number) + rssiDb;
		return NARROW_KIND;
	}

	#time(sinceUs: number, kind: number): void {
		const counters = this.counters;
		if (sinceUs < 0 || sinceUs > MOST_US) {
			this.#startUs += sinceUs;
			counters[LAST_US] = 0;
			counters[RUN_START_US] = counters[RUN_END_US] = -1;
			return;
		}
		const stepUs = sinceUs - (counters[LAST_US] as number);
		counters[LAST_US] = sinceUs;
		if (sinceUs > (counters[SPAN_US] as number)) counters[SPAN_US] = sinceUs;
		const phases = this.#phases;
		// The sixteenth of the period, without a division.
		const at50 = ((sinceUs % 20_000) * 838) >> 20;
		const at60 = ((sinceUs % 16_667) * 1006) >> 20;
		phases[at50] = (phases[at50] as number) + 1;
		phases[ALL_60 + at60] = (phases[ALL_60 + at60] as number) + 1;
		if (stepUs > ADJACENT_US || stepUs < 0) counters[RUN_START_US] = counters[RUN_END_US] = -1;
		const runStartUs = counters[RUN_START_US] as number;
		if (kind === NARROW_KIND) {
			phases[NARROW_50 + at50] = (phases[NARROW_50 + at50] as number) + 1;
			phases[NARROW_60 + at60] = (phases[NARROW_60 + at60] as number) + 1;
			const runEndUs = counters[RUN_END_US] as number;
			counters[RUN_END_US] = sinceUs;
			if (runStartUs >= 0) return;
			counters[RUN_START_US] = sinceUs;
			if (runEndUs >= 0) count(this.gaps, sinceUs - runEndUs);
		} else if (runStartUs >= 0) {
			count(this.runs, (counters[RUN_END_US] as number) - runStartUs);
			counters[RUN_START_US] = counters[LAST_PLACE] = -1;
		}
	}
}

function count(durations: Uint16Array, durationUs: number): void {
	const bits = Math.min(DURATIONS - 1, 32 - Math.clz32(durationUs));
	durations[bits] = (durations[bits] as number) + 1;
}
