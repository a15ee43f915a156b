// SPDX-License-Identifier: Apache-2.0

const longestMs = 2147483647; // what Node's timers hold

interface Waiting {
	readonly atMs: number;
	readonly order: number;
	readonly task: () => void;
}

/**
 * Timers in the order the port promises: by deadline, equal deadlines as registered, fractions of a millisecond count.
 *
 * Node's own timers round to milliseconds and keep a list per delay, so `after(2)` may run before an earlier `after(1.5)`.
 */
export class TimerQueue {
	private readonly waiting: Waiting[] = []; // sorted, the next one last
	private order = 0;
	private alarm: NodeJS.Timeout | NodeJS.Immediate | undefined;
	private alarmAtMs = Number.POSITIVE_INFINITY;

	after(delayMs: number, task: () => void): () => void {
		const entry: Waiting = {atMs: performance.now() + Math.max(0, delayMs || 0), order: this.order++, task};
		this.waiting.splice(this.place(entry), 0, entry);
		this.arm();
		return () => {
			const at = this.waiting.indexOf(entry);
			if (at < 0) return;
			this.waiting.splice(at, 1);
			this.arm();
		};
	}

	private place(entry: Waiting): number {
		let low = 0;
		let high = this.waiting.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			const other = this.waiting[middle];
			if (other !== undefined && (other.atMs > entry.atMs || (other.atMs === entry.atMs && other.order > entry.order)))
				low = middle + 1;
			else high = middle;
		}
		return low;
	}

	private arm(): void {
		const next = this.waiting.at(-1)?.atMs ?? Number.POSITIVE_INFINITY;
		if (next === this.alarmAtMs) return;
		if (this.alarm !== undefined) {
			clearTimeout(this.alarm as NodeJS.Timeout);
			clearImmediate(this.alarm as NodeJS.Immediate);
		}
		this.alarm = undefined;
		this.alarmAtMs = next;
		if (next === Number.POSITIVE_INFINITY) return;
		const leftMs = next - performance.now();
		// Below one millisecond Node cannot sleep: turn the loop until it is time.
		this.alarm =
			leftMs < 1
				? setImmediate(() => this.due())
				: setTimeout(() => this.due(), Math.min(Math.floor(leftMs), longestMs));
	}

	/** Runs one task and lets the loop turn before the next: its promise jobs and the sockets come in between. */
	private due(): void {
		this.alarm = undefined;
		this.alarmAtMs = Number.POSITIVE_INFINITY;
		const next = this.waiting.at(-1);
		try {
			if (next === undefined || next.atMs > performance.now()) return;
			this.waiting.pop();
			next.task();
		} finally {
			this.arm();
		}
	}
}
