// SPDX-License-Identifier: Apache-2.0

/** Where a radio may be. `mhz` is the centre of what it occupies; a 40 MHz channel is one of its own. */
export interface Channel {
	readonly mhz: number;
	readonly widthMhz: number;
}

/** Two radios in one box disturb each other below this distance. Source: LibreRouter's field reports, 5 GHz. */
export const CO_SITE_MHZ = 60;
/** What a share of 1 is as a whole number. */
export const SHARE_ONE = 16;

/**
 * How much of one channel another one covers.
 *
 * Units:    sixteenths: 0 they do not meet, 16 the same place.
 * Validity: signals with flat spectra; what leaks outside the width is left to co-site distance.
 */
export function overlapShare(a: Channel, b: Channel): number {
	if (a.widthMhz === 0 || b.widthMhz === 0) return 0;
	const low = Math.max(a.mhz - a.widthMhz / 2, b.mhz - b.widthMhz / 2);
	const high = Math.min(a.mhz + a.widthMhz / 2, b.mhz + b.widthMhz / 2);
	if (high <= low) return 0;
	return Math.round((SHARE_ONE * (high - low)) / Math.min(a.widthMhz, b.widthMhz));
}

/** 2 for 2.4 GHz, 5 for 5 GHz, 6 for 6 GHz: which radios of a box can take a channel. */
export function bandOf(mhz: number): number {
	return mhz < 3000 ? 2 : mhz < 5925 ? 5 : 6;
}
