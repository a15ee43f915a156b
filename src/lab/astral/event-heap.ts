// SPDX-License-Identifier: Apache-2.0

interface Entry {
	readonly atMs: number;
	readonly order: number;
	readonly run: () => void;
}

/** Events in the order of their time; those of the same time in the order they came. */
export class EventHeap {
	readonly #entries: Entry[] = [];
	#order = 0;

	/** Absent: Infinity when there is none. */
	get nextMs(): number {
		return this.#entries[0]?.atMs ?? Number.POSITIVE_INFINITY;
	}

	add(atMs: number, run: () => void): void {
		const entries = this.#entries;
		const entry = {atMs, order: this.#order++, run};
		let at = entries.length;
		entries.push(entry);
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!isBefore(entry, entries[parent] as Entry)) break;
			entries[at] = entries[parent] as Entry;
			at = parent;
		}
		entries[at] = entry;
	}

	/** Absent: undefined when there is none. */
	take(): (() => void) | undefined {
		const entries = this.#entries;
		const first = entries[0];
		const last = entries.pop();
		if (first === undefined || last === undefined) return undefined;
		if (entries.length === 0) return first.run;
		let at = 0;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= entries.length) break;
			if (child + 1 < entries.length && isBefore(entries[child + 1] as Entry, entries[child] as Entry)) child++;
			if (!isBefore(entries[child] as Entry, last)) break;
			entries[at] = entries[child] as Entry;
			at = child;
		}
		entries[at] = last;
		return first.run;
	}
}

function isBefore(a: Entry, b: Entry): boolean {
	return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
