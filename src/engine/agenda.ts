// SPDX-License-Identifier: Apache-2.0

interface Entry {
	readonly dueMs: number;
	readonly task: (nowMs: number) => void;
}

/** What is to be done when. It has no clock: who has one tells the time. */
export class Agenda {
	#entries: Entry[] = [];

	/** Absent: Infinity when nothing is to be done. */
	get nextMs(): number {
		let next = Number.POSITIVE_INFINITY;
		for (const {dueMs} of this.#entries) if (dueMs < next) next = dueMs;
		return next;
	}

	/** Calling the result takes it off again. */
	at(dueMs: number, task: (nowMs: number) => void): () => void {
		const entry = {dueMs, task};
		this.#entries.push(entry);
		return () => {
			const place = this.#entries.indexOf(entry);
			if (place >= 0) this.#entries.splice(place, 1);
		};
	}

	/** Does what is due, the earliest first, also what was put on meanwhile. */
	run(nowMs: number): void {
		for (;;) {
			let first: Entry | undefined;
			for (const entry of this.#entries)
				if (entry.dueMs <= nowMs && (first === undefined || entry.dueMs < first.dueMs)) first = entry;
			if (first === undefined) return;
			this.#entries.splice(this.#entries.indexOf(first), 1);
			first.task(nowMs);
		}
	}
}
