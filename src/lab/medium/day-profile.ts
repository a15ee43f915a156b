// SPDX-License-Identifier: Apache-2.0

const HOUR_US = 3_600_000_000;

/** How much of its peak something does in each hour of a day. Shape: 24 numbers from 0 to 1. */
export type DayProfile = readonly number[];

/** A village's evening: little at night, a bump at noon, the most at nine in the evening. */
export const evening: DayProfile = [
	0.3, 0.18, 0.1, 0.08, 0.08, 0.1, 0.18, 0.3, 0.38, 0.42, 0.45, 0.5, 0.55, 0.5, 0.48, 0.5, 0.55, 0.65, 0.78, 0.9, 1,
	0.98, 0.8, 0.5,
];
/** An office next door: nothing at night. */
export const office: DayProfile = [
	0, 0, 0, 0, 0, 0, 0.1, 0.4, 0.8, 1, 1, 0.9, 0.6, 0.8, 1, 1, 0.9, 0.5, 0.2, 0.1, 0, 0, 0, 0,
];
/** The same at all times. */
export const steady: DayProfile = Array.from({length: 24}, () => 1);

/** The profile at a moment, on a line from the middle of one hour to the middle of the next. Units: µs since midnight. */
export function profileAt(profile: DayProfile, timeUs: number): number {
	const hours = (((timeUs / HOUR_US - 0.5) % 24) + 24) % 24;
	const before = profile[Math.floor(hours)] ?? 0;
	const after = profile[(Math.floor(hours) + 1) % 24] ?? 0;
	return before + (after - before) * (hours - Math.floor(hours));
}
