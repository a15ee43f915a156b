// SPDX-License-Identifier: Apache-2.0
import type {Rows} from '../core/rows.ts';
import type {ClientsObservation} from '../model/observation.ts';
import {i8, mac} from '../wire/netlink/attributes.ts';
import {readMac} from '../wire/netlink/field.ts';
import {GENERIC_HEADER_BYTES} from '../wire/netlink/generic.ts';
import {cell, layout} from '../wire/netlink/layout.ts';
import {bytesOf} from '../wire/netlink/row-reader.ts';
import {rateKbpsCell} from '../wire/nl80211/rate.ts';
import {stationFields} from '../wire/nl80211/station.ts';

// What is read of stations; the rest of a kernel's answer is skipped unread. Columns have the names of the observation.

const INFO = [21];
const info = (name: keyof typeof stationFields) => cell(INFO, stationFields[name]);
const chain = (number: number) => cell([...INFO, stationFields.chainSignalDbm.type], i8(number));

/** A mesh peer; its address is the key. */
export const peerLayout = /* @__PURE__ */ layout('nl80211.station', GENERIC_HEADER_BYTES, {
	peer: cell([], mac(6)),
	signalDbm: info('signalDbm'),
	signalAverageDbm: info('signalAverageDbm'),
	chain0SignalDbm: chain(0),
	chain1SignalDbm: chain(1),
	chain2SignalDbm: chain(2),
	transmitRateKbps: rateKbpsCell([...INFO, stationFields.transmitRate.type]),
	receiveRateKbps: rateKbpsCell([...INFO, stationFields.receiveRate.type]),
	expectedThroughputKbps: info('expectedThroughputKbps'),
	inactiveMs: info('inactiveMs'),
	transmitBytes: info('transmitBytes'),
	receiveBytes: info('receiveBytes'),
	transmitPackets: info('transmitPackets'),
	receivePackets: info('receivePackets'),
	transmitRetries: info('transmitRetries'),
	transmitFailed: info('transmitFailed'),
	transmitAirtimeUs: info('transmitAirtimeUs'),
	receiveAirtimeUs: info('receiveAirtimeUs'),
	airtimeMetric: info('airtimeMetric'),
	peerLinkState: info('peerLinkState'),
	tsfOffsetUs: info('tsfOffsetUs'),
});

const MAC_BYTES = 6;

/** The address that the key of a row stands for. */
export function peerOf(key: number): string {
	return readMac(bytesOf(key, MAC_BYTES), 0);
}

/** An access point's client. Its address is not even read. */
export const clientLayout = /* @__PURE__ */ layout('nl80211.station', GENERIC_HEADER_BYTES, {
	signalDbm: info('signalDbm'),
	signalAverageDbm: info('signalAverageDbm'),
});

/** Fewer devices than this, and a median would say where one person's is. */
const MEDIAN_OF_AT_LEAST = 5;

/** What is said of an access point's clients together; `rows` are those of `clientLayout`. */
export function summariseClients(rows: Rows, interfaceName: string): ClientsObservation {
	const {count, values} = rows;
	const signalsDbm: number[] = [];
	for (let row = 0; row < count; row++) {
		const at = rows.at(row) + 1;
		const average = values[at + 1] as number;
		const signal = Number.isNaN(average) ? (values[at] as number) : average;
		if (!Number.isNaN(signal)) signalsDbm.push(signal);
	}
	signalsDbm.sort((a, b) => a - b);
	return {
		kind: 'clients',
		interface: interfaceName,
		count,
		signalMedianDbm: signalsDbm.length < MEDIAN_OF_AT_LEAST ? undefined : signalsDbm[signalsDbm.length >> 1],
	};
}
