// SPDX-License-Identifier: Apache-2.0
import type {Log} from '../../port/port.ts';

const MOST_FAULTS = 16;

/** Faults of our own, each said once. */
export class Faults {
	readonly #log: Log;
	readonly #said = new Set<string>();

	constructor(log: Log) {
		this.#log = log;
	}

	say(input: string, error: unknown): void {
		const detail = error instanceof Error ? error.message : String(error);
		if (this.#said.has(detail) || this.#said.size >= MOST_FAULTS) return;
		this.#said.add(detail);
		this.#log.write('error', `the engine failed on '${input}': ${detail} (said once)`);
	}
}
