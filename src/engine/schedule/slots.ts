// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {SlotRecord, Superframe} from '../../model/slots.ts';
import type {Agenda} from '../agenda.ts';
import {SlotPartner} from './slot-partner.ts';
import {type SlotKnown, SlotNeighbourhood, SlotUse} from './slots-neighbourhood.ts';

// One radio's slots: from a plan that everyone computes to slots that are in use.
//
//                 in the plan                all partners granted it, two superframes ago
//        free ───────────────▶ claimed ─────────────────────────────────────────▶ own
//         ▲                      │  ▲                                              │ │
//         │ not in the plan,     │  │ a new partner, a partner that owns it,      │ │ not in the plan,
//         │ or lost to another   │  │ a lease that ended                          │ │ or yielded
//         ◀──────────────────────┘  ◀─────────────────────────────────────────────┘ │
//         ◀──────────────────────────────────────────────────────────────────────────┘
//
// Partners are those in conflict with us who say so as well: both ends know of the conflict.
//
// S1  No slot is owned by two partners. A slot is owned only after each partner said, in one record, that it had seen the
//     claim and had neither claim nor ownership of the slot. For both to own it, each would have had to say so before its own
//     claim and after the other's.
// S2  Of two that become partners, the one with the lower number keeps what it owns, the other owns nothing until S1 is met
//     anew. So S1 holds from the moment at which both are partners.
// S3  What a partner granted holds LEASE_MS from when the record was said that it had seen, by our clock. It forgets us LEASE_MS
//     after it heard that record, which is later.
// S4  Who leaves a conflict goes on as a partner until the other end no longer is one, or S3 ended it.
// S5  A slot is released first and said later; claimed first and owned later.
// S6  Nobody with more than its base keeps a slot that somebody with less than its base claims. A base is S·w over the largest
//     sum of weights around any neighbour: whatever others claim, they can have it all at once.

export const ROUND_MS = 500;
export const LEASE_MS = 30_000;
/** Records are repeated so often, and to the whole channel so often. */
const REFRESH_MS = 5000;
const FAR_REFRESH_MS = 60_000;
export const NEAR_HOPS = 1;
/** All that fit into a message: a plan is computed by all who can know each other. */
export const FAR_HOPS = 15;
/** Nobody new was heard of for so long: the plan can be made. A flood crosses fifteen hops in that time. */
const SETTLE_MS = 700;
const PATIENT_MS = 8 * ROUND_MS;
/** A disputed slot is let alone for so long. */
const AVOID_MS = 20 * ROUND_MS;
const UNFAIR_MS = 40 * ROUND_MS;
const BANNED_MS = 600_000;
export const OPEN_SLOTS = 2;
const REMEMBERED = 96;
/** New slots are used two superframes after the last grant. */
const WAIT_SUPERFRAMES = 2;

export interface SlotContext {
	readonly id: NodeId;
	/** Of this start. */
	readonly epoch: number;
	readonly agenda: Agenda;
	readonly nowMs: () => number;
	readonly random: () => number;
	readonly say: (record: SlotRecord, hopsLeft: number) => void;
	/** What is owned, or by whom, is different now. */
	readonly changed: () => void;
	readonly unfair: (node: NodeId, share: number) => void;
}

export class Slots {
	readonly superframe: Superframe;
	/** Slots that are shared out; the rest of a superframe is open. */
	readonly shared: number;
	readonly counts = {older: 0, unlike: 0, unfair: 0, yielded: 0, said: 0, plans: 0};
	readonly #context: SlotContext;
	readonly #mhz: number;
	readonly #weight: number;
	readonly #view: SlotNeighbourhood;
	readonly #use: Uint8Array;
	/** The version with which each slot was claimed. */
	readonly #claimed: Float64Array;
	/** Since when a claim is disputed; 0 for not. And until when a slot is let alone. */
	readonly #disputedMs: Float64Array;
	readonly #avoidMs: Float64Array;
	readonly #partners = new Map<NodeId, SlotPartner>();
	readonly #banned = new Map<NodeId, number>();
	/** When each version was said. */
	readonly #saidMs = new Map<number, number>();
	#conflicts: readonly NodeId[] = [];
	#demand: number;
	#version = 0;
	#plan: Uint8Array | undefined;
	#isDirty = true;
	#isFar = true;
	#lastMs = Number.NEGATIVE_INFINITY;
	#lastFarMs = Number.NEGATIVE_INFINITY;
	#grantedMs = Number.POSITIVE_INFINITY;
	#hasSpoken = false;
	#cancelSay: (() => void) | undefined;
	#cancelRound = (): void => {};
	#cancelPlan = (): void => {};
	#isStopped = false;

