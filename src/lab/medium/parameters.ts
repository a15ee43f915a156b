// SPDX-License-Identifier: Apache-2.0
import type {RadioSetup, Standard} from './medium.ts';

// What the standard fixes, per generation and band.

export interface AccessParameters {
	readonly slotNs: number;
	readonly sifsNs: number;
	/** Slots of arbitration after SIFS: DIFS is SIFS + 2 slots, AIFS of best effort SIFS + 3. */
	readonly arbitrationSlots: number;
	/** The contention window's first and last value; a counter is drawn from 0 to the window, both included. */
	readonly windowMinimum: number;
	readonly windowMaximum: number;
	/** ERP frames at 2.4 GHz end in silence, so that SIFS is 16 µs for the decoder there too. */
	readonly signalExtensionNs: number;
	/**
	 * EDCA takes one off the counter at the end of the arbitration already, DCF only after a whole free slot.
	 * A counter that was stopped is therefore one slot earlier with EDCA.
	 */
	readonly countsAtBoundary: boolean;
}

const UP_TO_MHZ = 3000;

/** dsss: long slots. Source: IEEE 802.11-2020 tables 15-5, 16-4, 17-21, 18-5, 19-25 (aSlotTime, aSIFSTime, aCWmin). */
const dsss = {slotNs: 20_000, sifsNs: 10_000, windowMinimum: 31, signalExtensionNs: 0};
const ofdm5 = {slotNs: 9000, sifsNs: 16_000, windowMinimum: 15, signalExtensionNs: 0};
const erp24 = {slotNs: 9000, sifsNs: 10_000, windowMinimum: 15, signalExtensionNs: 6000};
const dcf = {arbitrationSlots: 2, windowMaximum: 1023, countsAtBoundary: false};
const edca = {arbitrationSlots: 3, windowMaximum: 1023, countsAtBoundary: true};

/**
 * How a generation shares the air.
 *
 * Source: the tables above; AIFSN 3 and CWmin 15 of best effort in table 9-155 (802.11n sends all data as QoS data);
 *         counting in 10.3.4.3 (DCF) and 10.23.2.4 (EDCA).
 */
export function accessParameters(standard: Standard, primaryMhz: number): AccessParameters {
	switch (standard) {
		case 'b':
			return {...dsss, ...dcf};
		case 'a':
			return {...ofdm5, ...dcf};
		case 'g':
			return {...erp24, ...dcf};
		case 'n':
			return {...(primaryMhz < UP_TO_MHZ ? erp24 : ofdm5), ...edca};
	}
}

/** A radio's own values where it has them, the standard's where not. */
export function accessOf(radio: RadioSetup): AccessParameters {
	const standard = accessParameters(radio.standard, radio.primaryMhz);
	return {
		...standard,
		arbitrationSlots: radio.arbitrationSlots ?? standard.arbitrationSlots,
		windowMinimum: radio.windowMinimum ?? standard.windowMinimum,
		windowMaximum: radio.windowMaximum ?? standard.windowMaximum,
	};
}

/** IEEE 802.11-2020 17.3.10.6 and 19.3.19.5: a preamble at -82 dBm, anything at 20 dB more. */
export const CARRIER_SENSE_DBM = -82;
export const ENERGY_DETECT_DBM = -62;
/** dot11ShortRetryLimit. */
export const RETRY_LIMIT = 7;
/** MPDUs of an HT A-MPDU where nothing else is said; the block acknowledgement's window allows 64. */
export const HT_AGGREGATE = 32;
export const BLOCK_WINDOW = 64;
export const QUEUE_PACKETS = 400;
