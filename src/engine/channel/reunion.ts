// SPDX-License-Identifier: Apache-2.0
import {bandOf, type Channel} from '../../model/channel.ts';
import type {NodeId, NodeRecord} from '../../model/peer.ts';
import {type EngineContext, lotOf} from '../context.ts';
import type {OwnNode} from '../own-node.ts';
import {DWELL_MS, LOST_MS, RECORD_REFRESH_MS} from '../settings.ts';
import {isFresh, type Neighbourhood} from '../view/neighbourhood.ts';

// Neighbours that lost each other find each other again.
//
// R1  A radio that carries a neighbour nobody else carries stays.
// R2  Nobody asks before: who moves a free radio takes nothing from anybody.
// R3  Who hears nobody at all goes through the channels: where it was before, the plan, home, where neighbours were last,
//     all others; every other dwell is at home, so that two who are lost meet there.
// R4  Who cannot be asked is planned for as one who stays where a scan saw him: so meshes with no radio to spare grow
//     together.
// R5  Former neighbours of whom we hear again by others are neighbours again, until they prove not to be (see engine.ts).

const REPAIR_PAUSE_MS = 5000;
const MISSED_MS = 4000;
/** Who is seen elsewhere has said so by then. */
const OUTDATED_MS = 5000;
/** Who is not heard for so long on a channel that both are on will not be. */
const DEAF_MS = 2 * RECORD_REFRESH_MS;
/** Free radios have so long to bring a neighbour back; then the lower of two plans for it, and the other one later. */
const STRANGE_MS = 8000;
const STRANGE_TO_HIGHER_MS = 18_000;

export class Reunion {
	retunes = 0;
	readonly #context: EngineContext;
	readonly #own: OwnNode;
	readonly #neighbourhood: Neighbourhood;
	/** Not before then, by radio. */
	readonly #pauseMs = new Map<number, number>();
	/** Where neighbours were seen by a scan. */
	readonly #seen = new Map<NodeId, {readonly mhz: number; readonly sinceMs: number; readonly atMs: number}>();
	#lostSince: number | undefined;
	#step = 0;

	constructor(context: EngineContext, own: OwnNode, neighbourhood: Neighbourhood) {
		this.#context = context;
		this.#own = own;
		this.#neighbourhood = neighbourhood;
	}

	get isLost(): boolean {
		return this.#lostSince !== undefined;
	}

	/** A scan saw a router of this mesh on a channel. Who is seen for long and never heard is planned for (R4). */
	see(id: NodeId, mhz: number): void {
		const atMs = this.#context.nowMs();
		this.#seen.set(id, {mhz, sinceMs: this.#seen.get(id)?.sinceMs ?? atMs, atMs});
		this.#planFor(id);
	}

