// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {SlotRecord, Superframe} from '../../model/slots.ts';
import {OwnSlots} from './own-slots.ts';
import type {SlotContext} from './slot-context.ts';
import {SlotPartner} from './slot-partner.ts';
import {SlotVoice} from './slot-voice.ts';
import {ROUND_MS, SlotDisputes} from './slots-disputes.ts';
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
// S3  What a partner granted holds HELD_MS from when the record was said that it had seen, by our clock. It forgets us LEASE_MS
//     after it heard that record, which is later.
// S4  Who leaves a conflict goes on as a partner until the other end no longer is one, or S3 ended it.
// S5  A slot is released first and said later; claimed first and owned later.
// S6  Nobody with more than its base keeps a slot that somebody with less than its base claims. A base is S·w over the largest
//     sum of weights around any neighbour: whatever others claim, they can have it all at once.

export const LEASE_MS = 30_000;
/** A grant ends so much before, as it is looked at once a round. */
const HELD_MS = LEASE_MS - 2 * ROUND_MS;
/** Records are repeated so often. */
const REFRESH_MS = 5000;
/** So that both ends of a conflict hear of each other. */
const NEAR_HOPS = 2;
/** The farthest that a message goes: a plan is computed by all who can know each other, and neighbours should know the same. */
const FAR_HOPS = 63;
/** Nobody new was heard of for so long: the plan can be made. A flood crosses fifteen hops or more in that time. */
const SETTLE_MS = 700;
const BANNED_MS = 600_000;
export const OPEN_SLOTS = 2;
/** New slots are used two superframes after the last grant. */
const WAIT_SUPERFRAMES = 2;

