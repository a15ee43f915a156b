// SPDX-License-Identifier: Apache-2.0
import {BLOCK_ACK_REQUEST_BYTES, RTS_BYTES} from '../airtime.ts';
import type {Air, Listener} from './air.ts';
import {announceTimes, fillBurst} from './burst.ts';
import type {Contention} from './contention.ts';
import {type EventQueue, Kind} from './event-queue.ts';
import type {Traffic} from './flow.ts';
import {openForNs, opensNs} from './gate.ts';
import type {Link} from './link.ts';
import {Mark, type PacketPool} from './packets.ts';
import {FrameKind, type RateTimes, type Station, timesOf} from './station.ts';

const never = Number.POSITIVE_INFINITY;

// What a station that won the channel does with it:
//
//   begin ──▶ [RTS ──▶ CTS ──▶] data ──▶ Ack or BlockAck ──▶ window back to its minimum ──▶ next counter
//     ▲          └──────────────┴── nothing in time ──▶ window doubled, packets back to the head of their queue
//     └──────────────────────────────────────────────────────────────────┘
//
// Invariant 3: a packet is in one queue, or in one burst, or nowhere.
// Invariant 4: a receiver hands each packet on once, however often it came.

export class Exchange implements Listener {
	readonly #queue: EventQueue;
	readonly #contention: Contention;
	readonly #air: Air;
	readonly #pool: PacketPool;
	readonly #traffic: Traffic;

	constructor(queue: EventQueue, contention: Contention, air: Air, pool: PacketPool, traffic: Traffic) {
		this.#queue = queue;
		this.#contention = contention;
		this.#air = air;
		this.#pool = pool;
		this.#traffic = traffic;
	}

	/** A station's counter is down. */
	begin(station: Station, nowNs: number): void {
		station.wants = false;
		if (station.requesting) {
			station.exchanging = true;
			this.#request(station, nowNs);
			return;
		}
		const link = this.#nextLink(station, nowNs);
		if (link === undefined) return;
		const openNs = openForNs(station.setup.gate, nowNs);
		if (!fillBurst(station, link, openNs, nowNs, this.#pool, this.#traffic)) {
			if (station.setup.gate === undefined) return;
			station.wants = true;
			const untilNs = opensNs(station.setup.gate, nowNs);
			if (station.busy) this.#contention.draw(station);
			else this.#contention.defer(station, untilNs);
			return;
		}
		station.exchanging = true;
		if (station.burstBytes > station.rtsThreshold) this.#announce(station, nowNs);
		else this.#sendData(station, nowNs);
	}

	/** Drops packets from the head of a queue that grew too old in it. */
	#dropAged(link: Link, nowNs: number): void {
		const {lifetimeNs} = link.from;
		if (lifetimeNs === never) return;
		const pool = this.#pool;
		while (link.head >= 0 && nowNs - (pool.queuedNs[link.head] as number) >= lifetimeNs)
			this.#traffic.leave(link.shift(pool), nowNs);
	}

