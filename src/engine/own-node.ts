// SPDX-License-Identifier: Apache-2.0
import {type Channel, SHARE_ONE} from '../model/channel.ts';
import type {ChannelRecord, LinkRecord, NodeId, NodeRecord} from '../model/peer.ts';
import type {EngineContext} from './context.ts';
import {GOSSIP_HOPS, LINK_FORGOTTEN_MS, PEER_SILENT_MS, RECORD_PAUSE_MS, RECORD_REFRESH_MS} from './settings.ts';
import type {Known} from './view/neighbourhood.ts';

/** Where many come at once, the record is said once for all of them. */
const SAID_LATELY_MS = 4000;
const SAY_AGAIN_MS = 1000;
const MOST_MET = 64;

interface Heard {
	atMs: number;
	/** It said that it hears us there. */
	isMutual: boolean;
	/** Whom it hears there. */
	hears: readonly NodeId[];
}

interface Peer {
	/** When and where it was heard last, by radio. */
	readonly heard: Map<number, Heard>;
	weight: number;
	planMhz: number;
	stamp: number;
	lastMs: number;
	/** When it was heard last, on whatever radio. */
	heardMs: number;
}

/** This node: its radios, whom they hear, what is planned for its links, and the record that says so. */
export class OwnNode {
	pressure = 1;
	deploying = false;
	backupMhz = 0;
	/** Whether a radio has moved so often that it stays where it is for now: to others it looks pinned. */
	isSpent = (_radio: number): boolean => false;
	readonly #context: EngineContext;
	readonly #epoch: number;
	readonly #peers = new Map<NodeId, Peer>();
	/** Former neighbours, the latest last. */
	readonly #met = new Set<NodeId>();
	#radios: Channel[] = [];
	#channels: readonly ChannelRecord[] = [];
	#known: Known;
	#isDirty = false;
	#cancelRefresh = (): void => {};
	#saidMs = Number.NEGATIVE_INFINITY;
	#isSayingAgain = false;
	#saidText = '';
	/** The first record that said what the last one says. */
	#sameSinceSeq = 0;
	#lastHeardMs = Number.NEGATIVE_INFINITY;

	constructor(context: EngineContext, epoch: number) {
		this.#context = context;
		this.#epoch = epoch;
		this.#known = {id: context.id, epoch, seq: 0, record: this.#record(), heardMs: 0};
	}

	get radios(): readonly Channel[] {
		return this.#radios;
	}

	get channels(): readonly ChannelRecord[] {
		return this.#channels;
	}

