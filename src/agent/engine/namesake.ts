// SPDX-License-Identifier: Apache-2.0
import type {Explanation} from '../../model/decision.ts';

// One number, and two that speak with it: two agents on a router, or a router that was copied. What others remember of us is an
// old message, said once more. Who lives goes on counting.
//
//   nobody ──three new messages in eight seconds──▶ alive ──two minutes without one──▶ nobody
//
// Who hears it has begun later, or has already given way once; so one of the two falls silent, and the other one goes on.

const ALIVE_MESSAGES = 3;
const ALIVE_MS = 8000;
const GONE_MS = 120_000;

/** What is heard of another with our number, in a later epoch than ours. */
export class Namesake {
	#epoch = 0;
	#seq = 0;
	#count = 0;
	#firstMs = 0;
	#lastMs = Number.NEGATIVE_INFINITY;

	/** A message that is proven to be of our number; only what was not said before counts. */
	hear(nowMs: number, epoch: number, seq: number): void {
		if (epoch < this.#epoch || (epoch === this.#epoch && seq <= this.#seq)) return;
		if (this.isGone(nowMs)) this.#count = 0;
		if (this.#count++ === 0) this.#firstMs = nowMs;
		this.#epoch = epoch;
		this.#seq = seq;
		this.#lastMs = nowMs;
	}

	/** We begin anew, later than it: what it says from now on is its answer to that. */
	forget(): void {
		this.#count = 0;
	}

	get isAlive(): boolean {
		return this.#count >= ALIVE_MESSAGES && this.#lastMs - this.#firstMs >= ALIVE_MS;
	}

	isGone(nowMs: number): boolean {
		return nowMs - this.#lastMs > GONE_MS;
	}

	/** Where it is by now. */
	get epoch(): number {
		return this.#epoch;
	}
}

/** What the owner is told of who gives way. */
export function silenceOf(atMs: number, refusal: string): Explanation {
	const nothing = {radio: undefined, from: undefined, to: undefined, numbers: {}, alternatives: [], nodes: []};
	return {...nothing, atMs, why: 'silent', refusal};
}