export class Slots {
	readonly superframe: Superframe;
	/** Slots that are shared out; the rest of a superframe is open. */
	readonly shared: number;
	readonly counts = {older: 0, unlike: 0, unfair: 0, yielded: 0, said: 0, plans: 0};
	readonly #context: SlotContext;
	readonly #mhz: number;
	readonly #weight: number;
	readonly #view: SlotNeighbourhood;
	readonly #table: OwnSlots;
	readonly #disputes: SlotDisputes;
	readonly #voice: SlotVoice;
	readonly #partners = new Map<NodeId, SlotPartner>();
	readonly #banned = new Map<NodeId, number>();
	#conflicts: readonly NodeId[] = [];
	#demand: number;
	#plan: Uint8Array | undefined;
	#nextOwnMs = Number.POSITIVE_INFINITY;
	#hasSpoken = false;
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
		this.#table = new OwnSlots(this.shared, this.#partners);
		this.#voice = new SlotVoice(context, ROUND_MS, isFar => this.#say(isFar));
		this.#disputes = new SlotDisputes({
			id: context.id,
			shared: this.shared,
			weight,
			use: this.#table.use,
			view: this.#view,
			partners: this.#partners,
			ownGraph: () => this.#ownGraph(),
		});
		this.#nextRound();
	}

	stop(): void {
		this.#isStopped = true;
		this.#voice.stop();
		this.#cancelRound();
		this.#cancelPlan();
	}

	/** Slots that may be used now. */
	get own(): readonly number[] {
		return this.#table.list(SlotUse.own);
	}

	/** Those whose conflict both ends know of. */
	get partners(): readonly NodeId[] {
		return [...this.#partners.keys()];
	}

	/** Partners that have not confirmed our slots for so long that none can be used. */
	get silent(): readonly NodeId[] {
		const nowMs = this.#context.nowMs();
		return [...this.#partners].flatMap(([id, {confirmedMs}]) => (nowMs - confirmedMs >= HELD_MS ? [id] : []));
	}

	/** Whether the plan is carried out. */
	get isSettled(): boolean {
		const plan = this.#plan;
		return plan !== undefined && this.#table.isAs(plan);
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
		if (this.#table.use.includes(SlotUse.own)) return true;
		for (const id of this.#partners.keys()) if (this.#view.get(id)?.use.includes(SlotUse.own)) return true;
		return false;
	}

	/** What a node last said of its slots. Absent: nothing, or too long ago. */
	saidBy(node: NodeId): SlotKnown | undefined {
		const known = this.#view.get(node);
		return known !== undefined && this.#context.nowMs() - known.heardMs <= LEASE_MS ? known : undefined;
	}

	/** Who is in conflict with us, as far as we know. */
	setConflicts(nodes: readonly NodeId[]): void {
		const sorted = [...nodes].sort((a, b) => a - b);
		if (sorted.length === this.#conflicts.length && sorted.every((node, i) => node === this.#conflicts[i])) return;
		this.#conflicts = sorted;
		this.#graphChanged();
		this.#voice.dirty(true);
		this.#review();
	}

	/** How many slots our traffic can use. */
	setDemand(slots: number): void {
		const demand = Math.max(1, Math.min(this.shared, slots));
		const isSame = demand === this.#demand;
		this.#demand = demand;
		if (isSame || this.#conflicts.length === 0) return;
		this.#graphChanged();
		this.#voice.dirty(true);
	}

	/** A record whose origin is proven. False: it is of other slots than ours. */
	hear(origin: NodeId, epoch: number, seq: number, record: SlotRecord): boolean {
		const {slots, slotUs} = this.superframe;
		if (record.mhz !== this.#mhz) return true;
		if (
			record.slots !== slots ||
			record.slotUs !== slotUs ||
			[...record.own, ...record.claims].some(slot => slot >= this.shared)
		) {
			this.counts.unlike++;
			return false;
		}
		const taken = this.#view.take(origin, epoch, seq, record, this.shared, this.#context.nowMs(), LEASE_MS);
		if (taken === undefined) {
			this.counts.older++;
			return true;
		}
		if (taken.isGraph) this.#graphChanged();
		if (taken.isNew) {
			// It knows nobody yet.
			this.#voice.meet();
			if (this.#conflicts.length > 0) this.#voice.dirty();
		}
		const isJoined = this.#join(origin);
		this.#part(origin);
		if (isJoined && this.#table.demote(this.#voice.version + 1)) this.#changed();
		const partner = this.#partners.get(origin);
		if (partner !== undefined) {
			// Who claims waits for our word.
			if (record.claims.length > 0) this.#voice.dirty();
			this.#yield(taken.known);
			if (partner.take(taken.known, this.#context, this.#table.use, this.#table.claimed, this.#voice.saidMs)) {
				if (this.#table.demote(this.#voice.version + 1)) this.#changed();
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
		if (this.#partners.size === 0) return this.#release();
		const nowMs = this.#context.nowMs();
		if (this.#view.isSettled(nowMs, SETTLE_MS)) this.#makePlan();
		this.#carryOut(nowMs);
		this.#activate();
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
		if (this.#conflicts.length === 0) return;
		if (nowMs - this.#voice.lastMs >= REFRESH_MS * 0.8) this.#voice.dirty();
		// A claim is repeated until all have granted it.
		if (this.#table.use.includes(SlotUse.claimed) && nowMs - this.#voice.lastMs >= 2 * ROUND_MS) this.#voice.dirty();
	}

	/** Who is a partner and who is not any more; whose grants have ended. */
	#review(): void {
		for (const node of this.#conflicts) this.#join(node);
		for (const node of this.#partners.keys()) this.#part(node);
		if (this.#table.demote(this.#voice.version + 1)) this.#changed();
	}

	/** True: it is a partner from now on. */
	#join(node: NodeId): boolean {
		const {id, nowMs} = this.#context;
		if (this.#partners.has(node) || this.#banned.has(node) || !this.#conflicts.includes(node)) return false;
		const known = this.#view.get(node);
		if (known === undefined || nowMs() - known.heardMs > LEASE_MS || known.seenOf(id) === undefined) return false;
		const kept = id < node ? this.#table.use : undefined;
		this.#partners.set(node, new SlotPartner(this.#voice.version + 1, nowMs(), kept, this.shared));
		this.#changed();
		return true;
	}

	#part(node: NodeId): void {
		const nowMs = this.#context.nowMs();
		const known = this.#view.get(node);
		const isBanned = this.#banned.has(node);
		const seen = known?.seenOf(this.#context.id);
		// S4: seen with a version is what a partner says.
		const isGone = seen === undefined || (seen.version === 0 && !this.#conflicts.includes(node));
		const partner = this.#partners.get(node);
		if (known === undefined || nowMs - known.heardMs > LEASE_MS || isGone || isBanned) {
			if (!this.#partners.delete(node)) return;
			this.#graphChanged();
			this.#voice.dirty(true);
			this.#changed();
		} else if (partner !== undefined && nowMs - partner.confirmedMs >= HELD_MS) partner.forget(this.#voice.version + 1);
	}

	#release(): void {
		this.#plan = undefined;
		if (this.#table.isEmpty) return;
		this.#table.use.fill(SlotUse.free);
		this.#changed();
	}

	#activate(): void {
		const {agenda, nowMs} = this.#context;
		const {slots, slotUs} = this.superframe;
		const {own, nextMs} = this.#table.ripen(nowMs(), (WAIT_SUPERFRAMES * slots * slotUs) / 1000);
		if (nextMs !== this.#nextOwnMs && nextMs !== Number.POSITIVE_INFINITY) {
			this.#nextOwnMs = nextMs;
			agenda.at(nextMs, () => {
				if (this.#isStopped) return;
				this.#review();
				this.#activate();
			});
		}
		if (own.length === 0) return;
		for (const slot of own) this.#disputes.end(slot);
		this.#changed();
	}

	/** What is owned or claimed is different: others are told, and who gates. */
	#changed(): void {
		this.#voice.dirty();
		this.#context.changed();
	}

	#makePlan(): void {
		const plan = this.#view.plan(this.#ownGraph(), this.shared, this.#plan);
		if (plan === undefined) return;
		this.counts.plans++;
		this.#plan = plan;
		this.#disputes.clear();
	}

	/** Those that are there; who was never heard of may yet be. */
	#listed(): NodeId[] {
		const sinceMs = this.#context.nowMs() - LEASE_MS;
		return this.#conflicts.filter(
			node => !this.#banned.has(node) && (this.#view.get(node)?.heardMs ?? sinceMs) >= sinceMs,
		);
	}

	#ownGraph() {
		return {conflicts: this.#listed(), demand: this.#demand, weight: this.#weight};
	}

	/** Releases and claims what the plan, and what disputes made of it, says. */
	#carryOut(nowMs: number): void {
		if (this.#plan === undefined) return;
		const target = this.#disputes.target(this.#plan, nowMs);
		if (this.#table.become(target, this.#voice.version + 1)) this.#changed();
	}

	#free(slot: number): void {
		this.#table.free(slot);
		this.#disputes.end(slot);
	}

	#settleDisputes(nowMs: number): void {
		const {lost, unfair} = this.#disputes.settle(nowMs, this.#context.random);
		for (const slot of lost) this.#free(slot);
		if (lost.length > 0) this.#voice.dirty();
		if (unfair !== undefined) this.#ban(unfair, this.#disputes.base(this.#context.id));
	}

	#yield(known: SlotKnown): void {
		const nowMs = this.#context.nowMs();
		if (!this.#view.isSettled(nowMs, SETTLE_MS)) return;
		for (const slot of this.#disputes.yielded(known, nowMs)) {
			this.#free(slot);
			this.counts.yielded++;
			this.#voice.dirty();
		}
	}

	/** It keeps more than its share from who has less: nothing it says of slots counts for a while. */
	#ban(node: NodeId, share: number): void {
		this.counts.unfair++;
		this.#banned.set(node, this.#context.nowMs() + BANNED_MS);
		this.#partners.delete(node);
		this.#graphChanged();
		this.#voice.dirty(true);
		this.#context.unfair(node, share);
		this.#context.changed();
	}

	#say(isFar: boolean): void {
		const isSilent = this.#conflicts.length === 0 && this.#partners.size === 0;
		if (this.#isStopped || (isSilent && !this.#hasSpoken)) return;
		this.#hasSpoken = !isSilent;
		this.counts.said++;
		const conflicts = this.#listed().map(peer => {
			const known = this.#partners.has(peer) ? this.#view.get(peer) : undefined;
			return {peer, epoch: (known?.epoch ?? 0) % 65_536, version: known?.record.version ?? 0};
		});
		const {slots, slotUs} = this.superframe;
		const record = {
			mhz: this.#mhz,
			slots,
			slotUs,
			version: this.#voice.version,
			own: this.own,
			claims: this.#table.list(SlotUse.claimed),
		};
		this.#context.say({...record, demand: this.#demand, weight: this.#weight, conflicts}, isFar ? FAR_HOPS : NEAR_HOPS);
	}
}
