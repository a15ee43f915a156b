// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../core/bytes.ts';
import {DecodeError} from '../core/errors.ts';
import type {ClientsObservation, StationObservation} from '../model/observation.ts';
import {attributes, field, mac, nested, u32} from '../wire/netlink/attributes.ts';
import type {Codec} from '../wire/netlink/field.ts';
import {decodeGeneric} from '../wire/netlink/generic.ts';
import {rateKbpsCodec} from '../wire/nl80211/rate.ts';
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
	tsfOffsetUs,
	expectedThroughputKbps,
	receiveAirtimeUs,
	transmitAirtimeUs,
	airtimeMetric,
	peerLinkState,
} = stationFields;

const CHAINS = 3;
const CHAIN_BITS = 9; // a signed byte, and above it whether the chain is there
const CHAIN_PRESENT = 0x100;

/** The signals of the first chains as one number, which costs no object. Errors: DecodeError 'truncated' | 'length'. */
const chainsCodec: Codec<number> = {
	size: -1,
	step: 1,
	wide: false,
	read(bytes, start, end, order) {
		const high = order === 'little' ? 1 : 0;
		const low = 1 - high;
		let at = start;
		let length = 0;
		let chain = 0;
		let packed = 0;
		while (at < end) {
			if (end - at < 4) throw new DecodeError('truncated', 'nl80211.chains', at);
			length = ((bytes[at + high] as number) << 8) | (bytes[at + low] as number);
			if (length > end - at) throw new DecodeError('truncated', 'nl80211.chains', at);
			if (length !== 5) throw new DecodeError('length', 'nl80211.chains', at);
			chain = (((bytes[at + 2 + high] as number) << 8) | (bytes[at + 2 + low] as number)) & 0x3fff;
			if (chain < CHAINS) {
				chain *= CHAIN_BITS;
				packed = (packed & ~(0x1ff << chain)) | ((CHAIN_PRESENT | (bytes[at + 4] as number)) << chain);
			}
			at += 8;
		}
		return packed;
	},
	write(): never {
		throw new RangeError('chains are only read');
	},
};

/** One chain of them. Absent: undefined for a chain the radio does not have. */
function chainOf(packed: number, chain: number): number | undefined {
	const bits = packed >> (chain * CHAIN_BITS);
	return (bits & CHAIN_PRESENT) === 0 ? undefined : (bits << 24) >> 24;
}

const peerTable = /* @__PURE__ */ attributes('nl80211.station', {
	inactiveMs,
	receiveBytes,
	transmitBytes,
	signalDbm,
	transmitRateKbps: field(stationFields.transmitRate.type, rateKbpsCodec),
	receivePackets,
	transmitPackets,
	transmitRetries,
	transmitFailed,
	signalAverageDbm,
	receiveRateKbps: field(stationFields.receiveRate.type, rateKbpsCodec),
	/** All three as one number, until `decodePeer` takes them apart. */
	chain0SignalDbm: field(stationFields.chainSignalDbm.type, chainsCodec),
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
	const message = decodeGeneric(peerMessage, bytes, order, start, end);
	// The table's names are the observation's, so that what was decoded becomes it: what the kernel left out is not there.
	const seen = message.info as PeerInfo | undefined;
	if (seen === undefined) return undefined;
	seen.kind = 'station';
	seen.interface = interfaceName;
	seen.peer = message.address;
	const chains = seen.chain0SignalDbm;
	if (chains !== undefined) {
		seen.chain0SignalDbm = chainOf(chains, 0);
		seen.chain1SignalDbm = chainOf(chains, 1);
		seen.chain2SignalDbm = chainOf(chains, 2);
	}
	return seen;
}

type PeerInfo = {-readonly [K in keyof StationObservation]: StationObservation[K]};

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
