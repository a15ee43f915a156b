// SPDX-License-Identifier: Apache-2.0

import type {Clock} from '../../port/port.ts';
import {airTimeUs} from './air-time.ts';
import {Allowance} from './allowance.ts';
import type {PeerInterface} from './peers.ts';

// The mesh's own talk must not take the air it is to save. Of each radio's air it has a hundredth, counted over what we send
// and what we hear: where that is used up, records wait, and of one origin's only the newest is kept. Hellos and what
// agreements need go at once; without them nothing would hold.

const SHARE_US_PER_S = 10_000;
/** Half a minute's share may be used at once, as when a mesh begins. */
const STORE_US = 300_000;
const LOOK_AGAIN_MS = 250;
const WAITING = 128;

interface Letter {
	readonly bytes: Uint8Array;
	readonly on: PeerInterface;
}

export class Outbox {
	readonly #clock: Clock;
	readonly #transmit: (bytes: Uint8Array, interfaceIndex: number, address?: string) => void;
	readonly #air = new Map<number, Allowance>();
	/** The newest of each key and interface. */
	readonly #waiting = new Map<string, Letter>();
	#cancelLook: (() => void) | undefined;

	constructor(clock: Clock, transmit: (bytes: Uint8Array, interfaceIndex: number, address?: string) => void) {
		this.#clock = clock;
		this.#transmit = transmit;
	}

	get waiting(): number {
		return this.#waiting.size;
	}

	/** Sends now, or what has a key as soon as its radio has air for it. Absent address: to everybody. */
	send(bytes: Uint8Array, on: PeerInterface, key: string | undefined, address?: string): void {
		const nowMs = this.#clock.nowMs();
		const air = this.#airOf(on);
		const isDue = key === undefined || air.left(nowMs) > 0;
		const place = `${on.index} ${key}`;
		if (key !== undefined) this.#waiting.delete(place);
		if (isDue) return this.#send(bytes, on, address);
		if (this.#waiting.size >= WAITING) return;
		this.#waiting.set(place, {bytes, on});
		this.#look();
	}

	/** Others use the same air. */
	heard(bytes: number, on: PeerInterface): void {
		this.#airOf(on).owe(this.#clock.nowMs(), airTimeUs(bytes, on.mhz));
	}

	stop(): void {
		this.#cancelLook?.();
		this.#waiting.clear();
	}

	#send(bytes: Uint8Array, on: PeerInterface, address?: string): void {
		this.#airOf(on).owe(this.#clock.nowMs(), airTimeUs(bytes.length, on.mhz, address !== undefined));
		this.#transmit(bytes, on.index, address);
	}

	#look(): void {
		this.#cancelLook ??= this.#clock.after(LOOK_AGAIN_MS, () => {
			this.#cancelLook = undefined;
			const nowMs = this.#clock.nowMs();
			for (const [place, {bytes, on}] of this.#waiting) {
				if (this.#airOf(on).left(nowMs) <= 0) continue;
				this.#waiting.delete(place);
				this.#send(bytes, on);
			}
			if (this.#waiting.size > 0) this.#look();
		});
	}

	#airOf({radio}: PeerInterface): Allowance {
		const known = this.#air.get(radio);
		if (known !== undefined) return known;
		const air = new Allowance(this.#clock.nowMs(), SHARE_US_PER_S, STORE_US);
		this.#air.set(radio, air);
		return air;
	}
}
