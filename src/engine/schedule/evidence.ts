// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {HiddenPair, LossPair, LossRecord} from '../../model/slots.ts';
import {
	HOLD_MS,
	LEAST_DIFFERENCE,
	LEAST_FRAMES,
	LONGEST_HOLD_MS,
	type LossSample,
	QUIET,
	SuspectPair,
} from './suspect-pair.ts';

// Who disturbs whom here: what a receiver knows of two senders that do not hear each other, `suspect-pair.ts` of each two.
//
// What a receiver answers disturbs as well: who sends to one end of a hidden pair makes it acknowledge, and so is hidden from
// the other end. Both ends of that are three hops apart: one receiver says it, the other one passes it on. One acknowledgement
// for many frames disturbs little: so it counts only where frames are lost in slots that are the sender's and the far end's.

const LEAST_LOSSY = 2;
/** All have told of a stretch of time so long after its end. */
const COMPLETE_MS = 7000;
const REMEMBERED_MS = 30_000;
const HELLO_FRESH_MS = 20_000;
const NEIGHBOURS = 64;
const PAIRS = 24;

interface Stretch {
	readonly fromMs: number;
	readonly toMs: number;
	readonly active: number;
}

interface Sender {
	heardMs: number;
	hears: ReadonlySet<NodeId>;
	stretches: Stretch[];
	/** What it lost on the way to us, not yet compared. */
	samples: LossSample[];
	slots: SlotBits | undefined;
	isInSlots: boolean;
	/** Stretches of time in a row in which it kept to its slots and lost too much on the way to us. */
	lossyInSlots: number;
}

/** Two of whom one makes us acknowledge while the other one sends. */
interface Answered {
	sinceMs: number;
	holdMs: number;
}

/** What a neighbour said of a pair of which only one end can hear it. */
interface Echo {
	readonly pair: LossPair;
	readonly atMs: number;
}

/** What a neighbour owns, as bits: slots 0 to 31, and 32 to 63. */
export interface SlotBits {
	readonly ownLow: number;
	readonly ownHigh: number;
}

export class Evidence {
	readonly #id: NodeId;
	readonly #slotsOf: (node: NodeId) => SlotBits | undefined;
	readonly #echoes = new Map<string, Echo>();
	readonly #answered = new Map<string, Answered>();
	readonly #senders = new Map<NodeId, Sender>();
	readonly #pairs = new Map<string, SuspectPair>();

