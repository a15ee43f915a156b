// SPDX-License-Identifier: Apache-2.0
import type {NodeId, NodeRecord} from '../../model/peer.ts';
import type {LocalMesh} from './neighbourhood.ts';

/** An eighth of the time, of 255: less is weather. */
const NEWS = 32;

interface Believed {
	record: NodeRecord;
	/** By channel; -1 where it may not be used. */
	readonly busy: Map<number, number>;
}

/** Notices when channels became so much busier, or freer, or forbidden, that plans may be better than before. */
export class AirNews {
	readonly #believed = new Map<NodeId, Believed>();

	/** Whether there is news since it was asked last, of nodes at most so many hops away. */
	look({known, hops}: LocalMesh, reach: number): boolean {
		let isNews = false;
		known.forEach((node, place) => {
			const distance = hops[place] as number;
			if (node === undefined || distance < 0 || distance > reach) return;
			const believed = this.#believed.get(node.id);
			if (believed === undefined) this.#believed.set(node.id, {record: node.record, busy: busyOf(node.record)});
			else if (believed.record !== node.record) {
				believed.record = node.record;
				if (update(believed.busy, node.record)) isNews = true;
			}
		});
		for (const id of this.#believed.keys()) if (!known.some(node => node?.id === id)) this.#believed.delete(id);
		return isNews;
	}
}

function busyOf({channels}: NodeRecord): Map<number, number> {
	return new Map(channels.map(({mhz, busy, blocked}) => [mhz, blocked ? -1 : busy]));
}

/** A channel's belief stays until it is wrong by enough: so slow changes add up, and small ones do not. */
function update(busy: Map<number, number>, {channels}: NodeRecord): boolean {
	let isNews = false;
	for (const {mhz, busy: now, blocked} of channels) {
		const before = busy.get(mhz);
		const next = blocked ? -1 : now;
		const isSame = before !== undefined && before < 0 === blocked && Math.abs(next - before) < NEWS;
		if (isSame) continue;
		busy.set(mhz, next);
		isNews = true;
	}
	return isNews;
}
