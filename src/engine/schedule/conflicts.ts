// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {HiddenPair, LinkWindow, LossRecord} from '../../model/slots.ts';

// Which conflicts of ours we believe in. A receiver says that two disturb each other there; that alone makes no conflict. One
// of the two must have seen its own frames to that receiver get lost: we ourselves, or the other one, who says so by naming us
// in its slots. So nobody can slot strangers.

const LEAST_OWN_LOSS = 0.1;
const LEAST_FRAMES = 20;
const LOSS_MEMORY_MS = 60_000;
/** A witness that is silent for so long is gone, and who is not named any more is no conflict. */
const WITNESS_MS = 30_000;
/** A word that nobody confirms for so long is wrong. */
const UNCONFIRMED_MS = 60_000;
const WITNESSES = 64;
const AGAIN_MS = 600_000;

interface Statement {
	readonly pair: HiddenPair;
	readonly other: NodeId;
	firstMs: number;
	lastMs: number;
	isAccepted: boolean;
	toldMs: number;
}

interface Lost {
	readonly atMs: number;
	readonly loss: number;
}

export class Conflicts {
	/** Words of conflicts that were not believed. */
	refused = 0;
	readonly #id: NodeId;
	/** By witness and the other one. */
	readonly #statements = new Map<string, Statement>();
	readonly #lost = new Map<NodeId, Lost>();

	constructor(id: NodeId) {
		this.#id = id;
	}

	/** What became of our own frames. */
	measured(windows: readonly LinkWindow[], nowMs: number): void {
		for (const window of windows) {
			const {frames, loss} = lossOf(window);
			if (frames < LEAST_FRAMES) continue;
			const before = this.#lost.get(window.peer);
			if (before === undefined || loss >= before.loss || nowMs - before.atMs > LOSS_MEMORY_MS)
				this.#lost.set(window.peer, {atMs: nowMs, loss});
		}
	}

	/** What a neighbour says of pairs that disturb each other at it. Answers news, in words for the owner. */
	hear(
		from: NodeId,
		{hidden}: LossRecord,
		nowMs: number,
		isHeard: (node: NodeId) => boolean,
		names: (node: NodeId) => boolean,
	): readonly {readonly pair: HiddenPair; readonly refusal: string | undefined}[] {
		const news: {pair: HiddenPair; refusal: string | undefined}[] = [];
		for (const {a, b, lossBoth, lossOne, confidence} of hidden) {
			if ((a !== this.#id && b !== this.#id) || a === b) continue;
			const other = a === this.#id ? b : a;
			const key = `${from} ${other}`;
			const pair = {a, b, receiver: from, lossBoth, lossOne, confidence, ageMs: 0};
			const before = this.#statements.get(key);
			if (before === undefined && this.#statements.size >= WITNESSES) continue;
			const statement: Statement = {
				pair,
				other,
				firstMs: before?.firstMs ?? nowMs,
				lastMs: nowMs,
				isAccepted: before?.isAccepted ?? false,
				toldMs: before?.toldMs ?? Number.NEGATIVE_INFINITY,
			};
			this.#statements.set(key, statement);
			const lost = this.#lost.get(from);
			const hasLost = lost !== undefined && nowMs - lost.atMs <= LOSS_MEMORY_MS && lost.loss >= LEAST_OWN_LOSS;
			const refusal = isHeard(other)
				? 'they hear each other'
				: other === from
					? 'a receiver is no sender'
					: statement.isAccepted || hasLost || names(other)
						? undefined
						: 'no frames get lost there';
			if (refusal === undefined) {
				// Who is only tried is nobody's news yet.
				if (confidence > 0 && (!statement.isAccepted || before?.pair.confidence === 0)) news.push({pair, refusal});
				statement.isAccepted = true;
				continue;
			}
			statement.isAccepted = false;
			this.refused++;
			// The other one may be about to confirm it.
			const isWrong = isHeard(other) || nowMs - statement.firstMs > UNCONFIRMED_MS;
			if (!isWrong || nowMs - statement.toldMs < AGAIN_MS) continue;
			statement.toldMs = nowMs;
			news.push({pair, refusal});
		}
		return news;
	}

	/** Those in conflict with us. */
	nodes(nowMs: number): readonly NodeId[] {
		const list: NodeId[] = [];
		for (const [key, {other, lastMs, isAccepted}] of this.#statements) {
			if (nowMs - lastMs > WITNESS_MS) this.#statements.delete(key);
			else if (isAccepted && !list.includes(other)) list.push(other);
		}
		return list;
	}

	/** For the owner's eyes. */
	pairs(nowMs: number): readonly HiddenPair[] {
		const list: HiddenPair[] = [];
		for (const {pair, firstMs, isAccepted} of this.#statements.values())
			if (isAccepted) list.push({...pair, ageMs: nowMs - firstMs});
		return list;
	}
}

/** Frames put on the air for a neighbour, and the share of them that was lost. Absent counters: no frames. */
export function lossOf({transmitPackets = 0, transmitRetries = 0, transmitFailed = 0}: LinkWindow): {
	frames: number;
	loss: number;
} {
	const frames = transmitPackets + transmitRetries;
	const lost = Math.min(frames, transmitRetries + transmitFailed);
	return {frames, loss: frames > 0 ? lost / frames : 0};
}
