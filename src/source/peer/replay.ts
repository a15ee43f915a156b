// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';

// What each origin last said, so that nobody can say it again in its name. The engine tells copies of one message apart that
// come by several ways within a moment; this remembers for as long as there is room, also after the engine forgot the node.
//
// P1  A number that a later one followed 2 × SETTLE_MS ago is never taken again, nor one of an earlier start.
// P2  What strangers without a key send changes nothing here: only what is proven is noted.
// P3  The table has ORIGINS rows at most; who was not heard of for KEEP_MS makes room, nobody else does.

/** Ways through the mesh differ by less. */
const SETTLE_MS = 5000;
const ORIGINS = 512;
const KEEP_MS = 3_600_000;

interface Said {
	epoch: number;
	highest: number;
	highestMs: number;
	/** Up to this number nothing is taken any more. */
	settled: number;
	/** The number that a later one followed at `markMs`: settled when that is long enough ago. */
	mark: number;
	markMs: number;
}

export type ReplayRefusal = 'stale' | 'replayed' | 'too-many';

export class Replays {
	readonly #origins = new Map<NodeId, Said>();

	/** Absent: undefined where it may be new, or a copy of what is under way. */
	refusal(nowMs: number, origin: NodeId, epoch: number, seq: number): ReplayRefusal | undefined {
		const said = this.#origins.get(origin);
		if (said === undefined) return this.#hasRoom(nowMs) ? undefined : 'too-many';
		if (epoch !== said.epoch) return epoch < said.epoch ? 'stale' : undefined;
		const isOld =
			seq <= said.settled ||
			(seq <= said.mark && nowMs - said.markMs > SETTLE_MS) ||
			(seq <= said.highest && nowMs - said.highestMs > SETTLE_MS);
		return isOld ? 'replayed' : undefined;
	}

	/** Notes what was proven. */
	note(nowMs: number, origin: NodeId, epoch: number, seq: number): void {
		const said = this.#origins.get(origin);
		if (said === undefined || epoch > said.epoch) {
			this.#origins.delete(origin);
			const settled = seq - 1;
			this.#origins.set(origin, {epoch, highest: seq, highestMs: nowMs, settled, mark: settled, markMs: nowMs});
			return;
		}
		if (seq <= said.highest) return;
		if (nowMs - said.markMs >= SETTLE_MS) {
			said.settled = said.mark;
			said.mark = said.highest;
			said.markMs = nowMs;
		}
		said.highest = seq;
		said.highestMs = nowMs;
	}

	#hasRoom(nowMs: number): boolean {
		if (this.#origins.size < ORIGINS) return true;
		for (const [id, {highestMs}] of this.#origins) {
			if (nowMs - highestMs < KEEP_MS) continue;
			this.#origins.delete(id);
			return true;
		}
		return false;
	}
}
