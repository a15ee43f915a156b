// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import type {RadioSite} from '../medium/assembly.ts';
import {dbm, milliwatts} from '../medium/decibel.ts';
import type {InterfererSetup} from '../medium/medium.ts';
import {CARRIER_SENSE_DBM, ENERGY_DETECT_DBM} from '../medium/parameters.ts';

const TURNS = 64;
const LEAST_SAMPLE_US = 2e6;

/** How much of its time an interferer is on the air, asked for some turns. */
function shareOf({next}: InterfererSetup, nowUs: number, seed: number): number {
	const random = seededRandom(seed);
	let [on, all] = [0, 0];
	for (let turn = 0; turn < 16 * TURNS && (turn < TURNS || all < LEAST_SAMPLE_US); turn++) {
		const {silentUs, onUs} = next(nowUs, random);
		on += onUs;
		all += silentUs + onUs;
	}
	return all > 0 ? on / all : 0;
}

/**
 * The mean noise that a radio finds: its own, and that of interferers too weak to make the channel busy.
 *
 * Shape: the interferers were worked out for this radio alone, which is their number 0.
 * Units: dBm over the radio's width; what makes the channel busy is counted as busy time and not as noise.
 */
export function noiseDbm({setup}: RadioSite, interferers: readonly InterfererSetup[], nowUs: number): number {
	let noiseMw = milliwatts(setup.noiseDbm);
	for (const [index, interferer] of interferers.entries()) {
		const level = interferer.receivedDbm[interferer.to.indexOf(0)] ?? Number.NEGATIVE_INFINITY;
		const limit = interferer.preamble
			? (setup.carrierSenseDbm ?? CARRIER_SENSE_DBM)
			: (setup.energyDetectDbm ?? ENERGY_DETECT_DBM);
		if (level < limit) noiseMw += shareOf(interferer, nowUs, index + 1) * milliwatts(level);
	}
	return dbm(noiseMw);
}
