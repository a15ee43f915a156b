// SPDX-License-Identifier: Apache-2.0
import {ACK_BYTES, frameNs, mpduBytes} from './airtime.ts';
import type {Standard} from './medium.ts';
import {accessParameters} from './parameters.ts';
import {controlRate, type Rate} from './rates.ts';

/** What stations wait after a collision in the model. */
export type CollisionSpace = 'difs' | 'eifs';

export interface BianchiCase {
	readonly standard: Standard;
	readonly primaryMhz: number;
	readonly rate: Rate;
	readonly stations: number;
	readonly packetBytes: number;
	readonly space: CollisionSpace;
}

/**
 * Chance that a saturated station sends in a slot, and that its frame collides.
 *
 * Source: G. Bianchi, "Performance analysis of the IEEE 802.11 distributed coordination function", IEEE JSAC 18 (2000),
 *         eq. 7: τ = 2 / (1 + W + p·W·Σ_{i<m} (2p)^i), and eq. 9: p = 1 - (1 - τ)^(n-1); found by halving, as the
 *         difference of both falls with τ.
 */
export function attemptChance(stations: number, windowMinimum: number, windowMaximum: number) {
	const w = windowMinimum + 1;
	let stages = 0;
	for (let window = w; window < windowMaximum + 1; window *= 2) stages++;
	const respond = (tau: number): {tau: number; collides: number} => {
		let free = 1;
		for (let i = 1; i < stations; i++) free *= 1 - tau;
		const p = 1 - free;
		let sum = 0;
		for (let i = 0, power = 1; i < stages; i++, power *= 2 * p) sum += power;
		return {tau: 2 / (1 + w + p * w * sum), collides: p};
	};
	let low = 0;
	let high = 1;
	for (let i = 0; i < 60; i++) {
		const middle = (low + high) / 2;
		if (respond(middle).tau > middle) low = middle;
		else high = middle;
	}
	return {tau: low, collides: respond(low).collides};
}

/**
 * Saturation throughput of stations that all hear each other.
 *
 * Units:    Mbit/s of what the network layer hands over.
 * Source:   Bianchi eq. 13 with E[P] = L / (1 - B), T_s' = T_s / (1 - B) + slot, B = 1 / (CWmin + 1): a station that was
 *           through draws 0 with chance B and then sends again before the others count. I. Tinnirello, G. Bianchi,
 *           Y. Xiao, "Refinements on IEEE 802.11 distributed coordination function modeling approaches", IEEE Trans.
 *           Veh. Tech. 59 (2010). Collisions last T_data + DIFS, or with EIFS as long as a success.
 * Validity: saturated, no hidden stations, no errors but collisions, no retry limit.
 */
export function bianchiMbps(given: BianchiCase): number {
	const access = accessParameters(given.standard, given.primaryMhz);
	const {tau} = attemptChance(given.stations, access.windowMinimum, access.windowMaximum);
	let nobody = 1;
	for (let i = 0; i < given.stations; i++) nobody *= 1 - tau;
	const one = (given.stations * tau * nobody) / (1 - tau);
	const dataNs = frameNs(given.rate, mpduBytes(given.packetBytes, given.standard === 'n'));
	const ackNs = frameNs(controlRate(given.rate), ACK_BYTES);
	const difsNs = access.sifsNs + access.slotNs * access.arbitrationSlots;
	const successNs = dataNs + access.sifsNs + ackNs + difsNs;
	const collisionNs = given.space === 'difs' ? dataNs + difsNs : successNs;
	const b = 1 / (access.windowMinimum + 1);
	const meanNs =
		nobody * access.slotNs + one * (successNs / (1 - b) + access.slotNs) + (1 - nobody - one) * collisionNs;
	return (one * ((given.packetBytes * 8) / (1 - b)) * 1000) / meanNs;
}