	/** `slotsOf`: what a node says of its slots. */
	constructor(id: NodeId, slotsOf: (node: NodeId) => SlotBits | undefined = () => undefined) {
		this.#id = id;
		this.#slotsOf = slotsOf;
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
		sender.stretches.push({...span, active: active / 255});
		const link = links.find(({peer}) => peer === this.#id);
		if (link !== undefined && link.frames > 0)
			sender.samples.push({...span, frames: link.frames, loss: link.loss / 255});
		sender.slots = this.#slotsOf(from);
		const isInSlots = hasSlots(sender.slots);
		if (isInSlots !== sender.isInSlots) this.#beginAnew(from);
		sender.isInSlots = isInSlots;
		if (!isInSlots || this.#hasCompany(from, sender.slots, nowMs)) sender.lossyInSlots = 0;
		else if (link !== undefined && link.frames >= LEAST_FRAMES)
			sender.lossyInSlots = link.loss / 255 > LEAST_DIFFERENCE ? sender.lossyInSlots + 1 : 0;
	}

	/** Whether somebody whom we hear, and it does not, sends in its slots: what it loses is that one's doing. */
	#hasCompany(id: NodeId, own: SlotBits | undefined, nowMs: number): boolean {
		for (const [other, {stretches, slots}] of this.#senders)
			if (
				this.areHidden(id, other, nowMs) &&
				!areApart(own, slots) &&
				stretches.some(({active, toMs}) => active > QUIET && nowMs - toMs < COMPLETE_MS)
			)
				return true;
		return false;
	}

	/** What it lost in slots, and what without, is of two kinds. */
	#beginAnew(id: NodeId): void {
		for (const pair of this.#pairs.values()) if (pair.a === id || pair.b === id) pair.beginAnew();
	}

	/** How much of the time we received from a neighbour. */
	received(from: NodeId, active: number, durationMs: number, nowMs: number): void {
		this.#senders.get(from)?.stretches.push({fromMs: nowMs - durationMs, toMs: nowMs, active: Math.min(1, active)});
	}

	/** Compares what is complete by now. Answers pairs that are found to be hidden. */
	judge(nowMs: number): readonly LossPair[] {
		const found: LossPair[] = [];
		for (const [id, sender] of this.#senders) sender.slots = this.#slotsOf(id);
		for (const [id, sender] of this.#senders) {
			if (nowMs - sender.heardMs > REMEMBERED_MS) {
				this.#senders.delete(id);
				continue;
			}
			sender.stretches = sender.stretches.filter(({toMs}) => nowMs - toMs < REMEMBERED_MS);
			const complete = sender.samples.filter(({toMs}) => nowMs - toMs >= COMPLETE_MS);
			if (complete.length === 0) continue;
			sender.samples = sender.samples.filter(({toMs}) => nowMs - toMs < COMPLETE_MS);
			for (const [other, {stretches, slots}] of this.#senders) {
				if (!this.areHidden(id, other, nowMs)) continue;
				const pair = this.#pair(id, other, nowMs);
				if (pair === undefined) continue;
				pair.setApart(areApart(sender.slots, slots), nowMs);
				for (const sample of complete) pair.add(sample, activeIn(stretches, sample));
				if (pair.judge(nowMs)) found.push(pair);
			}
		}
		for (const [key, pair] of this.#pairs) {
			pair.review(this.#hearEachOther(pair), nowMs);
			if (pair.isForgotten(nowMs)) this.#pairs.delete(key);
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

	/**
	 * Whose frames make us acknowledge while one sends whom they do not hear: pairs that follow from our own conflicts, where
	 * frames are lost in slots that both have.
	 */
	answered(conflicts: readonly HiddenPair[], nowMs: number): readonly LossPair[] {
		const list: LossPair[] = [];
		for (const {a, b, receiver, lossBoth, lossOne, confidence} of conflicts) {
			const far = a === this.#id ? b : a;
			// What follows from another's answers has no answers of its own.
			if (this.#senders.get(receiver)?.hears.has(far) !== true) continue;
			const farSlots = this.#slotsOf(far);
			for (const [id, {hears, heardMs, lossyInSlots, slots}] of this.#senders) {
				if (id === receiver || id === far || hears.has(far) || nowMs - heardMs > HELLO_FRESH_MS) continue;
				const [one, other] = id < far ? [id, far] : [far, id];
				const isLossy = lossyInSlots >= LEAST_LOSSY && hasSlots(farSlots) && !areApart(slots, farSlots);
				if (!this.#isHeld(`${one} ${other}`, isLossy, nowMs)) continue;
				if (list.length < PAIRS && !list.some(pair => pair.a === one && pair.b === other))
					list.push({a: one, b: other, lossBoth, lossOne, confidence});
			}
		}
		return list;
	}

	/** Once found it holds for a while, and twice as long where it is found again soon after that. */
	#isHeld(key: string, isLossy: boolean, nowMs: number): boolean {
		const known = this.#answered.get(key);
		if (known !== undefined && nowMs - known.sinceMs <= known.holdMs) return true;
		if (known !== undefined && nowMs - known.sinceMs > known.holdMs + HOLD_MS) this.#answered.delete(key);
		if (!isLossy || this.#answered.size >= NEIGHBOURS) return false;
		const again = this.#answered.get(key);
		const holdMs = again === undefined ? HOLD_MS : Math.min(LONGEST_HOLD_MS, 2 * again.holdMs);
		this.#answered.set(key, {sinceMs: nowMs, holdMs});
		return true;
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

	#hearEachOther({a, b}: LossPair): boolean {
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
		const begun: Sender = {
			heardMs: nowMs,
			hears: new Set(),
			stretches: [],
			samples: [],
			slots: undefined,
			isInSlots: false,
			lossyInSlots: 0,
		};
		this.#senders.set(id, begun);
		return begun;
	}

	#pair(one: NodeId, other: NodeId, nowMs: number): SuspectPair | undefined {
		const [a, b] = one < other ? [one, other] : [other, one];
		const key = `${a} ${b}`;
		const known = this.#pairs.get(key);
		if (known !== undefined || this.#pairs.size >= NEIGHBOURS * NEIGHBOURS) return known;
		const begun = new SuspectPair(a, b, nowMs);
		this.#pairs.set(key, begun);
		return begun;
	}
}

function hasSlots(slots: SlotBits | undefined): boolean {
	return slots !== undefined && (slots.ownLow | slots.ownHigh) !== 0;
}

/** Whether both keep to slots, and to none together. */
function areApart(a: SlotBits | undefined, b: SlotBits | undefined): boolean {
	if (a === undefined || b === undefined || !hasSlots(a) || !hasSlots(b)) return false;
	return ((a.ownLow & b.ownLow) | (a.ownHigh & b.ownHigh)) === 0;
}

/** How active it was meanwhile, by whoever saw most of it. Absent: undefined where nobody saw half of the time. */
function activeIn(stretches: readonly Stretch[], {fromMs, toMs}: LossSample): number | undefined {
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
