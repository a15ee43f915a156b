// SPDX-License-Identifier: Apache-2.0

/** Below it the lowest rate is not decoded. Source: IEEE 802.11-2020 table 19-23, MCS 0 at 20 MHz. */
const SENSITIVITY_DBM = -82;
/** A quality of 1 says that nothing was lost while somebody counted; taken as one in a thousand. */
const BEST = 0.999;
const WORST = 0.01;

/**
 * The mean level that a measured delivery ratio tells of.
 *
 * Shape:    P(delivered) = P(level > sensitivity) = exp(-γ0/γ) over a channel whose power is exponential, so
 *           level = sensitivity - 10·log10(-ln q).
 * Units:    0 to 1, to dBm; 0.5 is 1.6 dB above the sensitivity, 0.9 9.8 dB, 0.99 20 dB.
 * Source:   Rayleigh outage, e.g. Goldsmith, "Wireless Communications", equation 6.47; batman-adv's TQ counts broadcast
 *           frames, which are sent once at the lowest rate.
 * Validity: qualities between 0.01 and 0.999; what is better or worse is taken as these.
 */
export function levelOfQuality(quality: number): number {
	const ratio = Math.min(BEST, Math.max(WORST, quality));
	return SENSITIVITY_DBM - 10 * Math.log10(-Math.log(ratio));
}

/** Delivery ratio one way of a link whose expected count of transmissions is known: etx = 1/(q·q). */
export function qualityOfEtx(etx: number): number {
	return 1 / Math.sqrt(Math.max(1, etx));
}
