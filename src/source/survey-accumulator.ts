// SPDX-License-Identifier: Apache-2.0

// Counters that only grow, out of counters that drivers restart, wrap, clear on read and let disagree. Kept for one radio
// and one frequency, as numbers in a row of the board; before anything strange happens the totals are the driver's own.
//
// Invariants
// 1. No total ever decreases.
// 2. In each step active grows by no more than the time passed, and nothing grows by more than active.
// 3. A step that cannot be explained is left out and counted, not guessed.

/** The counters, in this order wherever they stand, in ms. NaN: the driver does not keep it. */
export const counters = ['activeMs', 'busyMs', 'receiveMs', 'transmitMs', 'ownReceiveMs'] as const;
const COUNTERS = counters.length;
const ACTIVE = 0;

// What is kept behind the totals.
const LAST = COUNTERS;
const LAST_MS = LAST + COUNTERS;
const RESTARTS = LAST_MS + 1;
const CLEARS = RESTARTS + 1;
/** Where the number of steps stands that were left out. */
export const UNEXPLAINED = CLEARS + 1;
/** Numbers that one channel takes, the totals first. All are NaN before the first reading. */
export const ACCUMULATOR_SIZE = UNEXPLAINED + 1;

/** A radio cannot have listened longer than time has passed; drivers round, and a busy router reads its clock late. */
const TOLERANCE_MS = 1000;
const TOLERANCE_SHARE = 0.05;
const POW32 = 2 ** 32;
/** So many restarts without a plain step between them mean that reading clears the counters. */
const RESTARTS_OF_A_CLEARING_DRIVER = 3;

/** Takes the reading at `from` of `reading`, made at monotonic `nowMs`, into the numbers at `at` of `state`. */
export function accumulate(state: Float64Array, at: number, reading: Float64Array, from: number, nowMs: number): void {
	const last = at + LAST;
	const lastMs = state[at + LAST_MS] as number;
	state[at + LAST_MS] = nowMs;
	if (Number.isNaN(lastMs)) return begin(state, at, reading, from);
	let bound = (nowMs - lastMs) * (1 + TOLERANCE_SHARE) + TOLERANCE_MS;
	const known = settleOrigin(state, at, reading, from, bound);
	for (let i = 0; i < COUNTERS; i++) {
		const now = reading[from + i] as number;
		// One that is missing in a reading (NaN) still stands where it stood.
		if (!(now >= 0)) continue;
		const before = state[last + i] as number;
		state[last + i] = now;
		if (!known) continue;
		// One that was never given before (NaN) counts from zero.
		const step = before >= 0 || before < 0 ? now - before : now;
		if (i === ACTIVE && step < bound) bound = step;
		if (step < 0) continue;
		const total = state[at + i] as number;
		const grown = Math.min(step, bound);
		state[at + i] = total >= 0 ? total + grown : grown;
	}
	if (!known) state[at + UNEXPLAINED] = (state[at + UNEXPLAINED] as number) + 1;
}

function begin(state: Float64Array, at: number, reading: Float64Array, from: number): void {
	for (let i = 0; i < COUNTERS; i++) state[at + i] = state[at + LAST + i] = reading[from + i] as number;
	state[at + RESTARTS] = 0;
	state[at + CLEARS] = 0;
	state[at + UNEXPLAINED] = 0;
}

/**
 * Makes the last reading what this one counts from: as it is, zero after a restart, less than zero after a wrap. False
 * where nothing explains the step.
 */
function settleOrigin(state: Float64Array, at: number, reading: Float64Array, from: number, bound: number): boolean {
	const last = at + LAST;
	const before = state[last + ACTIVE] as number;
	const now = reading[from + ACTIVE] as number;
	if (Number.isNaN(before) || Number.isNaN(now)) return true;
	if (state[at + CLEARS] === 1) {
		state.fill(0, last, last + COUNTERS);
		return true;
	}
	const step = now - before;
	if (step >= 0 && step <= bound) {
		// A step far shorter than the time passed may be two readings of a driver that clears: it proves nothing.
		if (step > bound / 2) state[at + RESTARTS] = 0;
		return true;
	}
	const wrapped = step + POW32;
	if (before < POW32 && wrapped >= 0 && wrapped <= bound) {
		for (let i = 0; i < COUNTERS; i++)
			if ((state[last + i] as number) > (reading[from + i] as number))
				state[last + i] = (state[last + i] as number) - POW32;
		return true;
	}
	if (now > bound) return false;
	const restarts = (state[at + RESTARTS] as number) + 1;
	state[at + RESTARTS] = restarts;
	if (restarts >= RESTARTS_OF_A_CLEARING_DRIVER) state[at + CLEARS] = 1;
	state.fill(0, last, last + COUNTERS);
	return true;
}