	constructor(context: SlotContext, mhz: number, superframe: Superframe, weight: number) {
		this.#context = context;
		this.#mhz = mhz;
		this.superframe = superframe;
		this.shared = superframe.slots - OPEN_SLOTS;
		this.#weight = weight;
		this.#demand = this.shared;
		this.#view = new SlotNeighbourhood(context.id);
		this.#use = new Uint8Array(this.shared);
		this.#claimed = new Float64Array(this.shared);
		this.#disputedMs = new Float64Array(this.shared);
		this.#avoidMs = new Float64Array(this.shared);
		this.#nextRound();
	}

	stop(): void {
		this.#isStopped = true;
		this.#cancelSay?.();
		this.#cancelRound();
		this.#cancelPlan();
	}

	/** Slots that may be used now. */
	get own(): readonly number[] {
		return this.#list(SlotUse.own);
	}

	get claims(): readonly number[] {
		return this.#list(SlotUse.claimed);
	}

	/** Those whose conflict both ends know of. */
	get partners(): readonly NodeId[] {
		return [...this.#partners.keys()];
	}

	/** Partners that have not confirmed our slots for so long that none can be used. */
	get silent(): readonly NodeId[] {
		const nowMs = this.#context.nowMs();
		return [...this.#partners].flatMap(([id, {confirmedMs}]) => (nowMs - confirmedMs >= LEASE_MS ? [id] : []));
	}

	/** Whether the plan is carried out. */
	get isSettled(): boolean {
		const plan = this.#plan;
		return (
			plan !== undefined && this.#use.every((use, slot) => use === (plan[slot] === 1 ? SlotUse.own : SlotUse.free))
		);
	}

	get hasPlan(): boolean {
		return this.#plan !== undefined;
	}

	/** By slot: the partners that own it. */
	owners(slot: number): readonly NodeId[] {
		const list: NodeId[] = [];
		for (const id of this.#partners.keys()) if (this.#view.get(id)?.use[slot] === SlotUse.own) list.push(id);
		return list;
	}

	/** Whether anybody keeps to slots here, so that who has none yet must leave them alone. */
	get isDivided(): boolean {
		if (this.#partners.size === 0) return false;
		if (this.#use.includes(SlotUse.own)) return true;
		for (const id of this.#partners.keys()) if (this.#view.get(id)?.use.includes(SlotUse.own)) return true;
		return false;
	}

	/** Whether a node says that it is in conflict with us. */
	isNamedBy(node: NodeId): boolean {
		const known = this.#view.get(node);
		return (
			known !== undefined &&
			this.#context.nowMs() - known.heardMs <= LEASE_MS &&
			known.seenOf(this.#context.id) !== undefined
		);
	}

	/** Who is in conflict with us, as far as we know. */
	setConflicts(nodes: readonly NodeId[]): void {
		const sorted = [...nodes].sort((a, b) => a - b);
		if (sorted.length === this.#conflicts.length && sorted.every((node, i) => node === this.#conflicts[i])) return;
		this.#conflicts = sorted;
		this.#graphChanged();
		this.#isFar = true;
		this.#dirty();
		this.#review();
	}

	/** How many slots our traffic can use. */
	setDemand(slots: number): void {
		const demand = Math.max(1, Math.min(this.shared, slots));
		if (demand === this.#demand) return;
		this.#demand = demand;
		if (this.#conflicts.length === 0) return;
		this.#graphChanged();
		this.#isFar = true;
		this.#dirty();
	}

	/** A record whose origin is proven. False: it is older than what is known, or of other slots than ours. */
	hear(origin: NodeId, epoch: number, seq: number, record: SlotRecord): boolean {
		if (record.mhz !== this.#mhz) {
			this.counts.older++;
			return false;
		}
		const {slots, slotUs} = this.superframe;
		const isUnlike = record.slots !== slots || record.slotUs !== slotUs;
		if (isUnlike || isBeyond(record.own, this.shared) || isBeyond(record.claims, this.shared)) {
			this.counts.unlike++;
			return false;
		}
		const nowMs = this.#context.nowMs();
		const taken = this.#view.take(origin, epoch, seq, record, this.shared, nowMs, LEASE_MS);
		if (taken === undefined) {
			this.counts.older++;
			return false;
		}
		if (taken.isGraph) this.#graphChanged();
		if (taken.isNew) {
			// It knows nobody yet.
			this.#isFar = true;
			if (this.#conflicts.length > 0) this.#dirty();
		}
		this.#review();
		const partner = this.#partners.get(origin);
		if (partner !== undefined) {
			// Who claims waits for our word.
			if (record.claims.length > 0) this.#dirty();
			this.#yield(taken.known);
			if (partner.take(taken.known, this.#context, this.#use, this.#claimed, version => this.#saidMs.get(version))) {
				this.#demote();
				this.#activate();
			}
			this.#context.changed();
		}
		return true;
	}

	#graphChanged(): void {
		const {agenda, nowMs} = this.#context;
		this.#view.changed(nowMs());
		this.#cancelPlan();
		this.#cancelPlan = agenda.at(nowMs() + SETTLE_MS, () => {
			if (!this.#isStopped) this.#replan();
		});
	}

	#replan(): void {
		if (this.#partners.size === 0) {
			this.#plan = undefined;
			return;
		}
		const nowMs = this.#context.nowMs();
		if (this.#view.isSettled(nowMs, SETTLE_MS)) this.#makePlan();
		this.#carryOut(nowMs);
		this.#activate();
	}

	#list(use: number): number[] {
		const list: number[] = [];
		for (let slot = 0; slot < this.shared; slot++) if (this.#use[slot] === use) list.push(slot);
		return list;
	}

	#nextRound(): void {
		const {agenda, nowMs, random} = this.#context;
		this.#cancelRound = agenda.at(nowMs() + ROUND_MS * (0.95 + 0.1 * random()), () => {
			if (this.#isStopped) return;
			this.#round();
			this.#nextRound();
		});
	}

	#round(): void {
		const nowMs = this.#context.nowMs();
		for (const [node, untilMs] of this.#banned) if (untilMs < nowMs) this.#banned.delete(node);
		if (this.#view.forget(nowMs)) this.#graphChanged();
		this.#review();
		if (this.#partners.size > 0) this.#settleDisputes(nowMs);
		this.#replan();
		const isActive = this.#conflicts.length > 0;
		if (isActive && nowMs - this.#lastMs >= REFRESH_MS * 0.8) this.#dirty();
		// A claim is repeated until all have granted it.
		if (isActive && this.#use.includes(SlotUse.claimed) && nowMs - this.#lastMs >= 2 * ROUND_MS) this.#dirty();
	}

	/** Who is a partner and who is not any more; whose grants have ended. */
	#review(): void {
		const {id, nowMs} = this.#context;
		for (const node of this.#conflicts) {
			if (this.#partners.has(node) || this.#banned.has(node)) continue;
			const known = this.#view.get(node);
			if (known === undefined || nowMs() - known.heardMs > LEASE_MS || known.seenOf(id) === undefined) continue;
			const keeps = id < node;
			this.#partners.set(node, new SlotPartner(this.#version + 1, nowMs(), keeps ? this.#use : undefined, this.shared));
			this.#dirty();
			this.#context.changed();
		}
		for (const [node, partner] of this.#partners) {
			const known = this.#view.get(node);
			const isHeard = known !== undefined && nowMs() - known.heardMs <= LEASE_MS;
			const isConflict = this.#conflicts.includes(node) && !this.#banned.has(node);
			const seen = known?.seenOf(id);
			// S4: seen with a version is what a partner says.
			const isGone = isConflict ? seen === undefined : seen === undefined || seen.version === 0;
			if (!isHeard || isGone || this.#banned.has(node)) {
				this.#partners.delete(node);
				this.#graphChanged();
				this.#isFar = true;
				this.#dirty();
				this.#context.changed();
			} else if (nowMs() - partner.confirmedMs >= LEASE_MS) partner.forget(this.#version + 1);
		}
		this.#demote();
		if (this.#partners.size === 0 && this.#conflicts.length === 0) this.#release();
	}

	/** S1 to S3: what is not granted by all is not owned. */
	#demote(): void {
		let isChanged = false;
		for (let slot = 0; slot < this.shared; slot++) {
			if (this.#use[slot] !== SlotUse.own) continue;
			let isGranted = true;
			for (const {granted} of this.#partners.values()) if (granted[slot] !== 1) isGranted = false;
			if (isGranted) continue;
			this.#use[slot] = SlotUse.claimed;
			this.#claimed[slot] = this.#version + 1;
			isChanged = true;
		}
		if (!isChanged) return;
		this.#dirty();
		this.#context.changed();
	}

	#release(): void {
		if (!this.#use.includes(SlotUse.own) && !this.#use.includes(SlotUse.claimed)) return;
		this.#use.fill(SlotUse.free);
		this.#plan = undefined;
		this.#dirty();
		this.#context.changed();
	}

	/** Claimed slots that all granted become own, two superframes later. */
	#activate(): void {
		const {agenda, nowMs} = this.#context;
		const {slots, slotUs} = this.superframe;
		let isReady = false;
		let isChanged = false;
		for (let slot = 0; slot < this.shared; slot++) {
			if (this.#use[slot] !== SlotUse.claimed) continue;
			let grantedMs = 0;
			for (const partner of this.#partners.values())
				grantedMs = Math.max(
					grantedMs,
					partner.granted[slot] === 1 ? partner.grantedMs(slot) : Number.POSITIVE_INFINITY,
				);
			if (grantedMs === Number.POSITIVE_INFINITY) continue;
			const dueMs = grantedMs + (WAIT_SUPERFRAMES * slots * slotUs) / 1000;
			if (dueMs <= nowMs()) {
				this.#use[slot] = SlotUse.own;
				this.#disputedMs[slot] = 0;
				isChanged = true;
			} else if (!isReady) {
				isReady = true;
				if (this.#grantedMs !== dueMs) {
					this.#grantedMs = dueMs;
					agenda.at(dueMs, () => {
						if (this.#isStopped) return;
						this.#review();
						this.#activate();
					});
				}
			}
		}
		if (!isChanged) return;
		this.#dirty();
		this.#context.changed();
	}

	#makePlan(): void {
		const plan = this.#view.plan(this.#ownGraph(), this.shared);
		if (plan === undefined) return;
		this.counts.plans++;
		this.#plan = plan;
		this.#avoidMs.fill(0);
		this.#disputedMs.fill(0);
	}

	/** Those that are there; who was never heard of may yet be. */
	#listed(): NodeId[] {
		const sinceMs = this.#context.nowMs() - LEASE_MS;
		return this.#conflicts.filter(
			node => !this.#banned.has(node) && (this.#view.get(node)?.heardMs ?? sinceMs) >= sinceMs,
		);
	}

	#ownGraph() {
		return {
			conflicts: this.#listed(),
			demand: this.#demand,
			weight: this.#weight,
		};
	}

	/** Releases and claims what the plan, and what disputes made of it, says. */
	#carryOut(nowMs: number): void {
		const target = this.#target(nowMs);
		if (target === undefined) return;
		let isChanged = false;
		for (let slot = 0; slot < this.shared; slot++) {
			const use = this.#use[slot];
			if (target[slot] === 1 && use === SlotUse.free) {
				this.#use[slot] = SlotUse.claimed;
				this.#claimed[slot] = this.#version + 1;
				for (const partner of this.#partners.values()) partner.granted[slot] = 0;
				isChanged = true;
			} else if (target[slot] !== 1 && use !== SlotUse.free) {
				this.#free(slot);
				isChanged = true;
			}
		}
		if (!isChanged) return;
		this.#dirty();
		this.#context.changed();
	}

	#free(slot: number): void {
		this.#use[slot] = SlotUse.free;
		this.#disputedMs[slot] = 0;
		for (const partner of this.#partners.values()) partner.granted[slot] = 0;
	}

	/** The plan, with what is disputed replaced by what is free, and with what a base is short of taken from the rich. */
	#target(nowMs: number): Uint8Array | undefined {
		const plan = this.#plan;
		if (plan === undefined) return undefined;
		if (!this.#avoidMs.some(untilMs => untilMs > nowMs)) return plan;
		const target = plan.map((isIn, slot) => (isIn === 1 && (this.#avoidMs[slot] as number) <= nowMs ? 1 : 0));
		let short = sum(plan) - sum(target);
		const isTaken = (slot: number): boolean => {
			for (const node of this.#partners.keys()) if (this.#view.get(node)?.use[slot] !== SlotUse.free) return true;
			return false;
		};
		const take = (mayTake: (slot: number) => boolean): void => {
			for (const isNear of [true, false])
				for (let slot = 0; slot < this.shared && short > 0; slot++) {
					if (target[slot] === 1 || (this.#avoidMs[slot] as number) > nowMs || !mayTake(slot)) continue;
					if (isNear && target[slot - 1] !== 1 && target[slot + 1] !== 1) continue;
					target[slot] = 1;
					short--;
				}
		};
		take(slot => this.#use[slot] !== SlotUse.free || !isTaken(slot));
		const base = this.#view.base(this.#ownGraph(), this.#context.id, this.shared);
		short = Math.min(short, base - sum(target));
		if (short <= 0) return target;
		take(slot => {
			for (const node of this.#partners.keys()) {
				const known = this.#view.get(node);
				if (known?.use[slot] === SlotUse.free) continue;
				if (known === undefined || known.count <= this.#view.base(this.#ownGraph(), node, this.shared)) return false;
			}
			return true;
		});
		return target;
	}

	/** S6, from the side of who has more. */
	#yield({id, use, ownCount}: SlotKnown): void {
		let mine = 0;
		let isContested = false;
		for (let slot = 0; slot < this.shared; slot++) {
			if (this.#use[slot] !== SlotUse.free) mine++;
			if (this.#use[slot] === SlotUse.own && use[slot] === SlotUse.claimed) isContested = true;
		}
		if (!isContested || !this.#view.isSettled(this.#context.nowMs(), SETTLE_MS)) return;
		const graph = this.#ownGraph();
		let lacking = this.#view.base(graph, id, this.shared) - ownCount;
		const spare = mine - this.#view.base(graph, this.#context.id, this.shared);
		for (let slot = 0, left = spare; slot < this.shared && left > 0 && lacking > 0; slot++) {
			if (this.#use[slot] !== SlotUse.own || use[slot] !== SlotUse.claimed) continue;
			this.#free(slot);
			this.#avoidMs[slot] = this.#context.nowMs() + AVOID_MS;
			this.counts.yielded++;
			left--;
			lacking--;
			this.#dirty();
		}
	}

	/** A claim that somebody else has too: who has less, and then the lower number, keeps it. */
	#settleDisputes(nowMs: number): void {
		const mine = this.#use.reduce((all, use) => all + (use === SlotUse.free ? 0 : 1), 0);
		const owned = this.#use.reduce((all, use) => all + (use === SlotUse.own ? 1 : 0), 0);
		for (let slot = 0; slot < this.shared; slot++) {
			if (this.#use[slot] !== SlotUse.claimed) continue;
			let rival: SlotKnown | undefined;
			for (const [node, {granted}] of this.#partners) {
				const known = this.#view.get(node);
				if (granted[slot] !== 1 && known !== undefined && known.use[slot] !== SlotUse.free) rival = known;
			}
			if (rival === undefined) {
				this.#disputedMs[slot] = 0;
				continue;
			}
			if (this.#disputedMs[slot] === 0) this.#disputedMs[slot] = nowMs;
			const forMs = nowMs - (this.#disputedMs[slot] as number);
			if (forMs < PATIENT_MS) continue;
			const graph = this.#ownGraph();
			const base = this.#view.base(graph, this.#context.id, this.shared);
			const rivalBase = this.#view.base(graph, rival.id, this.shared);
			if (owned < base && rival.count > rivalBase) {
				if (forMs >= UNFAIR_MS) this.#ban(rival.id, base);
				continue;
			}
			const isOurs =
				rival.use[slot] === SlotUse.claimed &&
				(mine / this.#weight < rival.count / rival.weight ||
					(mine / this.#weight === rival.count / rival.weight && this.#context.id < rival.id));
			if (isOurs && forMs < 2 * PATIENT_MS) continue;
			this.#free(slot);
			this.#avoidMs[slot] = nowMs + AVOID_MS * (1 + this.#context.random());
			this.#dirty();
		}
	}

	/** It keeps more than its share from who has less: nothing it says of slots counts for a while. */
	#ban(node: NodeId, share: number): void {
		this.counts.unfair++;
		this.#banned.set(node, this.#context.nowMs() + BANNED_MS);
		this.#partners.delete(node);
		this.#graphChanged();
		this.#isFar = true;
		this.#dirty();
		this.#context.unfair(node, share);
		this.#context.changed();
	}

	#dirty(): void {
		this.#isDirty = true;
		if (this.#cancelSay !== undefined || this.#isStopped) return;
		const {agenda, nowMs, random} = this.#context;
		const dueMs = Math.max(nowMs() + 20 * random(), this.#lastMs + ROUND_MS * (0.8 + 0.1 * random()));
		this.#cancelSay = agenda.at(dueMs, () => this.#say());
	}

	#say(): void {
		this.#cancelSay = undefined;
		const isSilent = this.#conflicts.length === 0 && this.#partners.size === 0;
		if (!this.#isDirty || this.#isStopped || (isSilent && !this.#hasSpoken)) return;
		const nowMs = this.#context.nowMs();
		this.#isDirty = false;
		this.#hasSpoken = !isSilent;
		this.#lastMs = nowMs;
		const isFar = this.#isFar || nowMs - this.#lastFarMs >= FAR_REFRESH_MS;
		if (isFar) this.#lastFarMs = nowMs;
		this.#isFar = false;
		this.#version++;
		this.#saidMs.set(this.#version, nowMs);
		this.#saidMs.delete(this.#version - REMEMBERED);
		this.counts.said++;
		const conflicts = this.#listed().map(peer => {
			const known = this.#partners.has(peer) ? this.#view.get(peer) : undefined;
			return {peer, epoch: (known?.epoch ?? 0) % 65_536, version: known?.record.version ?? 0};
		});
		const {slots, slotUs} = this.superframe;
		const record = {mhz: this.#mhz, slots, slotUs, version: this.#version, own: this.own, claims: this.claims};
		this.#context.say({...record, demand: this.#demand, weight: this.#weight, conflicts}, isFar ? FAR_HOPS : NEAR_HOPS);
	}
}

function isBeyond(slots: readonly number[], shared: number): boolean {
	return slots.some(slot => slot >= shared);
}

function sum(set: Uint8Array): number {
	let all = 0;
	for (const each of set) all += each;
	return all;
}
