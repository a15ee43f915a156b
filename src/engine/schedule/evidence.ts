// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {HiddenPair, LossPair, LossRecord} from '../../model/slots.ts';

// Who disturbs whom here: what a receiver knows of two senders that do not hear each other. It compares what one of them loses
// while the other sends with what it loses while the other is quiet. Nothing is sent to find out: two that never stop sending
// are not told apart until one of them does.
//
// What a receiver answers disturbs as well: who sends to one end of a hidden pair makes it acknowledge, and so is hidden from
// the other end. Both ends of that are three hops apart: one receiver says it, the other one passes it on.
//
//   unknown ──loss with both above loss with one by more than 15 %, often enough──▶ hidden ──hold ends──▶ unknown
//                                                                                     │
//                                                                     they hear each other ──▶ unknown
//
// While a pair is hidden it has slots, and its losses say nothing: so it is let go after a while, and if the losses are back
// then, it is held for twice as long.

/** A sender is at work, or it is not; what lies between tells nothing. Shares of time. */
const BUSY = 0.08;
const QUIET = 0.02;
const LEAST_DIFFERENCE = 0.15;
const LEAST_FRAMES = 40;
const LEAST_WINDOWS = 3;
/** Of doubt, one window: with n of each kind a root of n less. */
const DOUBT = 0.3;
const FADE_MS = 180_000;
/** All have told of a stretch of time so long after its end. */
const COMPLETE_MS = 7000;
const REMEMBERED_MS = 30_000;
const HELLO_FRESH_MS = 20_000;
export const HOLD_MS = 600_000;
const LONGEST_HOLD_MS = 7_200_000;
const NEIGHBOURS = 64;
const PAIRS = 24;

interface Stretch {
	readonly fromMs: number;
	readonly toMs: number;
	readonly active: number;
	/** We received from it ourselves. */
	readonly isOurs: boolean;
}

interface Sample {
	readonly fromMs: number;
	readonly toMs: number;
	readonly frames: number;
	readonly loss: number;
}

interface Sender {
	heardMs: number;
	hears: ReadonlySet<NodeId>;
	stretches: Stretch[];
	/** What it lost on the way to us, not yet compared. */
	samples: Sample[];
}

/** Sums that fade. */
interface Sums {
	frames: number;
	lost: number;
	windows: number;
}

interface Pair {
	readonly a: NodeId;
	readonly b: NodeId;
	both: Sums;
	one: Sums;
	fadedMs: number;
	/** While it is hidden. */
	sinceMs: number | undefined;
	lossBoth: number;
	lossOne: number;
	confidence: number;
	holdMs: number;
	endedMs: number;
}

/** What a neighbour said of a pair of which only one end can hear it. */
interface Echo {
	readonly pair: LossPair;
	readonly atMs: number;
}

export class Evidence {
	readonly #id: NodeId;
	readonly #echoes = new Map<string, Echo>();
	readonly #senders = new Map<NodeId, Sender>();
	readonly #pairs = new Map<string, Pair>();

	constructor(id: NodeId) {
		this.#id = id;
	}

	/** Whom a neighbour hears. */
	hearHello(from: NodeId, hears: readonly NodeId[], nowMs: number): void {
		const sender = this.#sender(from, nowMs);
		if (sender === undefined) return;
		sender.heardMs = nowMs;
		sender.hears = new Set(hears);
	}

