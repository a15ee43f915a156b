// SPDX-License-Identifier: Apache-2.0
import {type SlotKnown, SlotUse} from './slots-neighbourhood.ts';

/** What one partner granted us, and when it confirmed that it keeps to it. See the invariants on top of `slots.ts`. */
export class SlotPartner {
	/** By slot, 1 for granted. */
	readonly granted: Uint8Array;
	/** When the newest of our records was said that it has seen. */
	confirmedMs: number;
	readonly #grantedMs: Float64Array;
	/** Only what it saw since then counts. */
	#sinceVersion: number;
	/** S2: until it is a partner too, what it owns beside us is from before. */
	#keeps: boolean;

	/** Absent `kept`: nothing that we own is kept (S2). */
	constructor(sinceVersion: number, nowMs: number, kept: Uint8Array | undefined, slots: number) {
		this.#sinceVersion = sinceVersion;
		this.confirmedMs = nowMs;
		this.#keeps = kept !== undefined;
		this.granted = new Uint8Array(slots);
		this.#grantedMs = new Float64Array(slots).fill(nowMs);
		if (kept === undefined) return;
		for (let slot = 0; slot < slots; slot++) if (kept[slot] === SlotUse.own) this.granted[slot] = 1;
	}

	grantedMs(slot: number): number {
		return this.#grantedMs[slot] as number;
	}

	/** S3: its word is too old. */
	forget(sinceVersion: number): void {
		if (!this.granted.includes(1)) return;
		this.granted.fill(0);
		this.#sinceVersion = sinceVersion;
	}

	/** Takes its newest record. True: grants are others now. */
	take(
		{use, seenOf}: SlotKnown,
		{id, epoch, nowMs}: {readonly id: number; readonly epoch: number; readonly nowMs: () => number},
		ours: Uint8Array,
		claimed: Float64Array,
		saidMs: (version: number) => number | undefined,
	): boolean {
		const seen = seenOf(id);
		const atMs = seen === undefined || seen.epoch !== epoch % 65_536 ? undefined : saidMs(seen.version);
		const version = atMs === undefined || seen === undefined || seen.version < this.#sinceVersion ? -1 : seen.version;
		if (version >= 0 && atMs !== undefined) {
			this.confirmedMs = Math.max(this.confirmedMs, atMs);
			this.#keeps = false;
		}
		let isChanged = false;
		for (let slot = 0; slot < ours.length; slot++) {
			const wasGranted = this.granted[slot] === 1;
			let isGranted = wasGranted;
			if (use[slot] === SlotUse.own) isGranted = wasGranted && this.#keeps;
			else if (use[slot] === SlotUse.free && ours[slot] !== SlotUse.free && (claimed[slot] as number) <= version)
				isGranted = true;
			if (isGranted === wasGranted) continue;
			this.granted[slot] = isGranted ? 1 : 0;
			if (isGranted) this.#grantedMs[slot] = nowMs();
			isChanged = true;
		}
		return isChanged;
	}
}
