// SPDX-License-Identifier: Apache-2.0
import {bandOf, type Channel, overlapShare} from '../../model/channel.ts';
import type {ChannelRecord, NodeId, PeerBody} from '../../model/peer.ts';
import type {EngineContext} from '../context.ts';
import type {OwnNode} from '../own-node.ts';
import {GOSSIP_HOPS} from '../settings.ts';

// Radar has the right of way. Nobody is asked: who sees it leaves and says where to; who hears that and is there follows.
//
// F1  No radio of ours is on a channel within the non-occupancy time after radar was seen or heard of there.
// F2  All who leave a channel go to one place: that of the lowest number among those who saw the radar.

/** Source: ETSI EN 301 893, FCC 15.407: 30 minutes. */
const NON_OCCUPANCY_MS = 30 * 60_000;
const COPIES_MS = [0, 60, 150, 600] as const;
/** Who leaves at once cannot pass the word on to those who are only there. */
const LEAVE_MS = 250;
/** Who saw the same radar at the same time speaks within that. */
const TOGETHER_MS = 3000;

type RadarBody = PeerBody & {kind: 'radar'};

interface Sighting {
	readonly channel: Channel;
	readonly untilMs: number;
	readonly atMs: number;
	origin: NodeId;
	backupMhz: number;
}

export class Radar {
	retunes = 0;
	readonly #context: EngineContext;
	readonly #own: OwnNode;
	#sightings: Sighting[] = [];

	constructor(context: EngineContext, own: OwnNode) {
		this.#context = context;
		this.#own = own;
	}

	/** The kernel says so of one of our radios. */
	detect(mhz: number, widthMhz: number): void {
		const {id, nowMs, agenda, send} = this.#context;
		const channel = {mhz, widthMhz};
		const backupMhz = this.#backupFor(channel);
		this.#leave({channel, untilMs: nowMs() + NON_OCCUPANCY_MS, atMs: nowMs(), origin: id, backupMhz}, () => {
			// Said before we leave: afterwards nobody there hears us.
			const body: RadarBody = {kind: 'radar', mhz, widthMhz, backupMhz, leftS: NON_OCCUPANCY_MS / 1000};
			for (const afterMs of COPIES_MS) agenda.at(nowMs() + afterMs, () => send(body, 2 * GOSSIP_HOPS));
		});
	}

	/** Somebody saw radar. */
	hear(origin: NodeId, {mhz, widthMhz, backupMhz, leftS}: RadarBody): void {
		const {nowMs} = this.#context;
		const untilMs = nowMs() + Math.min(NON_OCCUPANCY_MS, Math.max(0, leftS * 1000));
		const known = this.#sightings.find(each => each.channel.mhz === mhz && nowMs() - each.atMs < TOGETHER_MS);
		if (known !== undefined && known.origin <= origin) return;
		const sighting = {channel: {mhz, widthMhz}, untilMs, atMs: known?.atMs ?? nowMs(), origin, backupMhz};
		// Two who saw it chose two places: the lower number's holds.
		if (known !== undefined) {
			this.#sightings = this.#sightings.filter(each => each !== known);
			return this.#leave(sighting, () => {}, known.backupMhz);
		}
		this.#leave(sighting, () => {});
	}

	/** What may not be used now is blocked. */
	without(channels: readonly ChannelRecord[]): readonly ChannelRecord[] {
		const nowMs = this.#context.nowMs();
		this.#sightings = this.#sightings.filter(({untilMs}) => untilMs > nowMs);
		return channels.map(each => (this.#isOccupied(each) ? {...each, blocked: true} : each));
	}

	#isOccupied(channel: Channel): boolean {
		return this.#sightings.some(
			({channel: seen, untilMs}) => untilMs > this.#context.nowMs() && overlapShare(channel, seen) > 0,
		);
	}

	/** `also`: where a first word sent us already. */
	#leave(sighting: Sighting, say: () => void, also?: number): void {
		const {agenda, nowMs, explain, decide} = this.#context;
		this.#sightings.push(sighting);
		const own = this.#own;
		const isThere = (at: Channel): boolean => overlapShare(at, sighting.channel) > 0 || at.mhz === also;
		say();
		const isAllowed = own.channels.some(
			each => each.mhz === sighting.backupMhz && !each.blocked && !this.#isOccupied(each),
		);
		const toMhz = isAllowed ? sighting.backupMhz : this.#backupFor(sighting.channel);
		for (const peer of own.peers) {
			const plan = own.planOf(peer);
			if (plan === undefined || plan.planMhz === 0) continue;
			const width = own.channels.find(each => each.mhz === plan.planMhz)?.widthMhz ?? 20;
			if (isThere({mhz: plan.planMhz, widthMhz: width})) own.plan(peer, toMhz, plan.stamp + 1);
		}
		own.setChannels(this.without(own.channels));
		own.radios.forEach((live, radio) => {
			if (!isThere(live) || toMhz === 0) return;
			const widthMhz = own.channels.find(each => each.mhz === toMhz)?.widthMhz ?? 20;
			const to = {mhz: toMhz, widthMhz};
			explain({why: 'radar', radio, from: live, to});
			this.retunes++;
			agenda.at(nowMs() + LEAVE_MS, () => decide({kind: 'retune', radio, to, why: 'radar'}));
		});
	}

	/** Where nobody has to listen first: the quietest of the band. Absent: 0. */
	#backupFor(channel: Channel): number {
		let best: ChannelRecord | undefined;
		for (const each of this.#own.channels)
			if (
				!each.radar &&
				!each.blocked &&
				bandOf(each.mhz) === bandOf(channel.mhz) &&
				overlapShare(each, channel) === 0 &&
				!this.#isOccupied(each) &&
				(best === undefined || each.busy < best.busy)
			)
				best = each;
		return best?.mhz ?? 0;
	}
}
