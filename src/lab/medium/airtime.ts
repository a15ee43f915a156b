// SPDX-License-Identifier: Apache-2.0
import type {Rate} from './rates.ts';

// How long things take on the air, in whole nanoseconds, and how many bytes they have.

const SERVICE_AND_TAIL_BITS = 16 + 6;
const OFDM_PREAMBLE_NS = 20_000;
const DSSS_LONG_PREAMBLE_NS = 192_000;
/** L-STF 8, L-LTF 8, L-SIG 4, HT-SIG 8, HT-STF 4 µs, and HT-LTF of 4 µs a stream. */
const HT_MIXED_PREAMBLE_NS = 32_000;
const HT_TRAINING_NS = 4000;

/** The part of a frame that comes before its data. */
export function preambleNs(rate: Rate): number {
	if (rate.phy === 'dsss') return DSSS_LONG_PREAMBLE_NS;
	return rate.phy === 'ofdm' ? OFDM_PREAMBLE_NS : HT_MIXED_PREAMBLE_NS + HT_TRAINING_NS * rate.streams;
}

/**
 * A frame's time on the air, without the signal extension of 2.4 GHz.
 *
 * Units:    bytes of the PSDU (MPDU with header and FCS, or whole A-MPDU) to ns.
 * Source:   IEEE 802.11-2020 eq. 17-29: TXTIME = 20 µs + 4 µs · ceil((16 + 8·bytes + 6) / NDBPS);
 *           eq. 19-91 for HT-mixed, with short guard intervals rounded up to 4 µs; 16.3.4: 192 µs + 8·bytes / rate.
 * Validity: long DSSS preambles; HT-mixed with one BCC encoder (up to 300 Mb/s).
 */
export function frameNs(rate: Rate, bytes: number): number {
	if (rate.phy === 'dsss') return DSSS_LONG_PREAMBLE_NS + Math.ceil((8000 * bytes) / rate.kbps) * 1000;
	const symbols = Math.ceil((SERVICE_AND_TAIL_BITS + 8 * bytes) / rate.bitsPerSymbol);
	const dataNs = symbols * rate.symbolNs;
	return preambleNs(rate) + (dataNs % 4000 === 0 ? dataNs : dataNs + 4000 - (dataNs % 4000));
}

/** The most bytes that fit into so much time, preamble included; may be negative. */
export function bytesWithin(rate: Rate, ns: number): number {
	const symbols = Math.floor((ns - preambleNs(rate)) / rate.symbolNs);
	return Math.floor((symbols * rate.bitsPerSymbol - SERVICE_AND_TAIL_BITS) / 8);
}

/** aPPDUMaxTime of HT-mixed. Source: IEEE 802.11-2020 table 19-25. */
export const LONGEST_HT_NS = 5_484_000;
export const LONGEST_AGGREGATE_BYTES = 65_535;

/** Bytes of frames with the FCS. Source: IEEE 802.11-2020 9.3.1: Ack, CTS, RTS, compressed BlockAck and its request. */
export const ACK_BYTES = 14;
export const CTS_BYTES = 14;
export const RTS_BYTES = 20;
export const BLOCK_ACK_BYTES = 32;
export const BLOCK_ACK_REQUEST_BYTES = 24;

const LLC_SNAP_BYTES = 8;
const HEADER_AND_FCS_BYTES = 24 + 4;
const QOS_CONTROL_BYTES = 2;
const DELIMITER_BYTES = 4;

/** A packet with LLC/SNAP, MAC header (three addresses) and FCS. */
export function mpduBytes(packetBytes: number, qos: boolean): number {
	return packetBytes + LLC_SNAP_BYTES + HEADER_AND_FCS_BYTES + (qos ? QOS_CONTROL_BYTES : 0);
}

/** An MPDU within an A-MPDU: after a delimiter, padded to four bytes. Source: IEEE 802.11-2020 9.7.1. */
export function subframeBytes(mpdu: number): number {
	return (DELIMITER_BYTES + mpdu + 3) & ~3;
}
