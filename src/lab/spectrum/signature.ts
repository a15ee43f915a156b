// SPDX-License-Identifier: Apache-2.0

// What sends, as an FFT of some microseconds sees it: at one moment it is silent, or it has a place, a width and a power.

/** What a source looks like during one FFT. */
export interface Glimpse {
	readonly khz: number;
	/** 0: a tone. Otherwise noise-like over so much. */
	readonly widthKhz: number;
	/** Over all of the width. Units: dB over the receiver's noise floor. */
	readonly marginDb: number;
}

/** Asked in order of time. Absent: undefined while it is silent. */
export type Emitter = (nowUs: number) => Glimpse | undefined;

/** The part of the spectrum that is looked at. */
export interface View {
	readonly centreKhz: number;
	readonly spanKhz: number;
}

export type Random = () => number;

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

export function pick<T>(random: Random, values: readonly T[]): T {
	return values[Math.floor(random() * values.length)] as T;
}

/** Whether something that comes and goes is there: `next` draws each pause and each stay. */
export function schedule(
	random: Random,
	next: () => {readonly silentUs: number; readonly onUs: number},
	began: () => void = () => {},
): (nowUs: number) => boolean {
	// It has been on for an unknown time when it is first looked at.
	let from = -between(random, 0, 1) * next().silentUs;
	let until = from;
	return nowUs => {
		while (nowUs >= until) {
			const {silentUs, onUs} = next();
			from = until + silentUs;
			until = from + onUs;
			began();
		}
		return nowUs >= from;
	};
}
