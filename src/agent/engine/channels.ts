// SPDX-License-Identifier: Apache-2.0
import {availabilityOf} from '../../actuator/channel-switch/availability.ts';
import {isSameChannel, partsOf} from '../../actuator/channel-switch/chandef.ts';
import {bandOf, type Channel} from '../../model/channel.ts';
import type {ChannelRecord} from '../../model/peer.ts';
import type {Frequency} from '../../source/mesh-radios.ts';

// The channels that a router's radios may use now, by what the kernel says of its country and of radar. No table of
// countries is kept here.

/** A radio that carries the mesh. */
export interface MeshRadio {
	/** The kernel's number. */
	readonly wiphy: number;
	readonly name: string;
	/** Where it is now; 0 MHz where it is nowhere. */
	readonly live: Channel;
	readonly frequencies: readonly Frequency[];
}

/** Those of 2.4 GHz that do not overlap: who sits between two of them disturbs both. */
const APART_2GHZ = [2412, 2437, 2462];
const LEAST_WIDTH_MHZ = 20;
const MOST_CHANNELS = 96;

/** A channel that may be used now. It stays so until a radio or the rules change: looking for them takes long on a router. */
export interface UsableChannel extends Channel {
	/** The middles of the 20 MHz it is made of. */
	readonly parts: readonly number[];
	readonly radar: boolean;
}

/** How busy each of them is now. */
export function recordsOf(
	channels: readonly UsableChannel[],
	busyShareOf: (mhz: number) => number,
): readonly ChannelRecord[] {
	return channels.map(({mhz, widthMhz, parts, radar}) => {
		const busy = 1 - parts.reduce((free, part) => free * (1 - busyShareOf(part)), 1);
		return {mhz, widthMhz, busy: Math.max(0, Math.min(255, Math.round(busy * 255))), blocked: false, radar};
	});
}

/** Shape: by frequency; one that must not be used now is left out, unless a radio is there. */
export function usableChannels(radios: readonly MeshRadio[]): readonly UsableChannel[] {
	const found = new Map<string, UsableChannel>();
	const add = (channel: Channel, frequencies: readonly Frequency[]): void => {
		const parts = partsOf(channel);
		const radar = parts.some(mhz => frequencies.some(each => each.frequencyMhz === mhz && each.radar));
		if (found.size < MOST_CHANNELS) found.set(`${channel.mhz} ${channel.widthMhz}`, {...channel, parts, radar});
	};
	for (const {live, frequencies} of radios) if (live.mhz > 0) add(live, frequencies);
	for (const radio of radios) {
		const {frequencies} = radio;
		for (const widthMhz of widthsOf(radio))
			for (const {frequencyMhz} of frequencies) {
				const channel = channelFrom(frequencyMhz, widthMhz);
				if (channel === undefined || radios.some(({live}) => isSameChannel(live, channel))) continue;
				if (found.has(`${channel.mhz} ${widthMhz}`)) continue;
				if (availabilityOf(channel, frequencies).kind === 'free') add(channel, frequencies);
			}
	}
	return [...found.values()].sort((a, b) => a.mhz - b.mhz || a.widthMhz - b.widthMhz);
}

/** A radio keeps its width. */
function widthsOf({live}: MeshRadio): readonly number[] {
	return [live.mhz > 0 && live.widthMhz >= LEAST_WIDTH_MHZ ? live.widthMhz : LEAST_WIDTH_MHZ];
}

/**
 * The channel of a width whose lowest 20 MHz are those.
 *
 * Absent: undefined where none begins there: wide channels stand in a raster.
 * Source: IEEE Std 802.11-2020, table E-4 (5 GHz); 802.11ax-2021, 27.3.23.2 (6 GHz).
 */
export function channelFrom(lowestMhz: number, widthMhz: number): Channel | undefined {
	const band = bandOf(lowestMhz);
	if (band === 2) return widthMhz === 20 && APART_2GHZ.includes(lowestMhz) ? {mhz: lowestMhz, widthMhz} : undefined;
	const mhz = lowestMhz + widthMhz / 2 - 10;
	if (widthMhz === 20) return {mhz, widthMhz};
	const number = (lowestMhz - (band === 5 ? 5000 : 5950)) / 5;
	const first = band === 6 ? 1 : number >= 149 ? 149 : 36;
	return (number - first) % (widthMhz / 5) === 0 ? {mhz, widthMhz} : undefined;
}

/** Whether a radio is on a channel that may only be used within buildings. */
export function isIndoors({mhz, widthMhz}: Channel, frequencies: readonly Frequency[]): boolean {
	return (
		mhz > 0 &&
		partsOf({mhz, widthMhz}).some(part => frequencies.some(each => each.frequencyMhz === part && each.indoorOnly))
	);
}

/** The rules as they are within a building. */
export function rulesIndoors(frequencies: readonly Frequency[]): readonly Frequency[] {
	return frequencies.map(each => (each.indoorOnly ? {...each, indoorOnly: false} : each));
}
