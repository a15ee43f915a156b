// SPDX-License-Identifier: Apache-2.0

/**
 * A budget that refills with time and may be overdrawn once: what does not fit waits until the debt is paid.
 *
 * Units:  `perSecond` and `burst` count whatever the caller takes: bytes or packets.
 */
export class TokenBucket {
	readonly #perMs: number;
	readonly #burst: number;
	#level: number;
	#atMs: number;

	constructor(perSecond: number, burst: number, nowMs: number) {
		this.#perMs = perSecond / 1000;
		this.#burst = burst;
		this.#level = burst;
		this.#atMs = nowMs;
	}

	/** Refills up to now. */
	refill(nowMs: number): void {
		this.#level = Math.min(this.#burst, this.#level + Math.max(0, nowMs - this.#atMs) * this.#perMs);
		this.#atMs = nowMs;
	}

	/** Takes tokens, into debt if need be. */
	take(count: number): void {
		this.#level -= count;
	}

	get exhausted(): boolean {
		return this.#level < 0;
	}

	/** How long until something may be taken again. */
	waitMs(): number {
		return this.#level >= 0 ? 0 : -this.#level / this.#perMs;
	}
}
