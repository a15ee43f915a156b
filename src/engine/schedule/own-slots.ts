// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {SlotPartner} from './slot-partner.ts';
import {SlotUse} from './slots-neighbourhood.ts';

/** Our own slots: free, claimed or owned. See the invariants on top of `slots.ts`. */
export class OwnSlots {
	/** By slot. */
	readonly use: Uint8Array;
	/** The version with which each slot was claimed. */
	readonly claimed: Float64Array;
	readonly #partners: ReadonlyMap<NodeId, SlotPartner>;

	constructor(count: number, partners: ReadonlyMap<NodeId, SlotPartner>) {
		this.use = new Uint8Array(count);
		this.claimed = new Float64Array(count);
		this.#partners = partners;
	}

	list(use: number): number[] {
		const list: number[] = [];
		for (let slot = 0; slot < this.use.length; slot++) if (this.use[slot] === use) list.push(slot);
		return list;
	}

	get isEmpty(): boolean {
		return this.use.every(use => use === SlotUse.free);
	}

	isAs(plan: Uint8Array): boolean {
		return this.use.every((use, slot) => use === (plan[slot] === 1 ? SlotUse.own : SlotUse.free));
	}

	free(slot: number): void {
		this.use[slot] = SlotUse.free;
		for (const partner of this.#partners.values()) partner.granted[slot] = 0;
	}

	/** Claims and frees. True: something is different. */
	become(target: Uint8Array, version: number): boolean {
		let isChanged = false;
		for (let slot = 0; slot < this.use.length; slot++) {
			const isFree = this.use[slot] === SlotUse.free;
			if ((target[slot] === 1) !== isFree) continue;
			this.free(slot);
			isChanged = true;
			if (!isFree) continue;
			this.use[slot] = SlotUse.claimed;
			this.claimed[slot] = version;
		}
		return isChanged;
	}

	/** S1 to S3: what is not granted by all is not owned. True: something is different. */
	demote(version: number): boolean {
		let isChanged = false;
		for (let slot = 0; slot < this.use.length; slot++) {
			if (this.use[slot] !== SlotUse.own || this.#grantedMs(slot) !== Number.POSITIVE_INFINITY) continue;
			this.use[slot] = SlotUse.claimed;
			this.claimed[slot] = version;
			isChanged = true;
		}
		return isChanged;
	}

	/** Claimed slots that all granted `waitMs` ago become own. Next: when another does, Infinity for never. */
	ripen(nowMs: number, waitMs: number): {readonly own: readonly number[]; readonly nextMs: number} {
		const own: number[] = [];
		let nextMs = Number.POSITIVE_INFINITY;
		for (let slot = 0; slot < this.use.length; slot++) {
			if (this.use[slot] !== SlotUse.claimed) continue;
			const dueMs = this.#grantedMs(slot) + waitMs;
			if (dueMs > nowMs) nextMs = Math.min(nextMs, dueMs);
			else {
				this.use[slot] = SlotUse.own;
				own.push(slot);
			}
		}
		return {own, nextMs};
	}

	/** When the last of all granted a slot; Infinity where one did not. */
	#grantedMs(slot: number): number {
		let grantedMs = 0;
		for (const partner of this.#partners.values())
			grantedMs = Math.max(grantedMs, partner.granted[slot] === 1 ? partner.grantedMs(slot) : Number.POSITIVE_INFINITY);
		return grantedMs;
	}
}