	/** What a neighbour lost, of what it sent to us. */
	hearLosses(from: NodeId, {durationMs, active, links}: LossRecord, nowMs: number): void {
		const sender = this.#senders.get(from);
		if (sender === undefined) return;
		const span = {fromMs: nowMs - durationMs, toMs: nowMs};
		sender.stretches.push({...span, active: active / 255, isOurs: false});
		const link = links.find(({peer}) => peer === this.#id);
		if (link !== undefined && link.frames > 0)
			sender.samples.push({...span, frames: link.frames, loss: link.loss / 255});
	}

	/** How much of the time we received from a neighbour. */
	received(from: NodeId, active: number, durationMs: number, nowMs: number): void {
		this.#senders
			.get(from)
			?.stretches.push({fromMs: nowMs - durationMs, toMs: nowMs, active: Math.min(1, active), isOurs: true});
	}

	/** Compares what is complete by now. Answers pairs that are hidden since. */
	judge(nowMs: number): readonly LossPair[] {
		const found: LossPair[] = [];
		for (const [id, sender] of this.#senders) {
			if (nowMs - sender.heardMs > REMEMBERED_MS) {
				this.#senders.delete(id);
				continue;
			}
			sender.stretches = sender.stretches.filter(({toMs}) => nowMs - toMs < REMEMBERED_MS);
			const complete = sender.samples.filter(({toMs}) => nowMs - toMs >= COMPLETE_MS);
			if (complete.length === 0) continue;
			sender.samples = sender.samples.filter(({toMs}) => nowMs - toMs < COMPLETE_MS);
			for (const [other, {stretches}] of this.#senders) {
				if (!this.areHidden(id, other, nowMs)) continue;
				const pair = this.#pair(id, other, nowMs);
				if (pair === undefined || pair.sinceMs !== undefined) continue;
				for (const sample of complete) add(pair, sample, activeIn(stretches, sample));
				if (this.#isFound(pair, nowMs)) found.push(pair);
			}
		}
		for (const [key, pair] of this.#pairs) {
			const isOver = nowMs - (pair.sinceMs ?? nowMs) > pair.holdMs || this.#hearEachOther(pair);
			if (pair.sinceMs !== undefined && isOver) {
				pair.sinceMs = undefined;
				pair.endedMs = nowMs;
				clear(pair);
			} else if (pair.sinceMs === undefined && nowMs - Math.max(pair.fadedMs, pair.endedMs) > LONGEST_HOLD_MS)
				this.#pairs.delete(key);
		}
		return found;
	}

	/** Whether two neighbours are here, and neither hears the other. */
	areHidden(a: NodeId, b: NodeId, nowMs: number): boolean {
		const [one, other] = [this.#senders.get(a), this.#senders.get(b)];
		if (a === b || one === undefined || other === undefined) return false;
		if (nowMs - one.heardMs > HELLO_FRESH_MS || nowMs - other.heardMs > HELLO_FRESH_MS) return false;
		return !one.hears.has(b) && !other.hears.has(a);
	}

	/** Whose frames make us acknowledge while one sends whom they do not hear: pairs that follow from our own conflicts. */
	answered(conflicts: readonly HiddenPair[], nowMs: number): readonly LossPair[] {
		const list: LossPair[] = [];
		for (const {a, b, receiver, lossBoth, lossOne, confidence} of conflicts) {
			const far = a === this.#id ? b : a;
			// What follows from another's answers has no answers of its own.
			if (this.#senders.get(receiver)?.hears.has(far) !== true) continue;
			for (const [id, {stretches, hears, heardMs}] of this.#senders) {
				if (id === receiver || id === far || hears.has(far) || nowMs - heardMs > HELLO_FRESH_MS) continue;
				if (!stretches.some(({isOurs, active, toMs}) => isOurs && active >= BUSY && nowMs - toMs < HELLO_FRESH_MS))
					continue;
				const [one, other] = id < far ? [id, far] : [far, id];
				if (list.length < PAIRS && !list.some(pair => pair.a === one && pair.b === other))
					list.push({a: one, b: other, lossBoth, lossOne, confidence});
			}
		}
		return list;
	}

	/** Keeps what a neighbour says of a pair, where one end is our neighbour and the other cannot be. */
	passOn(from: NodeId, pairs: readonly LossPair[], nowMs: number): void {
		for (const pair of pairs) {
			const [near, far] = this.isHeard(pair.a, nowMs) ? [pair.a, pair.b] : [pair.b, pair.a];
			if (pair.a === this.#id || pair.b === this.#id || !this.isHeard(near, nowMs) || this.isHeard(far, nowMs))
				continue;
			// The one who says so hears the far end, and not the near one.
			const says = this.#senders.get(from)?.hears;
			if (says?.has(far) !== true || says.has(near) || this.#echoes.size >= NEIGHBOURS) continue;
			this.#echoes.set(`${pair.a} ${pair.b}`, {pair, atMs: nowMs});
		}
	}

	/** What neighbours said of others to us, for the ends that hear us only. */
	echoes(nowMs: number): readonly LossPair[] {
		const list: LossPair[] = [];
		for (const [key, {pair, atMs}] of this.#echoes) {
			if (nowMs - atMs > HELLO_FRESH_MS) this.#echoes.delete(key);
			else if (list.length < PAIRS) list.push(pair);
		}
		return list;
	}

	#hearEachOther({a, b}: Pair): boolean {
		return this.#senders.get(a)?.hears.has(b) === true || this.#senders.get(b)?.hears.has(a) === true;
	}

	isHeard(id: NodeId, nowMs: number): boolean {
		return nowMs - (this.#senders.get(id)?.heardMs ?? Number.NEGATIVE_INFINITY) <= HELLO_FRESH_MS;
	}

	/** Neighbours that hear us, too. */
	mutual(nowMs: number): readonly NodeId[] {
		const list: NodeId[] = [];
		for (const [id, {hears}] of this.#senders) if (hears.has(this.#id) && this.isHeard(id, nowMs)) list.push(id);
		return list;
	}

	/** Whether a neighbour said last that it hears another. */
	hasHeard(id: NodeId, other: NodeId): boolean {
		return this.#senders.get(id)?.hears.has(other) === true;
	}

	/** Pairs that are hidden; who is away for a while is still hidden when it is back. */
	hidden(nowMs: number): readonly HiddenPair[] {
		const list: HiddenPair[] = [];
		for (const {a, b, sinceMs, lossBoth, lossOne, confidence} of this.#pairs.values()) {
			if (sinceMs === undefined || list.length >= PAIRS || !this.areHidden(a, b, nowMs)) continue;
			list.push({a, b, receiver: this.#id, lossBoth, lossOne, confidence, ageMs: nowMs - sinceMs});
		}
		return list;
	}

	#sender(id: NodeId, nowMs: number): Sender | undefined {
		const known = this.#senders.get(id);
		if (known !== undefined || this.#senders.size >= NEIGHBOURS) return known;
		const begun: Sender = {heardMs: nowMs, hears: new Set(), stretches: [], samples: []};
		this.#senders.set(id, begun);
		return begun;
	}

	#pair(one: NodeId, other: NodeId, nowMs: number): Pair | undefined {
		const [a, b] = one < other ? [one, other] : [other, one];
		const key = `${a} ${b}`;
		const known = this.#pairs.get(key);
		if (known !== undefined) {
			fade(known, nowMs);
			return known;
		}
		if (this.#pairs.size >= NEIGHBOURS * NEIGHBOURS) return undefined;
		const begun: Pair = {
			a,
			b,
			both: {frames: 0, lost: 0, windows: 0},
			one: {frames: 0, lost: 0, windows: 0},
			fadedMs: nowMs,
			sinceMs: undefined,
			lossBoth: 0,
			lossOne: 0,
			confidence: 0,
			holdMs: HOLD_MS,
			endedMs: Number.NEGATIVE_INFINITY,
		};
		this.#pairs.set(key, begun);
		return begun;
	}

	#isFound(pair: Pair, nowMs: number): boolean {
		const {both, one, endedMs, holdMs} = pair;
		if (both.frames < LEAST_FRAMES || one.frames < LEAST_FRAMES) return false;
		const windows = Math.min(both.windows, one.windows);
		if (windows < LEAST_WINDOWS - 0.5) return false;
		const [lossBoth, lossOne] = [both.lost / both.frames, one.lost / one.frames];
		// Of the frames that others leave whole: with many hidden senders, each one's part is told from the rest.
		const difference = lossOne < 1 ? 1 - (1 - lossBoth) / (1 - lossOne) : 0;
		if (difference <= LEAST_DIFFERENCE) return false;
		pair.lossBoth = lossBoth;
		pair.lossOne = lossOne;
		pair.confidence = difference / (difference + DOUBT / Math.sqrt(windows));
		pair.sinceMs = nowMs;
		pair.holdMs = nowMs - endedMs < HOLD_MS ? Math.min(LONGEST_HOLD_MS, 2 * holdMs) : HOLD_MS;
		clear(pair);
		return true;
	}
}

function clear(pair: Pair): void {
	pair.both = {frames: 0, lost: 0, windows: 0};
	pair.one = {frames: 0, lost: 0, windows: 0};
}

function fade(pair: Pair, nowMs: number): void {
	const kept = 2 ** ((pair.fadedMs - nowMs) / FADE_MS);
	pair.fadedMs = nowMs;
	for (const sums of [pair.both, pair.one]) {
		sums.frames *= kept;
		sums.lost *= kept;
		sums.windows *= kept;
	}
}

function add({both, one}: Pair, {frames, loss}: Sample, active: number | undefined): void {
	if (active === undefined || (active > QUIET && active < BUSY)) return;
	const sums = active >= BUSY ? both : one;
	sums.frames += frames;
	sums.lost += frames * loss;
	sums.windows++;
}

/** How active it was meanwhile, by whoever saw most of it. Absent: undefined where nobody saw half of the time. */
function activeIn(stretches: readonly Stretch[], {fromMs, toMs}: Sample): number | undefined {
	let seenMs = 0;
	let activeMs = 0;
	let mostMs = 0;
	for (const stretch of stretches) {
		const ms = Math.min(toMs, stretch.toMs) - Math.max(fromMs, stretch.fromMs);
		if (ms <= 0) continue;
		seenMs += ms;
		activeMs += ms * stretch.active;
		mostMs = Math.max(mostMs, ms * stretch.active);
	}
	if (seenMs < (toMs - fromMs) / 2) return undefined;
	// A neighbour's own word and our reception cover the same time: the larger one counts, and at least the mean.
	return Math.max(activeMs / seenMs, mostMs / (toMs - fromMs));
}
