// SPDX-License-Identifier: Apache-2.0
import {
	ACK_BYTES,
	BLOCK_ACK_BYTES,
	CTS_BYTES,
	frameNs,
	LONGEST_AGGREGATE_BYTES,
	LONGEST_HT_NS,
	mpduBytes,
	RTS_BYTES,
	subframeBytes,
} from '../airtime.ts';
import type {AccessParameters} from '../parameters.ts';
import {controlRate, type Rate} from '../rates.ts';

/** How long an exchange keeps the air, on the average, for a number of MPDUs that need not be whole. Units: µs. */
export interface ExchangeTimes {
	/** The frame with data alone. */
	readonly dataUs: number;
	/** From the first energy to the moment at which others may count again, where it succeeds and where not. */
	readonly successUs: number;
	readonly failureUs: number;
	/** For how long somebody who cannot hear the sender may destroy it: all of the frame, or the RTS. */
	readonly exposedUs: number;
	readonly answerUs: number;
}

/** Bits of an MPDU on the air. */
export function mpduBits(packetBytes: number, rate: Rate): number {
	return 8 * mpduBytes(packetBytes, rate.phy === 'ht');
}

/** As many MPDUs as an A-MPDU holds by its limit, its bytes and its time. */
export function largestBurst(rate: Rate, packetBytes: number, limit: number): number {
	if (rate.phy !== 'ht') return 1;
	const each = subframeBytes(mpduBytes(packetBytes, true));
	let burst = Math.max(1, Math.min(limit, Math.floor(LONGEST_AGGREGATE_BYTES / each)));
	while (burst > 1 && frameNs(rate, burst * each) > LONGEST_HT_NS) burst--;
	return burst;
}

/**
 * Times of an exchange: (RTS, SIFS, CTS, SIFS,) data, SIFS, acknowledgement, arbitration.
 *
 * Source: `airtime.ts`; an exchange that fails ends by an EIFS, which is as long as the acknowledgement and its SIFS.
 */
export function exchangeTimes(
	rate: Rate,
	packetBytes: number,
	burst: number,
	announced: boolean,
	access: AccessParameters,
): ExchangeTimes {
	const {sifsNs, slotNs, signalExtensionNs} = access;
	const isAggregate = rate.phy === 'ht' && burst > 1;
	const mpdu = mpduBytes(packetBytes, rate.phy === 'ht');
	const bytes = isAggregate ? burst * subframeBytes(mpdu) : mpdu;
	const control = controlRate(rate);
	const dataNs = frameNs(rate, Math.round(bytes)) + signalExtensionNs;
	const answerNs = frameNs(control, isAggregate ? BLOCK_ACK_BYTES : ACK_BYTES) + signalExtensionNs;
	const spaceNs = sifsNs + access.arbitrationSlots * slotNs;
	const rtsNs = frameNs(control, RTS_BYTES) + signalExtensionNs;
	const ctsNs = frameNs(control, CTS_BYTES) + signalExtensionNs;
	const announceNs = announced ? rtsNs + ctsNs + 2 * sifsNs : 0;
	const wholeNs = announceNs + dataNs + sifsNs + answerNs + spaceNs;
	return {
		dataUs: dataNs / 1000,
		successUs: wholeNs / 1000,
		failureUs: (announced ? rtsNs + sifsNs + ctsNs + spaceNs : wholeNs) / 1000,
		exposedUs: (announced ? rtsNs + sifsNs : dataNs) / 1000,
		answerUs: answerNs / 1000,
	};
}

/**
 * Slots that are counted before an attempt, on the average over a packet's attempts.
 *
 * Source:   Bianchi, "Performance analysis of the IEEE 802.11 distributed coordination function", IEEE JSAC 18 (2000): the
 *           window doubles with each failure up to its maximum and starts anew after success or the last attempt.
 *           With failures independent of each other at p: Σ p^i·CW_i/2 / Σ p^i over the attempts i.
 */
export function meanBackoffSlots(failureShare: number, access: AccessParameters, attempts: number): number {
	let [window, weight, slots, weights] = [access.windowMinimum, 1, 0, 0];
	for (let i = 0; i < attempts && weight > 1e-9; i++) {
		slots += (weight * window) / 2;
		weights += weight;
		weight *= failureShare;
		window = Math.min(access.windowMaximum, 2 * window + 1);
	}
	return slots / weights;
}
