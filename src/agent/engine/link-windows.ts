// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {GateOrder, LinkWindow} from '../../model/slots.ts';
import {kbpsOf, type SlotStation} from '../../source/slots/station-reader.ts';

// Counters grow from when a peer came; evidence wants what they grew by in a stretch of time.

/** A stretch that is longer mixes what should be compared. */
const LONGEST_MS = 30_000;

/** What a frame takes beside its bytes: pause, preamble, acknowledgement. Source: IEEE Std 802.11-2020, table 19-12 and 10.3.2. */
const FRAME_US = 110;

type Counter =
	| 'transmitPackets'
	| 'transmitRetries'
	| 'transmitFailed'
	| 'transmitAirtimeUs'
	| 'receiveAirtimeUs'
	| 'transmitBytes'
	| 'receiveBytes'
	| 'receivePackets';

type Airtime = NonNullable<GateOrder['airtime']>;

/** Fewer say nothing of what traffic takes. */
const LEAST_BYTES = 20_000;
/** 1 Mbit/s, each frame sent twice: what is slower is no link to divide time for. */
const SLOWEST_NS_PER_BYTE = 16_000;

interface Reading {
	readonly atMs: number;
	readonly station: SlotStation;
}

export class LinkWindows {
	/** By interface and address. */
	readonly #before = new Map<string, Reading>();
	readonly #airtimes = new Map<number, Airtime>();

	/** What a frame on an interface is reckoned to take. Absent: nothing was sent there yet, or no rate is known. */
	airtime(interfaceIndex: number): Airtime | undefined {
		return this.#airtimes.get(interfaceIndex);
	}

	/**
	 * What each neighbour's counters grew by since the last call for that interface.
	 *
	 * Absent: a window, where there was no reading before, or a counter began anew.
	 */
	take(
		nowMs: number,
		interfaceIndex: number,
		stations: ReadonlyMap<string, SlotStation>,
		nodeOf: (address: string) => NodeId | undefined,
	): readonly LinkWindow[] {
		const windows: LinkWindow[] = [];
		let [sentBytes, sentUs] = [0, 0];
		const own = `${interfaceIndex} `;
		for (const place of this.#before.keys())
			if (place.startsWith(own) && !stations.has(place.slice(own.length))) this.#before.delete(place);
		for (const [address, station] of stations) {
			const place = own + address;
			const before = this.#before.get(place);
			this.#before.set(place, {atMs: nowMs, station});
			const peer = nodeOf(address);
			if (peer === undefined || before === undefined || nowMs - before.atMs > LONGEST_MS) continue;
			const grown = (name: Counter): number | undefined => {
				const [now, then] = [station[name], before.station[name]];
				return now === undefined || then === undefined ? undefined : now - then;
			};
			const window: LinkWindow = {
				peer,
				durationMs: nowMs - before.atMs,
				transmitPackets: grown('transmitPackets'),
				transmitRetries: grown('transmitRetries'),
				transmitFailed: grown('transmitFailed'),
				transmitAirtimeUs:
					counted(grown('transmitAirtimeUs')) ??
					reckoned(grown('transmitPackets'), grown('transmitBytes'), kbpsOf(station.transmitRate)),
				receiveAirtimeUs:
					counted(grown('receiveAirtimeUs')) ??
					reckoned(grown('receivePackets'), grown('receiveBytes'), kbpsOf(station.receiveRate)),
				signalDbm: station.signalAverageDbm ?? station.signalDbm,
			};
			// A peer that came again counts from 0, and 32 bits of frames pass it: the stretch says nothing.
			const hasBegunAnew = [window.transmitPackets, window.transmitRetries, window.receiveAirtimeUs].some(
				count => count !== undefined && count < 0,
			);
			if (hasBegunAnew) continue;
			windows.push(window);
			const [bytes, kbps] = [grown('transmitBytes') ?? 0, kbpsOf(station.transmitRate)];
			if (kbps === undefined || kbps <= 0 || bytes <= 0) continue;
			const triesEach = 1 + (window.transmitRetries ?? 0) / Math.max(1, window.transmitPackets ?? 0);
			sentBytes += bytes;
			sentUs += ((bytes * 8000) / kbps) * triesEach;
		}
		if (sentBytes >= LEAST_BYTES)
			this.#airtimes.set(interfaceIndex, {
				frameUs: FRAME_US,
				nsPerByte: Math.min(SLOWEST_NS_PER_BYTE, Math.round((1000 * sentUs) / sentBytes)),
			});
		return windows;
	}
}

/** Drivers that do not count air time say 0, as silence does. */
function counted(airtimeUs: number | undefined): number | undefined {
	return airtimeUs === 0 ? undefined : airtimeUs;
}

/** What frames took, as far as bytes and the last rate say. Absent: they do not. */
function reckoned(
	packets: number | undefined,
	bytes: number | undefined,
	kbps: number | undefined,
): number | undefined {
	if (packets === undefined || bytes === undefined || packets < 0 || bytes < 0) return undefined;
	if (packets === 0) return 0;
	return kbps === undefined || kbps <= 0 ? undefined : Math.round(packets * FRAME_US + (bytes * 8000) / kbps);
}
