// SPDX-License-Identifier: Apache-2.0
import type {LinkStatistics} from '../medium.ts';
import type {PacketPool} from './packets.ts';
import type {RateControl} from './rate-control.ts';
import type {RateTimes, Station} from './station.ts';

export function emptyLinkStatistics(from: number, to: number): LinkStatistics {
	return {
		from,
		to,
		attempts: 0,
		delivered: 0,
		retries: 0,
		collisionLosses: 0,
		hiddenLosses: 0,
		deafLosses: 0,
		interfererLosses: 0,
		noiseLosses: 0,
		airtimeUs: 0,
		meanRateKbps: 0,
	};
}

/** One sender's queue to one receiver, first in, first out. */
export class Link {
	readonly from: Station;
	readonly to: Station;
	readonly fixed: RateTimes | undefined;
	readonly control: RateControl | undefined;
	statistics: LinkStatistics;
	/** Sum over attempts, for their mean. */
	rateKbps = 0;
	head = -1;
	tail = -1;
	count = 0;
	sequence = 0;

	constructor(from: Station, to: Station, fixed: RateTimes | undefined, control: RateControl | undefined) {
		this.from = from;
		this.to = to;
		this.fixed = fixed;
		this.control = control;
		this.statistics = emptyLinkStatistics(from.index, to.index);
	}

	append(pool: PacketPool, packet: number): void {
		pool.next[packet] = -1;
		if (this.tail >= 0) pool.next[this.tail] = packet;
		else this.head = packet;
		this.tail = packet;
		this.count++;
		this.from.queued++;
	}

	prepend(pool: PacketPool, packet: number): void {
		pool.next[packet] = this.head;
		this.head = packet;
		if (this.tail < 0) this.tail = packet;
		this.count++;
		this.from.queued++;
	}

	/** Takes the first packet out; there must be one. */
	shift(pool: PacketPool): number {
		const packet = this.head;
		this.head = pool.next[packet] as number;
		if (this.head < 0) this.tail = -1;
		this.count--;
		this.from.queued--;
		return packet;
	}

	clear(): void {
		this.statistics = emptyLinkStatistics(this.from.index, this.to.index);
		this.rateKbps = 0;
	}

	read(): LinkStatistics {
		const {statistics} = this;
		return {...statistics, meanRateKbps: statistics.attempts > 0 ? this.rateKbps / statistics.attempts : 0};
	}
}
