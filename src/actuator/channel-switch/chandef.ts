// SPDX-License-Identifier: Apache-2.0
import {bandOf, type Channel} from '../../model/channel.ts';
import {channelWidthsMhz, WIDTH_20, WIDTH_20_NOHT, WIDTH_40, WIDTH_80, WIDTH_160} from '../../wire/nl80211/channel.ts';
import type {Frequency} from '../../wire/nl80211/wiphy.ts';

/** A channel as nl80211 wants it said: where its primary 20 MHz are, how wide it is, and where its middle is. */
export interface Chandef {
	readonly frequencyMhz: number;
	readonly width: number;
	readonly center1Mhz: number;
}

/** What nl80211 says of an interface's channel. */
export interface TunedTo {
	readonly frequencyMhz?: number | undefined;
	readonly width?: number | undefined;
	readonly center1Mhz?: number | undefined;
}

/** The channel an interface is on. Absent: it is on none. */
export function channelOf({frequencyMhz, width, center1Mhz}: TunedTo): Channel | undefined {
	if (frequencyMhz === undefined) return undefined;
	const widthMhz = channelWidthsMhz[width ?? WIDTH_20] ?? 20;
	return {mhz: widthMhz > 20 ? (center1Mhz ?? frequencyMhz) : frequencyMhz, widthMhz};
}

export function isSameChannel(a: Channel | undefined, b: Channel): boolean {
	return a?.mhz === b.mhz && a.widthMhz === b.widthMhz;
}

/** The middles of the 20 MHz that a channel is made of, from below. */
export function partsOf({mhz, widthMhz}: Channel): number[] {
	if (widthMhz <= 20) return [mhz];
	const parts: number[] = [];
	for (let at = mhz - widthMhz / 2 + 10; at < mhz + widthMhz / 2; at += 20) parts.push(at);
	return parts;
}

/**
 * Says a channel to nl80211. Beacons go out on the primary 20 MHz, so all routers must choose the same: the lowest, unless
 * the rules of the country forbid what lies above it; they are the same for neighbours.
 *
 * Absent: undefined for a width that nl80211 has no word for. `legacy`: the interface runs without 802.11n.
 */
export function chandefOf(to: Channel, legacy: boolean, frequencies: readonly Frequency[] = []): Chandef | undefined {
	const {mhz, widthMhz} = to;
	if (widthMhz === 20) return {frequencyMhz: mhz, width: legacy ? WIDTH_20_NOHT : WIDTH_20, center1Mhz: mhz};
	const width = widthMhz === 40 ? WIDTH_40 : widthMhz === 80 ? WIDTH_80 : widthMhz === 160 ? WIDTH_160 : undefined;
	if (width === undefined || legacy) return undefined;
	const lowest = mhz - widthMhz / 2 + 10;
	const isForbidden = widthMhz === 40 && frequencies.some(each => each.frequencyMhz === lowest && each.noHt40Plus);
	return {frequencyMhz: isForbidden ? mhz + 10 : lowest, width, center1Mhz: mhz};
}

/** A channel for people: `5180 MHz`, with the width where it is not the usual one. */
export function nameOf({mhz, widthMhz}: Channel): string {
	return widthMhz === 20 ? `${mhz} MHz` : `${mhz} MHz (${widthMhz} MHz wide)`;
}

/** The number that UCI and people use. Source: IEEE Std 802.11-2020, 15.4.4.3 and 17.3.8.4.2; 802.11ax, 27.3.23.2. */
export function channelNumber(primaryMhz: number): number {
	if (primaryMhz === 2484) return 14;
	const band = bandOf(primaryMhz);
	return (primaryMhz - (band === 2 ? 2407 : band === 5 ? 5000 : 5950)) / 5;
}