	/** Our record as it is now, whether it was said or not. */
	get known(): Known {
		if (!this.#isDirty) return this.#known;
		this.#isDirty = false;
		this.#known = {...this.#known, record: this.#record(), heardMs: this.#context.nowMs()};
		return this.#known;
	}

	get recordSeq(): number {
		return this.#known.seq;
	}

	/** Whether who has our record of that number knows all there is to know: the same may have been said again since. */
	isCurrent(seq: number): boolean {
		return !this.#isDirty && this.#cancelSaying === undefined && seq >= this.#sameSinceSeq && seq <= this.#known.seq;
	}

	#cancelSaying: (() => void) | undefined;

	/** What the kernel says of the radios. A radio that is elsewhere than before hears nobody yet. */
	setRadios(radios: readonly Channel[]): void {
		let isChanged = radios.length !== this.#radios.length;
		radios.forEach((channel, radio) => {
			const before = this.#radios[radio];
			if (before?.mhz === channel.mhz && before.widthMhz === channel.widthMhz) return;
			isChanged = true;
			for (const {heard} of this.#peers.values()) heard.delete(radio);
		});
		this.#radios = [...radios];
		if (isChanged) this.changed();
	}

	setChannels(channels: readonly ChannelRecord[]): void {
		const same =
			channels.length === this.#channels.length &&
			channels.every((each, i) => {
				const before = this.#channels[i];
				// Small changes of what others keep busy are told with the next record.
				return before?.mhz === each.mhz && before.blocked === each.blocked && Math.abs(before.busy - each.busy) < 13;
			});
		if (same) return;
		this.#channels = channels;
		this.changed();
	}

	setWeight(id: NodeId, weight: number): void {
		const peer = this.#peers.get(id);
		const rounded = Math.max(1, Math.min(SHARE_ONE, Math.round(weight)));
		if (peer === undefined || peer.weight === rounded) return;
		// Demand wanders; a quarter more or less is news.
		const isNews = Math.abs(rounded - peer.weight) * 4 > peer.weight;
		if (!isNews) return;
		peer.weight = rounded;
		this.changed();
	}

	/** A neighbour's hello. */
	hear(id: NodeId, radio: number, hears: readonly NodeId[]): void {
		const nowMs = this.#context.nowMs();
		let peer = this.#peers.get(id);
		if (peer === undefined) {
			peer = {heard: new Map(), weight: 16, planMhz: 0, stamp: 0, lastMs: nowMs, heardMs: nowMs};
			this.#peers.set(id, peer);
			this.changed();
		}
		peer.lastMs = nowMs;
		peer.heardMs = nowMs;
		this.#lastHeardMs = nowMs;
		const before = peer.heard.get(radio);
		const isMutual = hears.includes(this.#context.id);
		if (before === undefined) peer.heard.set(radio, {atMs: nowMs, isMutual, hears});
		else {
			before.atMs = nowMs;
			before.isMutual = isMutual;
			before.hears = hears;
		}
	}

	/** A scan saw a router of this mesh that is not heard: a neighbour all the same. */
	see(id: NodeId): void {
		const nowMs = this.#context.nowMs();
		const peer = this.#peers.get(id);
		if (peer !== undefined) peer.lastMs = nowMs;
		else {
			this.#peers.set(id, {heard: new Map(), weight: 16, planMhz: 0, stamp: 0, lastMs: nowMs, heardMs: nowMs});
			this.changed();
		}
	}

	/** Whom a radio hears. */
	heardOn(radio: number): NodeId[] {
		const sinceMs = this.#context.nowMs() - PEER_SILENT_MS;
		const list: NodeId[] = [];
		for (const [id, {heard}] of this.#peers)
			if ((heard.get(radio)?.atMs ?? Number.NEGATIVE_INFINITY) >= sinceMs) list.push(id);
		return list;
	}

	/** Whom a neighbour said it hears on the channel of that radio. */
	heardBy(id: NodeId, radio: number): readonly NodeId[] {
		return this.#peers.get(id)?.heard.get(radio)?.hears ?? [];
	}

	/** Whether a neighbour hears us and we hear it, on any radio, not before `sinceMs`. */
	isUp(id: NodeId, sinceMs = this.#context.nowMs() - PEER_SILENT_MS): boolean {
		for (const {atMs, isMutual} of this.#peers.get(id)?.heard.values() ?? [])
			if (isMutual && atMs >= sinceMs) return true;
		return false;
	}

	/** Whether a neighbour hears us and we hear it on that radio. */
	isUpOn(id: NodeId, radio: number): boolean {
		const heard = this.#peers.get(id)?.heard.get(radio);
		return heard?.isMutual === true && heard.atMs >= this.#context.nowMs() - PEER_SILENT_MS;
	}

	/** How long ago a neighbour was heard, or seen for the first time. */
	silentMs(id: NodeId): number {
		return this.#context.nowMs() - (this.#peers.get(id)?.heardMs ?? Number.NEGATIVE_INFINITY);
	}

	/** All neighbours that are not forgotten. */
	get peers(): readonly NodeId[] {
		return [...this.#peers.keys()];
	}

	/** Whether the channel that a radio is on is planned for a link. */
	isOnPlan(radio: number): boolean {
		const mhz = this.#radios[radio]?.mhz;
		for (const {planMhz} of this.#peers.values()) if (planMhz === mhz) return true;
		return false;
	}

	/** Whether a channel is planned that no radio is on. */
	get hasToMove(): boolean {
		for (const {planMhz} of this.#peers.values())
			if (planMhz > 0 && !this.#radios.some(({mhz}) => mhz === planMhz)) return true;
		return false;
	}

	get isAlone(): boolean {
		for (let radio = 0; radio < this.#radios.length; radio++) if (this.heardOn(radio).length > 0) return false;
		return true;
	}

	/** When any neighbour was heard last, wherever our radios were then. */
	get lastHeardMs(): number {
		return this.#lastHeardMs;
	}

	planOf(id: NodeId): {readonly planMhz: number; readonly stamp: number} | undefined {
		return this.#peers.get(id);
	}

	plan(id: NodeId, planMhz: number, stamp: number): void {
		const peer = this.#peers.get(id);
		if (peer === undefined || (peer.planMhz === planMhz && peer.stamp === stamp)) return;
		peer.planMhz = planMhz;
		peer.stamp = stamp;
		this.changed();
	}

	/** Drops neighbours that have been silent for long; answers whom. */
	forget(): readonly NodeId[] {
		const beforeMs = this.#context.nowMs() - LINK_FORGOTTEN_MS;
		const gone: NodeId[] = [];
		for (const [id, {lastMs}] of this.#peers) if (lastMs < beforeMs) gone.push(id);
		for (const id of gone) {
			this.#peers.delete(id);
			this.#met.delete(id);
			this.#met.add(id);
		}
		for (const id of this.#met) {
			if (this.#met.size <= MOST_MET) break;
			this.#met.delete(id);
		}
		if (gone.length > 0) this.changed();
		return gone;
	}

	/** Whether a node was a neighbour of ours before it was forgotten: who says of itself that it is one is not believed. */
	hasMet(id: NodeId): boolean {
		return this.#met.has(id);
	}

	/** Our record is another one: it is said soon, and again from time to time. */
	changed(): void {
		this.#isDirty = true;
		if (this.#cancelSaying !== undefined) return;
		const {agenda, nowMs} = this.#context;
		this.#cancelSaying = agenda.at(Math.max(nowMs(), this.#saidMs + RECORD_PAUSE_MS), () => this.say());
	}

	/** Says the record once more, soon, for who cannot have it. */
	sayAgain(): void {
		if (this.#cancelSaying !== undefined || this.#isSayingAgain) return;
		this.#isSayingAgain = true;
		this.#cancelRefresh();
		const {agenda, nowMs, random} = this.#context;
		const atMs = Math.max(nowMs(), this.#saidMs + SAID_LATELY_MS) + SAY_AGAIN_MS * random();
		this.#cancelRefresh = agenda.at(atMs, () => this.say());
	}

	/** Says the record now. */
	say(): void {
		const {agenda, nowMs, send, random} = this.#context;
		this.#cancelSaying?.();
		this.#cancelSaying = undefined;
		this.#cancelRefresh();
		this.#isSayingAgain = false;
		this.#isDirty = false;
		this.#saidMs = nowMs();
		const record = this.#record();
		const seq = send({kind: 'record', record}, GOSSIP_HOPS - 1);
		const text = JSON.stringify(record);
		if (text !== this.#saidText) this.#sameSinceSeq = seq;
		this.#saidText = text;
		this.#known = {id: this.#context.id, epoch: this.#epoch, seq, record, heardMs: nowMs()};
		this.#cancelRefresh = agenda.at(nowMs() + RECORD_REFRESH_MS * (0.75 + random() / 2), () => this.say());
	}

	#record(): NodeRecord {
		const {participation, pinned} = this.#context.settings();
		const links: LinkRecord[] = [];
		for (const [peer, {weight, planMhz, stamp}] of this.#peers) links.push({peer, weight, planMhz, stamp});
		return {
			radios: this.#radios.map((live, radio) => ({live, pinned: pinned.includes(radio) || this.isSpent(radio)})),
			links,
			channels: this.#channels,
			pressure: this.pressure,
			deploying: this.deploying,
			participation,
			backupMhz: this.backupMhz,
		};
	}
}
