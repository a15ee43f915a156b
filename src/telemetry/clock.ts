// SPDX-License-Identifier: Apache-2.0
import type {Clock} from '../port/port.ts';

/** Many routers have no clock of their own and start in 1970, or at the time their firmware was built. */
const PLAUSIBLE_SINCE_MS = 1_735_689_600_000; // 2025-01-01; the router's engine has no Date
/** NTP slews below half a second; what moves more than this at once is a step. */
const STEP_MS = 2000;

/** Tells how far the wall clock can be believed, from how it moves against the monotonic one. */
export class WallClock {
	readonly #clock: Clock;
	#offsetMs: number | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Whether the wall clock was ever set. */
	get set(): boolean {
		return this.#clock.wallMs() >= PLAUSIBLE_SINCE_MS;
	}

	/** The time to write on what was measured at a monotonic moment: wall time, or that moment while the clock is not set. */
	stamp(monotonicMs = this.#clock.nowMs()): {timeMs: number; clockUnset: boolean} {
		const {set} = this;
		return {timeMs: Math.round(set ? this.wallAtMs(monotonicMs) : monotonicMs), clockUnset: !set};
	}

	/** Wall time of a moment that was stamped with monotonic time. */
	wallAtMs(monotonicMs: number): number {
		return this.#clock.wallMs() - this.#clock.nowMs() + monotonicMs;
	}

	/** How far the clock was stepped since the last call, in ms. Absent: undefined when it was not. */
	step(): number | undefined {
		const offsetMs = this.#clock.wallMs() - this.#clock.nowMs();
		const movedMs = offsetMs - (this.#offsetMs ?? offsetMs);
		this.#offsetMs = offsetMs;
		return Math.abs(movedMs) > STEP_MS ? movedMs : undefined;
	}
}
