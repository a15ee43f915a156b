// SPDX-License-Identifier: Apache-2.0

// The difference of two monotonic clocks from single readings of it. Neither clock jumps while its router runs, so a reading
// that is elsewhere is wrong until others agree with it; and both run evenly, so a line through the readings is better than
// the last of them.

/** A reading of another clock minus our own, at `atUs` of our own, and the most that its making may have added or taken. */
export interface OffsetSample {
	readonly atUs: number;
	readonly offsetUs: number;
	readonly withinUs: number;
}

/** The difference at some moment. */
export interface OffsetEstimate {
	readonly offsetUs: number;
	/** How it grows, and what that may be wrong by. */
	readonly driftPpb: number;
	readonly driftErrorPpb: number;
	/** What it may be wrong by: two standard deviations, and what its readings may be off. */
	readonly errorUs: number;
}

const SAMPLES = 32;
/** Older readings say little of a quartz that grew warm since. */
const WINDOW_US = 180e6;
/** A line needs readings that far apart. */
const LEAST_SPAN_US = 4e6;
const LEAST_SAMPLES = 4;
/** Two quartzes at their worst, where no line is known yet. Source: IEEE Std 802.11-2020, 18.3.9.5: 20 ppm each. */
const WORST_DRIFT = 50e-6;
/** A line is as wrong as the temperature changed since. */
const WANDER = 0.5e-6;
/** A drift that no clock has. */
const MOST_DRIFT = 500e-6;
const FLOOR_US = 2;
/** Readings of one moment that are closer agree. */
const STEP_US = 100;
const AGREEING = 3;
const SILENT_US = 40e6;

interface Line {
	readonly middleUs: number;
	readonly offsetUs: number;
	readonly drift: number;
	/** Variance of a reading, by their number, and by the square of the distance from the middle. */
	readonly variance: number;
	readonly count: number;
	readonly spread: number;
	/** What its readings may be off by, on average. */
	readonly withinUs: number;
}

export class OffsetFilter {
	/** How often the difference became another one. */
	steps = 0;
	readonly #alike: number;
	#samples: OffsetSample[] = [];
	/** Readings that are elsewhere. */
	#strange: OffsetSample[] = [];
	#strangeUs = 0;
	#line: Line | undefined;

	/** So many readings in a row may have one cause of being wrong. */
	constructor(alike = 1) {
		this.#alike = alike;
	}

	/** It was elsewhere just now, and it is not yet known whether it stays there. */
	get isDoubtful(): boolean {
		return this.#strange.length > 0;
	}

	take(sample: OffsetSample): void {
		const expected = this.at(sample.atUs);
		if (expected !== undefined) {
			const awayUs = Math.abs(sample.offsetUs - expected.offsetUs);
			const doubtUs = this.isDoubtful ? this.#strangeUs : 0;
			if (awayUs > 2 * (expected.errorUs - doubtUs) + sample.withinUs + STEP_US) return this.#doubt(sample, awayUs);
		}
		this.#strange = [];
		this.#add(sample);
	}

	/** Absent: undefined where nothing was read for long. */
	at(nowUs: number): OffsetEstimate | undefined {
		const last = this.#samples.at(-1);
		if (last === undefined || nowUs - last.atUs > SILENT_US) return undefined;
		const doubtUs = this.isDoubtful ? this.#strangeUs : 0;
		const line = this.#line;
		if (line === undefined) {
			const best = this.#best(nowUs);
			const wrongUs = best.withinUs + WORST_DRIFT * Math.abs(nowUs - best.atUs) + FLOOR_US;
			return {offsetUs: best.offsetUs, driftPpb: 0, driftErrorPpb: WORST_DRIFT * 1e9, errorUs: wrongUs + doubtUs};
		}
		const awayUs = nowUs - line.middleUs;
		const variance = line.variance * this.#alike * (1 / line.count + (awayUs * awayUs) / line.spread);
		const agedUs = WANDER * Math.abs(awayUs) + FLOOR_US + doubtUs;
		return {
			offsetUs: line.offsetUs + line.drift * awayUs,
			driftPpb: line.drift * 1e9,
			driftErrorPpb: 2e9 * Math.sqrt((line.variance * this.#alike) / line.spread),
			errorUs: 2 * Math.sqrt(variance) + line.withinUs + agedUs,
		};
	}

	#doubt(sample: OffsetSample, awayUs: number): void {
		this.#strangeUs = awayUs;
		this.#strange.push(sample);
		if (this.#strange.length < AGREEING) return;
		const agree = this.#strange.every(
			each =>
				Math.abs(each.offsetUs - sample.offsetUs) <=
				each.withinUs + sample.withinUs + STEP_US + WORST_DRIFT * (sample.atUs - each.atUs),
		);
		if (!agree) {
			this.#strange.shift();
			return;
		}
		this.steps++;
		this.#samples = [];
		this.#line = undefined;
		const agreeing = this.#strange;
		this.#strange = [];
		for (const each of agreeing) this.#add(each);
	}

	#add(sample: OffsetSample): void {
		this.#samples.push(sample);
		while (this.#samples.length > SAMPLES || sample.atUs - (this.#samples[0]?.atUs ?? 0) > WINDOW_US)
			this.#samples.shift();
		this.#line = lineThrough(this.#samples);
	}

	#best(nowUs: number): OffsetSample {
		const worth = (each: OffsetSample) => each.withinUs + WORST_DRIFT * Math.abs(nowUs - each.atUs);
		return this.#samples.reduce((best, each) => (worth(each) <= worth(best) ? each : best));
	}
}

/** Least squares over the readings that may be off by little. Absent: undefined where they are too few, or too close. */
function lineThrough(samples: readonly OffsetSample[]): Line | undefined {
	const leastUs = samples.reduce((least, {withinUs}) => Math.min(least, withinUs), Number.POSITIVE_INFINITY);
	const good = samples.filter(({withinUs}) => withinUs <= 2 * leastUs + 20);
	const [first, last] = [good[0], good.at(-1)];
	if (first === undefined || last === undefined) return undefined;
	const count = good.length;
	if (count < LEAST_SAMPLES || last.atUs - first.atUs < LEAST_SPAN_US) return undefined;
	// From the first reading on: squares of microseconds since boot have no digits left.
	let [sumUs, sumOffsetUs, sumWithinUs] = [0, 0, 0];
	for (const {atUs, offsetUs, withinUs} of good) {
		sumWithinUs += withinUs;
		sumUs += atUs - first.atUs;
		sumOffsetUs += offsetUs - first.offsetUs;
	}
	const [middleUs, middleOffsetUs] = [sumUs / count, sumOffsetUs / count];
	let [spread, common, square] = [0, 0, 0];
	for (const {atUs, offsetUs} of good) {
		const [x, y] = [atUs - first.atUs - middleUs, offsetUs - first.offsetUs - middleOffsetUs];
		spread += x * x;
		common += x * y;
		square += y * y;
	}
	const drift = Math.max(-MOST_DRIFT, Math.min(MOST_DRIFT, common / spread));
	const variance = Math.max(1, (square - drift * common) / (count - 2));
	return {
		middleUs: first.atUs + middleUs,
		offsetUs: first.offsetUs + middleOffsetUs,
		drift,
		variance,
		count,
		spread,
		withinUs: sumWithinUs / count,
	};
}
