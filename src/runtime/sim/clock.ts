// SPDX-License-Identifier: Apache-2.0
import type {Clock} from '../../port/port.ts';

interface Alarm {
	readonly atMs: number;
	readonly order: number;
	readonly task: () => void;
	cancelled: boolean;
}

/** Virtual time for any number of agents: it stands still until `advance` moves it, task by task in exact order. */
export class VirtualTime {
	#nowMs = 0;
	#count = 0;
	// A binary heap by time, then by the order in which the tasks were set.
	readonly #heap: Alarm[] = [];

	get nowMs(): number {
		return this.#nowMs;
	}

	after(delayMs: number, task: () => void): () => void {
		const alarm = {atMs: this.#nowMs + Math.max(0, delayMs || 0), order: this.#count++, task, cancelled: false};
		this.#push(alarm);
		return () => {
			alarm.cancelled = true;
		};
	}

	/** Runs everything due in the next `durationMs`, what that sets included. */
	advance(durationMs: number): void {
		const endMs = this.#nowMs + durationMs;
		for (;;) {
			const next = this.#heap[0];
			if (next === undefined || next.atMs > endMs) break;
			this.#pop();
			if (next.cancelled) continue;
			this.#nowMs = next.atMs;
			next.task();
		}
		this.#nowMs = endMs;
	}

	/** A clock on this time, whose wall clock a test may set and step. One with a drift runs fast by so much, or slow. */
	clock(wallOffsetMs: number, driftPpm = 0): SimClock {
		return new SimClock(this, wallOffsetMs, driftPpm);
	}

	#push(alarm: Alarm): void {
		const heap = this.#heap;
		let at = heap.push(alarm) - 1;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!earlier(alarm, heap[parent])) break;
			this.#swap(at, parent);
			at = parent;
		}
	}

	#pop(): void {
		const heap = this.#heap;
		const last = heap.pop();
		if (heap.length === 0 || last === undefined) return;
		heap[0] = last;
		let at = 0;
		for (;;) {
			const left = 2 * at + 1;
			const least = earlier(heap[left + 1], heap[left]) ? left + 1 : left;
			if (!earlier(heap[least], last)) return;
			this.#swap(at, least);
			at = least;
		}
	}

	#swap(a: number, b: number): void {
		const heap = this.#heap;
		const [one, other] = [heap[a], heap[b]];
		if (one === undefined || other === undefined) return;
		heap[a] = other;
		heap[b] = one;
	}
}

function earlier(a: Alarm | undefined, b: Alarm | undefined): boolean {
	if (a === undefined) return false;
	if (b === undefined) return true;
	return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

export class SimClock implements Clock {
	readonly #time: VirtualTime;
	/** Seconds of this clock for one of virtual time. */
	readonly #pace: number;
	/** Wall clock minus monotonic clock; a test sets it to step the clock. */
	wallOffsetMs: number;
	follows: boolean | undefined = true;

	constructor(time: VirtualTime, wallOffsetMs: number, driftPpm = 0) {
		this.#time = time;
		this.#pace = 1 + driftPpm / 1e6;
		this.wallOffsetMs = wallOffsetMs;
	}

	nowMs(): number {
		return this.#time.nowMs * this.#pace;
	}

	wallMs(): number {
		return this.nowMs() + this.wallOffsetMs;
	}

	synchronised(): boolean | undefined {
		return this.follows;
	}

	after(delayMs: number, task: () => void): () => void {
		return this.#time.after(delayMs / this.#pace, task);
	}
}
