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
	for (const [index, interferer] of interferers.entries())
		if (!isBusyBy(setup, interferer))
			noiseMw += shareOf(interferer, nowUs, index + 1) * milliwatts(levelOf(interferer));
	return dbm(noiseMw);
}

/** Share of the time that interferers keep a radio's channel busy, as if they knew nothing of each other. */
export function busyShare({setup}: RadioSite, interferers: readonly InterfererSetup[], nowUs: number): number {
	let free = 1;
	for (const [index, interferer] of interferers.entries())
		if (isBusyBy(setup, interferer)) free *= 1 - shareOf(interferer, nowUs, index + 1);
	return 1 - free;
}

function levelOf({receivedDbm, to}: InterfererSetup): number {
	return receivedDbm[to.indexOf(0)] ?? Number.NEGATIVE_INFINITY;
}

function isBusyBy({carrierSenseDbm, energyDetectDbm}: RadioSite['setup'], interferer: InterfererSetup): boolean {
	const limit = interferer.preamble ? (carrierSenseDbm ?? CARRIER_SENSE_DBM) : (energyDetectDbm ?? ENERGY_DETECT_DBM);
	return levelOf(interferer) >= limit;
}
