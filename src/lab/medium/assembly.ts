// SPDX-License-Identifier: Apache-2.0
import {type Antenna, antennaGainDbi} from './antenna.ts';
import {type Channel, overlapShare} from './channel-overlap.ts';
import {coSiteDbm} from './co-site.ts';
import {dbm} from './decibel.ts';
import type {Emission} from './interferer/interferer.ts';
import type {Couplings, InterfererSetup, RadioSetup} from './medium.ts';
import {logDistanceLossDb, type PathLoss} from './path-loss.ts';
import type {Reach} from './paths.ts';
import {distanceM, type Place} from './place.ts';

// Everything about space and spectrum, worked out into the power that arrives: what medium.ts asks for.

/** A radio with what the engines do not know of it. */
export interface RadioSite {
	readonly setup: RadioSetup;
	/** The middle of its width; with 20 MHz the primary channel itself. */
	readonly centreMhz: number;
	readonly powerDbm: number;
	readonly antenna: Antenna;
}

/** This far below the noise a signal changes it by less than half a decibel. */
const BELOW_NOISE_DB = 10;
/** For a node whose place is not known antennas have the gain of their middle. */
const NOWHERE: Place = {xM: 0, yM: 0};

export function channelOf({setup, centreMhz}: RadioSite): Channel {
	return {centreMhz, widthMhz: setup.widthMhz};
}

/**
 * The power that arrives at every radio from every other that matters to it.
 *
 * Units:  dBm within the receiver's channel: power + gains - loss + share of the channel in dB.
 * Absent: pairs 10 dB and more below the receiver's noise.
 */
export function couple(
	radios: readonly RadioSite[],
	places: readonly (Place | undefined)[],
	paths: readonly Reach[],
): Couplings {
	const from: number[] = [];
	const to: number[] = [];
	const receivedDbm: number[] = [];
	const ofNode = new Map<number, number[]>();
	for (const [index, {setup}] of radios.entries()) {
		const list = ofNode.get(setup.node);
		if (list === undefined) ofNode.set(setup.node, [index]);
		else list.push(index);
	}
	const add = (sender: number, receiver: number, level: number): void => {
		if (level < (radios[receiver]?.setup.noiseDbm ?? 0) - BELOW_NOISE_DB) return;
		from.push(sender);
		to.push(receiver);
		receivedDbm.push(level);
	};
	for (const [sender, radio] of radios.entries()) {
		const {node} = radio.setup;
		const frequencyDb = 20 * Math.log10(radio.centreMhz);
		const here = places[node];
		for (const receiver of ofNode.get(node) ?? []) {
			const other = radios[receiver];
			if (other !== undefined && receiver !== sender)
				add(sender, receiver, coSiteDbm(radio.powerDbm, channelOf(radio), channelOf(other)));
		}
		const reach = paths[node];
		for (const [position, far] of (reach?.nodes ?? []).entries()) {
			const lossDb = (reach?.lossDb[position] ?? Number.POSITIVE_INFINITY) + frequencyDb;
			const there = places[far];
			for (const receiver of ofNode.get(far) ?? []) {
				const other = radios[receiver];
				if (other === undefined) continue;
				const share = overlapShare(channelOf(radio), channelOf(other));
				if (share <= 0) continue;
				const gains = gain(radio.antenna, here, there) + gain(other.antenna, there, here);
				add(sender, receiver, radio.powerDbm + gains - lossDb + dbm(share));
			}
		}
	}
	return {from: Uint32Array.from(from), to: Uint32Array.from(to), receivedDbm: Float64Array.from(receivedDbm)};
}

function gain(antenna: Antenna, here: Place | undefined, there: Place | undefined): number {
	if (here === undefined || there === undefined) return antenna.gainDbi;
	return antennaGainDbi(antenna, here, there);
}

/** Share of an emission that is no Wi-Fi in a channel: it is even over its width. */
function evenShare(emission: Emission, {centreMhz, widthMhz}: Channel): number {
	const low = Math.max(emission.centreMhz - emission.widthMhz / 2, centreMhz - widthMhz / 2);
	const high = Math.min(emission.centreMhz + emission.widthMhz / 2, centreMhz + widthMhz / 2);
	return Math.max(0, high - low) / emission.widthMhz;
}

/**
 * An interferer as the engines want it: whom it reaches, and how strongly.
 *
 * Shape:  two where a Wi-Fi network is received both on its own channel and beside it, where its frames are only power.
 *         Each of the two keeps its own time, so radios on different channels do not see it at the same moments.
 */
export function reachOf(
	emission: Emission,
	place: Place,
	radios: readonly RadioSite[],
	places: readonly (Place | undefined)[],
	loss: PathLoss,
): InterfererSetup[] {
	const groups = [
		{preamble: true, to: [] as number[], receivedDbm: [] as number[]},
		{preamble: false, to: [] as number[], receivedDbm: [] as number[]},
	] as const;
	for (const [index, radio] of radios.entries()) {
		const channel = channelOf(radio);
		const share =
			emission.channel === undefined ? evenShare(emission, channel) : overlapShare(emission.channel, channel);
		if (share <= 0) continue;
		const here = places[radio.setup.node] ?? NOWHERE;
		const lossDb = logDistanceLossDb(distanceM(here, place), emission.centreMhz, loss);
		const level = emission.powerDbm + antennaGainDbi(radio.antenna, here, place) - lossDb + dbm(share);
		if (level < radio.setup.noiseDbm - BELOW_NOISE_DB) continue;
		const isFrame = emission.channel !== undefined && emission.centreMhz === radio.setup.primaryMhz;
		const group = groups[isFrame ? 0 : 1];
		group.to.push(index);
		group.receivedDbm.push(level);
	}
	return groups
		.filter(({to}) => to.length > 0)
		.map(({preamble, to, receivedDbm}) => ({
			next: emission.next,
			preamble,
			to: Uint32Array.from(to),
			receivedDbm: Float64Array.from(receivedDbm),
		}));
}
