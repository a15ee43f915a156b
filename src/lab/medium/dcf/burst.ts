// SPDX-License-Identifier: Apache-2.0
import {bytesWithin, frameNs, LONGEST_AGGREGATE_BYTES, LONGEST_HT_NS, mpduBytes, subframeBytes} from '../airtime.ts';
import {BLOCK_WINDOW} from '../parameters.ts';
import type {Traffic} from './flow.ts';
import type {Link} from './link.ts';
import type {PacketPool} from './packets.ts';
import {type RateTimes, type Station, timesOf} from './station.ts';

const never = Number.POSITIVE_INFINITY;

/** What an RTS is sent at. */
export function announceTimes(station: Station, times: RateTimes): RateTimes {
	return station.announceTimes ?? timesOf(times.control);
}

/** Takes what goes together out of the link's queue; false if not even one packet fits into the opening. */
export function fillBurst(
	station: Station,
	link: Link,
	openNs: number,
	nowNs: number,
	pool: PacketPool,
	traffic: Traffic,
): boolean {
	const times = link.fixed ?? link.control?.choose(nowNs, pool.tries[link.head] as number);
	if (times === undefined) return false;
	const {rate} = times;
	const canAggregate = rate.phy === 'ht' && station.aggregateLimit > 1 && link.to.qos;
	const limit = canAggregate ? station.aggregateLimit : 1;
	const {sifsNs, signalExtensionNs} = station.access;
	const announcing = announceTimes(station, times);
	const announced = 3 * sifsNs + announcing.rtsNs + announcing.ctsNs + 2 * signalExtensionNs;
	const around = sifsNs + times.blockAckNs + 2 * signalExtensionNs + (station.rtsThreshold < never ? announced : 0);
	let longestNs = openNs - around;
	if (canAggregate && LONGEST_HT_NS < longestNs) longestNs = LONGEST_HT_NS;
	const most = longestNs === never ? never : bytesWithin(rate, longestNs);
	const mostBytes = canAggregate && most > LONGEST_AGGREGATE_BYTES ? LONGEST_AGGREGATE_BYTES : most;
	let bytes = 0;
	let count = 0;
	let oldest = -1;
	while (count < limit && link.head >= 0) {
		const packet = link.head;
		const packetBytes = traffic.flows[pool.flow[packet] as number]?.bytes ?? 0;
		const mpdu = mpduBytes(packetBytes, station.qos);
		const added = canAggregate ? subframeBytes(mpdu) : mpdu;
		if (bytes + added > mostBytes) break;
		if ((pool.sequence[packet] as number) < 0) {
			if (oldest >= 0 && link.sequence - oldest >= BLOCK_WINDOW) break;
			pool.sequence[packet] = link.sequence++;
		}
		if (oldest < 0) oldest = pool.sequence[packet] as number;
		link.shift(pool);
		station.burstPackets[count] = packet;
		bytes += added;
		station.burstBits[count] = bytes * 8;
		count++;
	}
	if (count === 0) return false;
	station.link = link;
	station.burst = count;
	station.burstTimes = times;
	station.burstAggregate = count > 1;
	if (count === 1 && canAggregate) {
		const packet = station.burstPackets[0] as number;
		bytes = mpduBytes(traffic.flows[pool.flow[packet] as number]?.bytes ?? 0, station.qos);
	}
	station.burstBytes = bytes;
	station.burstNs = frameNs(rate, bytes) + (rate.phy === 'dsss' ? 0 : signalExtensionNs);
	return true;
}