	/** Links take turns. */
	#nextLink(station: Station, nowNs: number): Link | undefined {
		const {links} = station;
		for (let i = 0; i < links.length; i++) {
			const at = (station.nextLink + i) % links.length;
			const link = links[at] as Link;
			this.#dropAged(link, nowNs);
			if (link.count === 0) continue;
			station.nextLink = (at + 1) % links.length;
			return link;
		}
		return undefined;
	}

	#send(
		station: Station,
		kind: number,
		to: Station,
		times: RateTimes,
		durationNs: number,
		reservedNs: number,
		bits: number,
		nowNs: number,
	): void {
		station.frameKind = kind;
		station.frameTo = to;
		station.frameTimes = times;
		station.frameStartNs = nowNs;
		station.frameEndNs = nowNs + durationNs;
		station.frameReservedNs = reservedNs;
		station.frameBits = bits;
		this.#air.start(station, nowNs);
	}

	#answerNs(station: Station): number {
		const {burstTimes, burstAggregate, access} = station;
		const {ackNs, blockAckNs, control} = burstTimes;
		return (burstAggregate ? blockAckNs : ackNs) + (control.phy === 'dsss' ? 0 : access.signalExtensionNs);
	}

	#announce(station: Station, nowNs: number): void {
		const {burstTimes, link, access} = station;
		if (link === undefined) return;
		const times = announceTimes(station, burstTimes);
		const extensionNs = times.rate.phy === 'dsss' ? 0 : access.signalExtensionNs;
		const reservedNs = 3 * access.sifsNs + times.ctsNs + extensionNs + station.burstNs + this.#answerNs(station);
		this.#send(station, FrameKind.rts, link.to, times, times.rtsNs + extensionNs, reservedNs, RTS_BYTES * 8, nowNs);
	}

	#sendData(station: Station, nowNs: number): void {
		const {link, burst, burstTimes, burstNs, burstPackets} = station;
		if (link === undefined) return;
		const pool = this.#pool;
		const {statistics} = link;
		statistics.attempts += burst;
		statistics.airtimeUs += burstNs / 1000;
		link.rateKbps += burst * burstTimes.rate.kbps;
		for (let i = 0; i < burst; i++) {
			const packet = burstPackets[i] as number;
			if ((pool.marks[packet] as number) & Mark.retried) statistics.retries++;
			pool.marks[packet] = (pool.marks[packet] as number) | Mark.retried;
		}
		const reservedNs = station.access.sifsNs + this.#answerNs(station);
		const bits = station.burstBytes * 8;
		this.#send(station, FrameKind.data, link.to, burstTimes, burstNs, reservedNs, bits, nowNs);
	}

	#request(station: Station, nowNs: number): void {
		const {burstTimes: times, link, access} = station;
		if (link === undefined) return;
		const extensionNs = times.control.phy === 'dsss' ? 0 : access.signalExtensionNs;
		const durationNs = times.blockAckRequestNs + extensionNs;
		const reservedNs = access.sifsNs + times.blockAckNs + extensionNs;
		const bits = BLOCK_ACK_REQUEST_BYTES * 8;
		const control = timesOf(times.control);
		this.#send(station, FrameKind.blockAckRequest, link.to, control, durationNs, reservedNs, bits, nowNs);
	}

	sent(station: Station, nowNs: number): void {
		switch (station.frameKind) {
			case FrameKind.data:
				station.awaited = station.burstAggregate ? FrameKind.blockAck : FrameKind.ack;
				break;
			case FrameKind.rts:
				station.awaited = FrameKind.cts;
				break;
			case FrameKind.blockAckRequest:
				station.awaited = FrameKind.blockAck;
				break;
			default:
				return;
		}
		const {sifsNs, slotNs} = station.access;
		station.timeoutNs = nowNs + sifsNs + slotNs + station.frameTimes.answerStartNs;
		this.#queue.push(station.timeoutNs, Kind.timeout, station.index);
	}

	/** No answer began in time. */
	timeout(station: Station, nowNs: number): void {
		if (station.timeoutNs !== nowNs) return;
		const {locked} = station;
		// The answer itself is being received: its end decides.
		if (locked !== undefined && locked.frameTo === station && locked.frameKind === station.awaited) {
			station.timeoutNs = never;
			return;
		}
		this.#failed(station, nowNs);
	}

	garbled(station: Station, nowNs: number): void {
		this.#failed(station, nowNs);
	}

	received(receiver: Station, sender: Station, nowNs: number): void {
		switch (sender.frameKind) {
			case FrameKind.data:
				this.#takeData(receiver, sender, nowNs);
				return;
			case FrameKind.rts:
				if (receiver.reservedNs > nowNs) return;
				this.#answer(receiver, FrameKind.cts, sender, sender.frameReservedNs, nowNs);
				return;
			case FrameKind.blockAckRequest:
				this.#answer(receiver, FrameKind.blockAck, sender, sender.frameReservedNs, nowNs);
				return;
			case FrameKind.cts:
				if (receiver.awaited !== FrameKind.cts || receiver.link?.to !== sender) return;
				receiver.awaited = -1;
				receiver.timeoutNs = never;
				this.#answer(receiver, FrameKind.data, sender, 0, nowNs);
				return;
			default:
				if (receiver.awaited === sender.frameKind && receiver.link?.to === sender) this.#succeeded(receiver, nowNs);
		}
	}

	#takeData(receiver: Station, sender: Station, nowNs: number): void {
		const pool = this.#pool;
		const {survived} = this.#air;
		const count = sender.burst;
		let whole = 0;
		for (let i = 0; i < count; i++) {
			if (survived[i] === 0) continue;
			whole++;
			const packet = sender.burstPackets[i] as number;
			const marks = pool.marks[packet] as number;
			if (marks & Mark.received) continue;
			pool.marks[packet] = marks | Mark.received;
			this.#traffic.arrive(packet, nowNs);
		}
		const {statistics} = sender.link as Link;
		statistics.delivered += whole;
		if (whole < count) this.#blame(sender, receiver, count - whole);
		const kind = sender.burstAggregate ? FrameKind.blockAck : FrameKind.ack;
		this.#answer(receiver, kind, sender, sender.frameReservedNs, nowNs);
	}

	lost(sender: Station, receiver: Station): void {
		this.#blame(sender, receiver, sender.burst);
	}

	#blame(sender: Station, receiver: Station, mpdus: number): void {
		const {statistics} = sender.link as Link;
		const {culprit} = sender;
		if (receiver.frameEndNs > sender.frameStartNs) statistics.deafLosses += mpdus;
		else if (culprit !== undefined) {
			if (this.#air.hears(sender, culprit)) statistics.collisionLosses += mpdus;
			else statistics.hiddenLosses += mpdus;
		} else if (sender.disturbed) statistics.interfererLosses += mpdus;
		else statistics.noiseLosses += mpdus;
	}

	/** Something to be sent SIFS from now, whatever the channel is like then. */
	#answer(station: Station, kind: number, to: Station, reservedNs: number, nowNs: number): void {
		station.answerKind = kind;
		station.answerTo = to;
		station.answerTimes = to.frameTimes;
		station.answerReservedNs = reservedNs;
		this.#queue.push(nowNs + station.access.sifsNs, Kind.answer, station.index);
	}

	/** An answer event. */
	answer(station: Station, nowNs: number): void {
		const {answerKind: kind, answerTo: to, answerTimes: times, access} = station;
		station.answerKind = -1;
		if (kind < 0 || to === undefined || station.transmitting) return;
		if (kind === FrameKind.data) {
			this.#sendData(station, nowNs);
			return;
		}
		const extensionNs = times.control.phy === 'dsss' ? 0 : access.signalExtensionNs;
		const ownNs = kind === FrameKind.cts ? times.ctsNs : kind === FrameKind.ack ? times.ackNs : times.blockAckNs;
		const durationNs = ownNs + extensionNs;
		const leftNs = station.answerReservedNs - access.sifsNs - durationNs;
		const bits = kind === FrameKind.blockAck ? 32 * 8 : 14 * 8;
		this.#send(station, kind, to, timesOf(times.control), durationNs, Math.max(leftNs, 0), bits, nowNs);
	}

	#succeeded(station: Station, nowNs: number): void {
		const {link, burst} = station;
		if (link === undefined) return;
		let acknowledged = 0;
		for (let i = 0; i < burst; i++)
			if ((this.#pool.marks[station.burstPackets[i] as number] as number) & Mark.received) acknowledged++;
		if (!station.requesting) link.control?.report(station.burstTimes, burst, acknowledged);
		station.requesting = false;
		station.failures = 0;
		station.window = station.access.windowMinimum;
		this.#finish(station, true, false, nowNs);
	}

	#failed(station: Station, nowNs: number): void {
		const {link, burst, awaited, access} = station;
		if (link === undefined) return;
		if (awaited !== FrameKind.cts && !station.requesting) link.control?.report(station.burstTimes, burst, 0);
		const widerWindow = 2 * station.window + 1;
		station.window = Math.min(widerWindow, access.windowMaximum);
		if (awaited === FrameKind.blockAck && (station.setup.asksForBlockAck ?? false)) {
			this.#askAgain(station, nowNs);
			return;
		}
		const givesUp = ++station.failures >= station.retryLimit;
		if (givesUp) {
			station.failures = 0;
			station.window = access.windowMinimum;
		}
		this.#finish(station, false, givesUp, nowNs);
	}

	/**
	 * The receiver is asked what it has, until it says so: packets that grew too old are still in its window and have to
	 * be flushed, which is not a retry and leaves the window at its minimum. Source: IEEE 802.11-2020 10.25.6.3.
	 */
	#askAgain(station: Station, nowNs: number): void {
		const queuedNs = this.#pool.queuedNs[station.burstPackets[0] as number] as number;
		if (nowNs - queuedNs >= station.lifetimeNs) station.window = station.access.windowMinimum;
		station.requesting = true;
		station.awaited = -1;
		station.timeoutNs = never;
		station.exchanging = false;
		this.#contention.again(station, nowNs, true);
	}

	/** Acknowledged packets leave, the others go back to the head of their queue in their order, or are given up. */
	#finish(station: Station, succeeded: boolean, givesUp: boolean, nowNs: number): void {
		const pool = this.#pool;
		const {link, burst, burstPackets} = station;
		station.awaited = -1;
		station.timeoutNs = never;
		station.burst = 0;
		for (let i = burst - 1; i >= 0; i--) {
			const packet = burstPackets[i] as number;
			const through = succeeded && ((pool.marks[packet] as number) & Mark.received) !== 0;
			if (through) continue;
			const tries = (pool.tries[packet] as number) + 1;
			pool.tries[packet] = tries;
			const aged = nowNs - (pool.queuedNs[packet] as number) >= station.lifetimeNs;
			if (givesUp || tries >= station.retryLimit || aged) continue;
			link?.prepend(pool, packet);
			burstPackets[i] = -1;
		}
		for (let i = 0; i < burst; i++) {
			const packet = burstPackets[i] as number;
			if (packet >= 0) this.#traffic.leave(packet, nowNs);
		}
		station.exchanging = false;
		this.#contention.again(station, nowNs, station.queued > 0);
	}
}
