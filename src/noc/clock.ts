// SPDX-License-Identifier: Apache-2.0
import {performance} from 'node:perf_hooks';

/** Time as the collector sees it: real in the program, moved by hand in tests. */
export interface NocClock {
	/** Monotonic milliseconds; its zero means nothing. */
	nowMs(): number;
	/** Milliseconds since 1970-01-01 UTC. */
	wallMs(): number;
	/** Runs `task` once after `delayMs`. Calling the result cancels it. */
	after(delayMs: number, task: () => void): () => void;
}

export const systemClock: NocClock = {
	nowMs: () => performance.now(),
	wallMs: () => Date.now(),
	after(delayMs, task) {
		const timer = setTimeout(task, delayMs);
		return () => clearTimeout(timer);
	},
};
