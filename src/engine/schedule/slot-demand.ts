// SPDX-License-Identifier: Apache-2.0

/** So much is asked for beyond what was sent: some slots are lost to guards, and traffic comes in bursts. */
const SPARE = 1.5;
/** Own slots that are in use to that share hold something back. */
const FULL = 0.5;
const LOWER_AFTER_MS = 30_000;

/**
 * How many slots a radio's traffic can use, by the air time that its frames took. Powers of two, up at once and down after a
 * while: each change makes all plan anew.
 */
export class SlotDemand {
	readonly #most: number;
	#demand: number;
	#lowSinceMs: number | undefined;
	#highest = 0;

	constructor(most: number) {
		this.#most = most;
		this.#demand = most;
	}

	/** Absent own: it is not held back by slots. */
	take(active: number, own: number | undefined, nowMs: number): number {
		let wanted = SPARE * active * this.#most + 1;
		if (own !== undefined && own > 0 && active * this.#most >= FULL * own)
			wanted = Math.max(wanted, 2 * own, this.#demand);
		let demand = 1;
		while (demand < wanted && demand < this.#most) demand *= 2;
		demand = Math.min(this.#most, demand);
		if (demand >= this.#demand) {
			this.#demand = demand;
			this.#lowSinceMs = undefined;
			this.#highest = 0;
		} else {
			this.#lowSinceMs ??= nowMs;
			this.#highest = Math.max(this.#highest, demand);
			if (nowMs - this.#lowSinceMs >= LOWER_AFTER_MS) {
				this.#demand = this.#highest;
				this.#lowSinceMs = undefined;
				this.#highest = 0;
			}
		}
		return this.#demand;
	}
}
