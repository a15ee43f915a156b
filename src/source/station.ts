// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../core/bytes.ts';
import type {ClientsObservation, StationObservation} from '../model/observation.ts';
import {attributes, mac, nested, u32} from '../wire/netlink/attributes.ts';
import {decodeGeneric} from '../wire/netlink/generic.ts';
import {bitrate, rateKbps} from '../wire/nl80211/rate.ts';
import {stationFields} from '../wire/nl80211/station.ts';

// The rows of the station tables that are reported; the rest of a kernel's answer is skipped unread.

const {
	inactiveMs,
	receiveBytes,
	transmitBytes,
	signalDbm,
	receivePackets,
	transmitPackets,
	transmitRetries,
	transmitFailed,
	signalAverageDbm,
	chainSignalDbm,
	tsfOffsetUs,
	expectedThroughputKbps,
	receiveAirtimeUs,
	transmitAirtimeUs,
	airtimeMetric,
	peerLinkState,
} = stationFields;

const peerTable = /* @__PURE__ */ attributes('nl80211.station', {
	inactiveMs,
	receiveBytes,
	transmitBytes,
	signalDbm,
	transmitRate: nested(stationFields.transmitRate.type, bitrate),
	receivePackets,
	transmitPackets,
	transmitRetries,
	transmitFailed,
	signalAverageDbm,
	receiveRate: nested(stationFields.receiveRate.type, bitrate),
	chainSignalDbm,
	tsfOffsetUs,
	expectedThroughputKbps,
	receiveAirtimeUs,
	transmitAirtimeUs,
	airtimeMetric,
	peerLinkState,
});

const peerMessage = /* @__PURE__ */ attributes('nl80211.stationMessage', {
	interfaceIndex: u32(3).required,
	address: mac(6).required,
	info: nested(21, peerTable),
});

/** A client's address is not even read. */
const clientMessage = /* @__PURE__ */ attributes('nl80211.stationMessage', {
	info: nested(21, /* @__PURE__ */ attributes('nl80211.station', {signalDbm, signalAverageDbm})),
});

/** Reads one station of a mesh. Absent: undefined when the kernel names it and says nothing of it. */
export function decodePeer(
	bytes: Uint8Array,
	order: ByteOrder,
	start: number,
	end: number,
	interfaceName: string,
): StationObservation | undefined {
	const {address, info} = decodeGeneric(peerMessage, bytes, order, start, end);
	if (info === undefined) return undefined;
	const chains = info.chainSignalDbm;
	return {
		kind: 'station',
		interface: interfaceName,
		peer: address,
		signalDbm: info.signalDbm,
		signalAverageDbm: info.signalAverageDbm,
		chain0SignalDbm: chains?.get(0),
		chain1SignalDbm: chains?.get(1),
		chain2SignalDbm: chains?.get(2),
		transmitRateKbps: info.transmitRate && rateKbps(info.transmitRate),
		receiveRateKbps: info.receiveRate && rateKbps(info.receiveRate),
		expectedThroughputKbps: info.expectedThroughputKbps,
		inactiveMs: info.inactiveMs,
		transmitBytes: info.transmitBytes,
		receiveBytes: info.receiveBytes,
		transmitPackets: info.transmitPackets,
		receivePackets: info.receivePackets,
		transmitRetries: info.transmitRetries,
		transmitFailed: info.transmitFailed,
		transmitAirtimeUs: info.transmitAirtimeUs,
		receiveAirtimeUs: info.receiveAirtimeUs,
		airtimeMetric: info.airtimeMetric,
		peerLinkState: info.peerLinkState,
		tsfOffsetUs: info.tsfOffsetUs,
	};
}

/** Fewer devices than this, and a median would say where one person's is. */
const MEDIAN_OF_AT_LEAST = 5;

/** What is said of an access point's clients together. */
export class ClientSummary {
	#count = 0;
	#signalsDbm: number[] = [];

	add(bytes: Uint8Array, order: ByteOrder, start: number, end: number): void {
		const {info} = decodeGeneric(clientMessage, bytes, order, start, end);
		this.#count++;
		const signal = info?.signalAverageDbm ?? info?.signalDbm;
		if (signal !== undefined) this.#signalsDbm.push(signal);
	}

	observation(interfaceName: string): ClientsObservation {
		const sorted = this.#signalsDbm.sort((a, b) => a - b);
		return {
			kind: 'clients',
			interface: interfaceName,
			count: this.#count,
			signalMedianDbm: sorted.length < MEDIAN_OF_AT_LEAST ? undefined : sorted[sorted.length >> 1],
		};
	}
}
