// SPDX-License-Identifier: Apache-2.0
import {survival} from '../error-rate.ts';
import {dbOfRatio} from '../exact.ts';
import type {Rate} from '../rates.ts';
import {mpduBits} from './exchange.ts';
import type {Link, RateChoice} from './network.ts';
import type {ForeignState} from './state.ts';

// What interferers do to a link: one that never pauses is noise; another one is there or not.

/** An interferer that is on for longer is noise. */
export const STEADY = 0.9;

/** The noise that steady interferers make at a link's receiver. */
export function steadyNoiseMw(at: RateChoice, foreign: readonly ForeignState[]): number {
	let mw = 0;
	for (const one of at.foreign) if ((foreign[one.by]?.share ?? 0) > STEADY) mw += one.mw;
	return mw;
}

/** Share of MPDUs at a rate that survive the link's noise and so much more. */
export function survivalAmong({receivedMw, noiseMw, snrDb, packetBytes}: Link, rate: Rate, mw: number): number {
	return survival(rate, mpduBits(packetBytes, rate), mw > 0 ? dbOfRatio(receivedMw / (noiseMw + mw)) : snrDb);
}

/** Share of MPDUs at a rate that interferers let through, roughly: each is there or not. */
export function successAmong(link: Link, rate: Rate, foreign: readonly ForeignState[]): number {
	const steadyMw = steadyNoiseMw(link.at, foreign);
	const clean = survivalAmong(link, rate, steadyMw);
	let success = clean;
	for (const {by, mw} of link.at.foreign) {
		const {share = 0} = foreign[by] ?? {};
		if (share <= 0 || share > STEADY || clean === 0) continue;
		success *= 1 - share * (1 - survivalAmong(link, rate, steadyMw + mw) / clean);
	}
	return success;
}
