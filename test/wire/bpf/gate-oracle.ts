// SPDX-License-Identifier: Apache-2.0
import type {GateOrder} from '../../../src/model/slots.ts';

// What the gate has to do, from the order's own words: slots are stepped through one by one, and nothing is computed ahead.

export interface Sent {
	readonly kind: 'data' | 'shared';
	readonly bytes: number;
	readonly atNs: number;
	/** Not before this, as its sender wishes; 0: at once. */
	readonly wishNs: number;
}

/** When it leaves; -1: dropped; undefined: it is not touched. */
export type Verdict = number | undefined;

export class GateOracle {
	readonly #order: GateOrder;
	#airFreeNs = 0;

	constructor(order: GateOrder) {
		this.#order = order;
	}

	send({kind, bytes, atNs, wishNs}: Sent): Verdict {
		const {superframe, leaseUntilUs, airtime, guardUs} = this.#order;
		if (atNs >= leaseUntilUs * 1000) return undefined;
		const backlogNs = 2 * superframe.slots * superframe.slotUs * 1000;
		const airNs = (airtime?.frameUs ?? 0) * 1000 + (airtime?.nsPerByte ?? 0) * bytes;
		let leavesNs = atNs;
		if (kind === 'data') {
			if (wishNs > leavesNs && wishNs - atNs < backlogNs) leavesNs = wishNs;
			leavesNs = Math.max(leavesNs, this.#airFreeNs);
			if (leavesNs - atNs >= backlogNs) return -1;
		}
		const needsNs = Math.max(airNs, guardUs * 1000);
		if (needsNs > this.#leftNs(kind, leavesNs)) {
			// On to where the run ends that it is in, and then to where one begins.
			let boundaryNs = this.#slotEndNs(leavesNs);
			while (this.#leftNs(kind, boundaryNs - 1) > 0) boundaryNs = this.#slotEndNs(boundaryNs);
			while (this.#leftNs(kind, boundaryNs) === 0) boundaryNs = this.#slotEndNs(boundaryNs);
			leavesNs = boundaryNs;
		}
		if (kind === 'data') this.#airFreeNs = leavesNs + airNs;
		return leavesNs;
	}

	#slotNumber(ns: number): number {
		return Math.floor((ns - this.#order.originUs * 1000) / (this.#order.superframe.slotUs * 1000));
	}

	#slotEndNs(ns: number): number {
		return this.#order.originUs * 1000 + (this.#slotNumber(ns) + 1) * this.#order.superframe.slotUs * 1000;
	}

	#marked(kind: Sent['kind'], number: number): boolean {
		const {own, open, superframe, guardUs} = this.#order;
		const {slots, slotUs} = superframe;
		const ownIsLong = longEnough(own, guardUs, slotUs);
		const marks = kind === 'shared' ? own.map((mark, i) => mark || open[i] === true) : ownIsLong ? own : open;
		const slot = ((number % slots) + slots) % slots;
		return marks.every(Boolean) || (marks[slot] === true && runLength(marks, slot) * slotUs > guardUs);
	}

	/** How long it may still send from then on. */
	#leftNs(kind: Sent['kind'], ns: number): number {
		const {slots} = this.#order.superframe;
		let number = this.#slotNumber(ns);
		let endNs = ns;
		for (let count = 0; this.#marked(kind, number); number++, count++) {
			if (count > slots) return Number.POSITIVE_INFINITY;
			endNs = this.#slotEndNs(endNs);
		}
		return endNs - ns;
	}
}

/** Of the stretch that a slot is in, over the superframe's end. */
function runLength(marks: readonly boolean[], slot: number): number {
	const count = marks.length;
	let length = 1;
	for (let i = 1; i < count && marks[(slot + i) % count]; i++) length++;
	for (let i = 1; i < count && marks[(slot + count - i) % count]; i++) length++;
	return Math.min(length, count);
}

function longEnough(marks: readonly boolean[], guardUs: number, slotUs: number): boolean {
	return marks.some((mark, slot) => mark && (marks.every(Boolean) || runLength(marks, slot) * slotUs > guardUs));
}
