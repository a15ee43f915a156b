// SPDX-License-Identifier: Apache-2.0

/** Something that may be had so often and no oftener, with some in store. */
export class Allowance {
	#left: number;
	#atMs: number;
	readonly #perMs: number;
	readonly #most: number;

	constructor(nowMs: number, perSecond: number, most: number) {
		this.#left = most;
		this.#atMs = nowMs;
		this.#perMs = perSecond / 1000;
		this.#most = most;
	}

	/** Takes some, where there is any. */
	take(nowMs: number, amount = 1): boolean {
		if (this.left(nowMs) < amount) return false;
		this.#left -= amount;
		return true;
	}

	/** Takes some that is used in any case; what is owed has a limit too. */
	owe(nowMs: number, amount: number): void {
		this.#left = Math.max(-this.#most, this.left(nowMs) - amount);
	}

	left(nowMs: number): number {
		this.#left = Math.min(this.#most, this.#left + (nowMs - this.#atMs) * this.#perMs);
		this.#atMs = nowMs;
		return this.#left;
	}
}