	#planFor(id: NodeId): void {
		const {nowMs} = this.#context;
		const seen = this.#seen.get(id);
		if (this.#own.isUp(id)) this.#seen.delete(id);
		if (seen === undefined || this.#own.isUp(id) || nowMs() - seen.atMs > STRANGE_TO_HIGHER_MS) return;
		const {mhz, sinceMs} = seen;
		const known = this.#neighbourhood.get(id);
		const isThere = known !== undefined && isFresh(known, nowMs());
		const isBelieved = isThere && known.record.radios.some(({live}) => live.mhz === mhz);
		// Two that plan to come to each other would pass each other by.
		const patienceMs = this.#context.id < id ? STRANGE_MS : STRANGE_TO_HIGHER_MS;
		if (nowMs() - sinceMs < patienceMs || isBelieved) return;
		const widthMhz = this.#own.channels.find(channel => channel.mhz === mhz)?.widthMhz ?? 20;
		this.#neighbourhood.guess(id, this.#context.id, {mhz, widthMhz}, nowMs());
	}

	/** In each round: brings a free radio to neighbours that are missed. */
	repair(round: number): void {
		const {id, nowMs} = this.#context;
		// Two that miss each other must not pass each other by.
		if (this.isLost || lotOf(id, round) % 2 === 0) return;
		const missing = this.#own.peers.filter(peer => !this.#own.isUp(peer, nowMs() - MISSED_MS - 2000));
		if (missing.length === 0) return;
		for (let radio = 0; radio < this.#own.radios.length; radio++) {
			const live = this.#own.radios[radio];
			if (live === undefined || !this.#isFree(radio)) continue;
			const best = this.#bestFor(live, missing);
			if (best === undefined || best.mhz === live.mhz) continue;
			this.#pauseMs.set(radio, nowMs() + REPAIR_PAUSE_MS);
			this.#retune(radio, best, 'repaired');
			return;
		}
	}

	/** R1, and it may move at all. */
	#isFree(radio: number): boolean {
		const {settings, nowMs} = this.#context;
		const {pinned, participation} = settings();
		if (pinned.includes(radio) || participation !== 'active' || nowMs() < (this.#pauseMs.get(radio) ?? 0)) return false;
		return this.#own.heardOn(radio).every(peer => {
			for (let other = 0; other < this.#own.radios.length; other++)
				if (other !== radio && this.#own.heardOn(other).includes(peer)) return true;
			return false;
		});
	}

	/** The channel where most of the missing are, or will be by plan. Absent: undefined where that is nowhere. */
	#bestFor(live: Channel, missing: readonly NodeId[]): Channel | undefined {
		const votes = new Map<number, number>();
		for (const peer of missing) {
			const planMhz = this.#own.planOf(peer)?.planMhz ?? 0;
			const seen = this.#seen.get(peer);
			const radios = this.#radiosOf(peer);
			// Where both are already, waiting helps more; but not for ever: antennas may look past each other.
			const isShared = (mhz: number): boolean => this.#own.radios.some(each => each.mhz === mhz);
			if (radios.some(({live: its}) => isShared(its.mhz)) && !this.#isDeafTo(peer)) continue;
			if (radios.length === 0 && seen !== undefined) votes.set(seen.mhz, (votes.get(seen.mhz) ?? 0) + 1);
			const onPlan = radios.length === 0 || radios.some(each => each.live.mhz === planMhz);
			for (const {live: its} of radios)
				if (!isShared(its.mhz)) votes.set(its.mhz, (votes.get(its.mhz) ?? 0) + (its.mhz === planMhz ? 2 : 1));
			if (onPlan && planMhz > 0) votes.set(planMhz, (votes.get(planMhz) ?? 0) + 1);
		}
		let best: number | undefined;
		for (const [mhz, count] of votes)
			if (bandOf(mhz) === bandOf(live.mhz) && this.#isAllowed(mhz) && count > (votes.get(best ?? -1) ?? 0)) best = mhz;
		return best === undefined ? undefined : this.#channelAt(best, live);
	}

	/** Where it says that it is. Absent: none where it said nothing, or was seen elsewhere since. */
	#radiosOf(peer: NodeId): NodeRecord['radios'] {
		const known = this.#neighbourhood.get(peer);
		const seen = this.#seen.get(peer);
		if (known === undefined) return [];
		const isOutdated = seen !== undefined && seen.atMs > known.heardMs + OUTDATED_MS;
		return isOutdated && !known.record.radios.some(({live}) => live.mhz === seen.mhz) ? [] : known.record.radios;
	}

	/** Others hear it, we have not for long. */
	#isDeafTo(peer: NodeId): boolean {
		const {nowMs} = this.#context;
		const spokeMs = this.#neighbourhood.get(peer)?.heardMs ?? Number.NEGATIVE_INFINITY;
		return this.#own.silentMs(peer) > DEAF_MS && spokeMs > nowMs() - RECORD_REFRESH_MS;
	}

	#isAllowed(mhz: number): boolean {
		return this.#own.channels.some(channel => channel.mhz === mhz && !channel.blocked);
	}

	#channelAt(mhz: number, like: Channel): Channel {
		return {mhz, widthMhz: this.#own.channels.find(channel => channel.mhz === mhz)?.widthMhz ?? like.widthMhz};
	}

	/** Asked every second: who is only seen is planned for; nobody heard for long is lost; who hears somebody is found. */
	check(before: readonly Channel[]): void {
		const {nowMs, agenda, explain, settings} = this.#context;
		for (const id of this.#seen.keys()) this.#planFor(id);
		if (!this.#own.isAlone) {
			if (this.#lostSince === undefined) return;
			explain({why: 'found', numbers: {lostS: (nowMs() - this.#lostSince) / 1000}});
			this.#lostSince = undefined;
			return;
		}
		if (this.#lostSince !== undefined || settings().participation !== 'active') return;
		const silentMs = nowMs() - Math.max(this.#own.lastHeardMs, this.#startedMs);
		if (silentMs < LOST_MS) return;
		this.#lostSince = nowMs();
		this.#step = 0;
		explain({why: 'lost', numbers: {silentS: silentMs / 1000}});
		const places = this.#places(before);
		agenda.at(nowMs(), () => this.#search(places));
	}

	#startedMs = 0;

	/** A router that has just been switched on gives its neighbours time to be heard. */
	start(): void {
		this.#startedMs = this.#context.nowMs();
	}

	#places(before: readonly Channel[]): readonly number[] {
		const list: number[] = [...before.map(({mhz}) => mhz), ...this.#own.radios.map(({mhz}) => mhz)];
		for (const {planMhz} of this.#own.known.record.links) if (planMhz > 0) list.push(planMhz);
		for (const {record} of this.#neighbourhood.all) for (const {live} of record.radios) list.push(live.mhz);
		for (const {mhz} of this.#seen.values()) list.push(mhz);
		for (const {mhz} of this.#own.channels) list.push(mhz);
		return [...new Set(list)].filter(mhz => this.#isAllowed(mhz));
	}

	#search(places: readonly number[]): void {
		const {agenda, nowMs, settings, id} = this.#context;
		if (!this.isLost) return;
		const step = this.#step++;
		const {homeMhz, pinned} = settings();
		this.#own.radios.forEach((live, radio) => {
			if (pinned.includes(radio)) return;
			const own = places.filter(mhz => bandOf(mhz) === bandOf(live.mhz));
			const home = homeMhz.find(mhz => bandOf(mhz) === bandOf(live.mhz));
			// Every other dwell at home, in an order that is each node's own.
			const atHome = home !== undefined && radio === 0 && lotOf(id, step) % 2 === 0;
			const mhz = atHome ? home : own[(step * this.#own.radios.length + radio) % Math.max(1, own.length)];
			if (mhz !== undefined && mhz !== live.mhz && this.#isAllowed(mhz))
				this.#retune(radio, this.#channelAt(mhz, live), 'lost');
		});
		agenda.at(nowMs() + DWELL_MS, () => this.#search(places));
	}

	#retune(radio: number, to: Channel, why: 'lost' | 'repaired'): void {
		this.retunes++;
		this.#context.explain({why, radio, from: this.#own.radios[radio], to});
		this.#context.decide({kind: 'retune', radio, to, why});
	}
}
