// SPDX-License-Identifier: Apache-2.0

/** One reading of a driver's counters for one channel, in ms. Absent: the driver does not keep it. */
export interface SurveyReading {
	readonly activeMs?: number | undefined;
	readonly busyMs?: number | undefined;
	readonly receiveMs?: number | undefined;
	readonly transmitMs?: number | undefined;
	readonly ownReceiveMs?: number | undefined;
}

const fields = ['activeMs', 'busyMs', 'receiveMs', 'transmitMs', 'ownReceiveMs'] as const;
type Field = (typeof fields)[number];

/** A radio cannot have listened longer than time has passed; drivers round, and a busy router reads its clock late. */
const TOLERANCE_MS = 1000;
const TOLERANCE_SHARE = 0.05;
const POW32 = 2 ** 32;
/** So many restarts without a plain step between them mean that reading clears the counters. */
const RESTARTS_OF_A_CLEARING_DRIVER = 3;

/**
 * Counters that only grow, out of counters that drivers restart, wrap, clear on read and let disagree.
 *
 * Kept for one radio and one frequency. Before anything strange happens the result equals the driver's own counters.
 *
 * Invariants
 * 1. No result ever decreases.
 * 2. In each step active grows by no more than the time passed, and nothing grows by more than active.
 * 3. A step that cannot be explained is left out and counted, not guessed.
 */
export class SurveyAccumulator {
	readonly #total: {[K in Field]?: number} = {};
	#last: SurveyReading | undefined;
	#lastMs = 0;
	#restarts = 0;
	#clears = false;
	/** Steps left out because no explanation fits. */
	unexplained = 0;

	/** Takes the reading made at monotonic `nowMs`. */
	add(reading: SurveyReading, nowMs: number): void {
		const last = this.#last;
		const elapsedMs = nowMs - this.#lastMs;
		this.#last = last === undefined ? reading : latest(last, reading);
		this.#lastMs = nowMs;
		if (last === undefined) {
			for (const field of fields) if (reading[field] !== undefined) this.#total[field] = reading[field];
			return;
		}
		const boundMs = elapsedMs * (1 + TOLERANCE_SHARE) + TOLERANCE_MS;
		const base = this.#base(last, reading, boundMs);
		if (base === undefined) {
			this.unexplained++;
			return;
		}
		this.#step(base, reading, boundMs);
	}

	/** The counters as accumulated. Absent: a counter that the driver never gave. */
	get total(): SurveyReading {
		return this.#total;
	}

	/** The counter as accumulated. Absent: undefined while the driver never gave it. */
	get(field: Field): number | undefined {
		return this.#total[field];
	}

	/** What the reading counts from: the last reading, zero after a restart, or less than zero after a wrap. */
	#base(last: SurveyReading, reading: SurveyReading, boundMs: number): SurveyReading | undefined {
		const before = last.activeMs;
		const now = reading.activeMs;
		if (before === undefined || now === undefined) return last;
		if (this.#clears) return {};
		if (now >= before && now - before <= boundMs) {
			// A step far shorter than the time passed may be two readings of a driver that clears: it proves nothing.
			if (now - before > boundMs / 2) this.#restarts = 0;
			return last;
		}
		const wrapped = now + POW32 - before;
		if (before < POW32 && wrapped >= 0 && wrapped <= boundMs) {
			const base: {[K in Field]?: number} = {};
			for (const field of fields) {
				const value = last[field];
				if (value !== undefined) base[field] = value > (reading[field] ?? 0) ? value - POW32 : value;
			}
			return base;
		}
		if (now > boundMs) return undefined;
		if (++this.#restarts >= RESTARTS_OF_A_CLEARING_DRIVER) this.#clears = true;
		return {};
	}

	#step(base: SurveyReading, reading: SurveyReading, boundMs: number): void {
		const active = reading.activeMs;
		const activeStep = active === undefined ? boundMs : Math.min(active - (base.activeMs ?? 0), boundMs);
		for (const field of fields) {
			const now = reading[field];
			if (now === undefined) continue;
			const step = now - (base[field] ?? 0);
			if (step < 0) continue;
			this.#total[field] = (this.#total[field] ?? 0) + Math.min(step, activeStep);
		}
	}
}

/** The newest value of each counter: one that is missing in a reading still stands where it stood. */
function latest(last: SurveyReading, reading: SurveyReading): SurveyReading {
	const merged: {[K in Field]?: number | undefined} = {};
	for (const field of fields) merged[field] = reading[field] ?? last[field];
	return merged;
}
