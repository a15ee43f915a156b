// SPDX-License-Identifier: Apache-2.0
import type {MeshTime} from '../../model/slots.ts';

const FRESH_MS = 15_000;
const MOST_DRIFT_US_PER_MS = 0.2;
/** After a step, until all follow. */
const STEPPED_MS = 10_000;

/** The mesh's time, and whether slots can be told by it. */
export class TrustedTime {
	/** Absent: none is agreed on. */
	now: MeshTime | undefined;
	/** What slots forgive: two clocks may be apart by half of it. */
	readonly #mostErrorUs: number;
	#heardMs = 0;
	#stepMs = Number.NEGATIVE_INFINITY;

	constructor(guardUs: number) {
		this.#mostErrorUs = guardUs / 2;
	}

	/** The time as it is now. Answers by how much it stepped. Absent: not at all. */
	take(time: MeshTime | undefined, nowMs: number): number | undefined {
		const before = this.now;
		const sinceMs = nowMs - this.#heardMs;
		this.now = time;
		this.#heardMs = nowMs;
		if (time === undefined || before === undefined) return undefined;
		const stepUs = Math.abs(time.offsetUs - before.offsetUs);
		if (stepUs <= this.#mostErrorUs + time.errorUs + MOST_DRIFT_US_PER_MS * sinceMs) return undefined;
		this.#stepMs = nowMs;
		return stepUs;
	}

	/** Why slots cannot be told by it. Absent: they can. */
	doubt(nowMs: number): string | undefined {
		const time = this.now;
		if (time === undefined) return 'The mesh has no common time here, so all slots are open.';
		if (nowMs - this.#stepMs < STEPPED_MS) return "The mesh's time stepped, so all slots are open for a while.";
		if (!(time.errorUs <= this.#mostErrorUs)) return "The mesh's time is not known well enough, so all slots are open.";
		if (nowMs - this.#heardMs + time.ageMs > FRESH_MS)
			return "The mesh's time was not heard of for long, so all slots are open.";
		return undefined;
	}
}
