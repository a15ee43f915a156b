// SPDX-License-Identifier: Apache-2.0
import type {Superframe} from '../../model/slots.ts';

/** So much is asked for beyond what was sent: some slots are lost to guards, and traffic comes in bursts. */
const SPARE = 1.5;
/** Who is on the air for that share of the time its slots leave it is held back by them: the rest are gaps between frames. */
const FULL = 0.5;
/** Who sends less twice in a row gives slots away, but after waking up soon after that it waits for longer, up to the last. */
const FIRST_PATIENCE_MS = 3000;
const LAST_PATIENCE_MS = 15_000;
const SOON_MS = 60_000;

/**
 * How many slots a radio's traffic can use, by the air time that its frames took: whoever is held back by its slots asks for
 * all, and what it has then is what others leave; else powers of two, as each change makes all plan anew.
 */
export class SlotDemand {
	readonly #most: number;
	#demand: number;
	#lowSinceMs: number | undefined;
	#highest = 0;
	#patienceMs = FIRST_PATIENCE_MS;
	#loweredMs = Number.NEGATIVE_INFINITY;

	constructor(most: number) {
		this.#most = most;
		this.#demand = most;
	}

	/** Both are shares of the time: on the air, and what own slots allow. Absent usable: it is not held back by slots. */
	take(active: number, usable: number | undefined, nowMs: number): number {
		const demand = usable !== undefined && usable > 0 && active >= FULL * usable ? this.#most : this.#wanted(active);
		if (demand >= this.#demand) {
			if (demand > this.#demand) this.#patienceMs = this.#patienceAfter(nowMs - this.#loweredMs);
			this.#demand = demand;
			this.#lowSinceMs = undefined;
			this.#highest = 0;
			return demand;
		}
		// Traffic ended somewhere in the first stretch of time: the next ones tell what is left of it.
		if (this.#lowSinceMs === undefined) this.#lowSinceMs = nowMs;
		else this.#highest = Math.max(this.#highest, demand);
		if (nowMs - this.#lowSinceMs < this.#patienceMs) return this.#demand;
		this.#demand = this.#highest;
		this.#loweredMs = nowMs;
		this.#lowSinceMs = undefined;
		this.#highest = 0;
		return this.#demand;
	}

	#wanted(active: number): number {
		const wanted = active > 0 ? SPARE * active * this.#most + 1 : 1;
		let demand = 1;
		while (demand < wanted && demand < this.#most) demand *= 2;
		return Math.min(this.#most, demand);
	}

	#patienceAfter(sinceMs: number): number {
		return sinceMs < SOON_MS ? Math.min(LAST_PATIENCE_MS, 2 * this.#patienceMs) : FIRST_PATIENCE_MS;
	}
}

/** The share of the time that slots leave, given in order: each run of them ends with a guard. */
export function usableShare(own: readonly number[], {slots, slotUs}: Superframe, guardUs: number): number {
	let us = own.length * slotUs;
	for (let i = 0; i < own.length; i++) if (own[i + 1] !== (own[i] as number) + 1) us -= guardUs;
	return Math.max(0, us) / (slots * slotUs);
}
