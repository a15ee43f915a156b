// SPDX-License-Identifier: Apache-2.0

/**
 * What can happen. Of what happens at one moment the lower kind comes first: a frame ends before an answer to it is
 * counted out, and counters that reach zero are looked at last, so that all of them find the air as it was.
 */
export const Kind = {
	frameEnd: 0,
	interferer: 1,
	preamble: 2,
	answer: 3,
	timeout: 4,
	traffic: 5,
	navReset: 6,
	access: 7,
} as const;

const KINDS = 8;

/**
 * Events in order of time.
 *
 * Shape:    a binary heap in two typed arrays; kind and time are one number, as is what the event is about.
 * Units:    ns, whole.
 * Validity: until 2^50 ns, 13 days of virtual time, where a double still counts eighths of ns.
 */
export class EventQueue {
	#keys = new Float64Array(1024);
	#subjects = new Int32Array(1024);
	#size = 0;
	/** Of the event that `pop` took out. */
	timeNs = 0;
	kind = 0;
	subject = 0;

	get size(): number {
		return this.#size;
	}

	/** When the next event is; Infinity if there is none. */
	get nextNs(): number {
		return this.#size === 0 ? Number.POSITIVE_INFINITY : Math.floor((this.#keys[0] as number) / KINDS);
	}

	push(timeNs: number, kind: number, subject: number): void {
		if (this.#size === this.#keys.length) this.#grow();
		const keys = this.#keys;
		const subjects = this.#subjects;
		const key = timeNs * KINDS + kind;
		let at = this.#size++;
		while (at > 0) {
			const above = (at - 1) >> 1;
			const aboveKey = keys[above] as number;
			if (aboveKey <= key) break;
			keys[at] = aboveKey;
			subjects[at] = subjects[above] as number;
			at = above;
		}
		keys[at] = key;
		subjects[at] = subject;
	}

	/** Takes the next event out and leaves it in `timeNs`, `kind`, `subject`. There must be one. */
	pop(): void {
		const keys = this.#keys;
		const subjects = this.#subjects;
		const first = keys[0] as number;
		this.timeNs = Math.floor(first / KINDS);
		this.kind = first - this.timeNs * KINDS;
		this.subject = subjects[0] as number;
		const size = --this.#size;
		const key = keys[size] as number;
		const subject = subjects[size] as number;
		let at = 0;
		for (;;) {
			let below = 2 * at + 1;
			if (below >= size) break;
			if (below + 1 < size && (keys[below + 1] as number) < (keys[below] as number)) below++;
			const belowKey = keys[below] as number;
			if (belowKey >= key) break;
			keys[at] = belowKey;
			subjects[at] = subjects[below] as number;
			at = below;
		}
		keys[at] = key;
		subjects[at] = subject;
	}

	#grow(): void {
		const keys = new Float64Array(this.#keys.length * 2);
		const subjects = new Int32Array(keys.length);
		keys.set(this.#keys);
		subjects.set(this.#subjects);
		this.#keys = keys;
		this.#subjects = subjects;
	}
}
