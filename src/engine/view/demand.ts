// SPDX-License-Identifier: Apache-2.0
import {SHARE_ONE} from '../../model/channel.ts';
import type {NodeId} from '../../model/peer.ts';

/** What was measured so long ago counts half. */
const HALF_LIFE_MS = 900_000;
/** A link that is quiet now will be wanted: what it counts at least, in sixteenths. */
const LEAST_WEIGHT = 4;

interface Link {
	/** Air time in µs of all counters at the last look. */
	airtimeUs: number;
	atMs: number;
	share: number | undefined;
}

/** The share of the air that the link to each neighbour takes, smoothed over some minutes. */
export class Demand {
	readonly #links = new Map<NodeId, Link>();

	/**
	 * Takes what a neighbour's link took of the air, sent and received, on all radios together, as it grows.
	 *
	 * Units: sixteenths of the air. Absent: undefined where nothing can be said yet.
	 */
	take(nowMs: number, id: NodeId, airtimeUs: number): number | undefined {
		const link = this.#links.get(id);
		if (link === undefined) {
			this.#links.set(id, {airtimeUs, atMs: nowMs, share: undefined});
			return undefined;
		}
		const [passedMs, usedUs] = [nowMs - link.atMs, airtimeUs - link.airtimeUs];
		if (passedMs <= 0) return undefined;
		link.atMs = nowMs;
		link.airtimeUs = airtimeUs;
		// Counters begin anew when a peer does.
		if (usedUs < 0) return undefined;
		const measured = Math.min(1, usedUs / 1000 / passedMs);
		const fade = 2 ** (-passedMs / HALF_LIFE_MS);
		link.share = link.share === undefined ? measured : link.share * fade + measured * (1 - fade);
		return Math.max(LEAST_WEIGHT, SHARE_ONE * link.share);
	}

	/** Forgets who is no neighbour any more. */
	keepOnly(ids: ReadonlySet<NodeId>): void {
		for (const id of this.#links.keys()) if (!ids.has(id)) this.#links.delete(id);
	}
}
