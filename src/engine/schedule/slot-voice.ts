// SPDX-License-Identifier: Apache-2.0
import type {Agenda} from '../agenda.ts';

const FAR_REFRESH_MS = 60_000;
const REMEMBERED = 96;

/** When a record is said, and which numbers those had that were: at most once a round, soon after something changed. */
export class SlotVoice {
	/** Of the record that was said last. */
	version = 0;
	lastMs = Number.NEGATIVE_INFINITY;
	readonly #agenda: Agenda;
	readonly #nowMs: () => number;
	readonly #random: () => number;
	readonly #roundMs: number;
	readonly #speak: (isFar: boolean) => void;
	readonly #saidMs = new Map<number, number>();
	#isFar = true;
	#lastFarMs = Number.NEGATIVE_INFINITY;
	#cancel: (() => void) | undefined;
	#isStopped = false;

	constructor(
		{agenda, nowMs, random}: {readonly agenda: Agenda; readonly nowMs: () => number; readonly random: () => number},
		roundMs: number,
		speak: (isFar: boolean) => void,
	) {
		this.#agenda = agenda;
		this.#nowMs = nowMs;
		this.#random = random;
		this.#roundMs = roundMs;
		this.#speak = speak;
	}

	stop(): void {
		this.#isStopped = true;
		this.#cancel?.();
	}

	/** When a record was said. Absent: never, or too long ago. */
	readonly saidMs = (version: number): number | undefined => this.#saidMs.get(version);

	/** The record is another one; `isFar`: that concerns the whole channel. */
	dirty(isFar = false): void {
		this.#isFar ||= isFar;
		if (this.#cancel !== undefined || this.#isStopped) return;
		const dueMs = Math.max(
			this.#nowMs() + 20 * this.#random(),
			this.lastMs + this.#roundMs * (0.8 + 0.1 * this.#random()),
		);
		this.#cancel = this.#agenda.at(dueMs, () => {
			this.#cancel = undefined;
			const nowMs = this.#nowMs();
			const isFarNow = this.#isFar || nowMs - this.#lastFarMs >= FAR_REFRESH_MS;
			if (isFarNow) this.#lastFarMs = nowMs;
			this.#isFar = false;
			this.lastMs = nowMs;
			this.version++;
			this.#saidMs.set(this.version, nowMs);
			this.#saidMs.delete(this.version - REMEMBERED);
			this.#speak(isFarNow);
		});
	}

	/** Somebody new is there, who knows nothing of us yet. */
	meet(): void {
		this.#isFar = true;
	}
}
