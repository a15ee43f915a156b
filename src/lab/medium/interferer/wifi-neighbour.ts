// SPDX-License-Identifier: Apache-2.0
import {type DayProfile, evening, office, profileAt, steady} from '../day-profile.ts';
import type {Emission} from './interferer.ts';

const profiles = {evening, office, steady};
/** 1500 bytes at some 26 Mb/s, with preamble, SIFS and acknowledgement. */
const FRAME_US = 560;
/** Of frames that follow each other while a download lasts. */
const BURST_FRAMES = 8;
const USUAL_POWER_DBM = 17;

/**
 * A network next door: bursts of frames, as many as the hour asks for.
 *
 * Shape:    a burst is a geometric number of frames, 8 on average, sent without a gap that another could use; silences are
 *           exponential with the mean that makes the wanted share of the air: E[silent] = E[on]·(1 - s)/s.
 * Units:    powerDbm is radiated power, 17 dBm where absent; busyShare from 0 to 0.95.
 * Source:   the on/off renewal process of Geirhofer, Tong, Sadler, "Dynamic spectrum access in the time domain", IEEE
 *           Communications Magazine 45 (2007), which found it in measured 802.11b traffic, with exponential silences.
 * Validity: it does not back off before ours: its share of the air is what it had when measured, whatever ours do.
 */
export function wifiNeighbour(options: {
	readonly channelMhz: number;
	readonly powerDbm?: number;
	readonly busyShare: number;
	readonly profile?: 'evening' | 'office' | 'steady' | readonly number[];
}): Emission {
	const {profile = 'evening', channelMhz, powerDbm = USUAL_POWER_DBM} = options;
	const day: DayProfile = typeof profile === 'string' ? profiles[profile] : profile;
	return {
		powerDbm,
		centreMhz: channelMhz,
		widthMhz: 20,
		channel: {centreMhz: channelMhz, widthMhz: 20},
		next(nowUs, random) {
			const share = Math.min(0.95, options.busyShare * profileAt(day, nowUs));
			// A share of nearly nothing: silent for a minute, then asked again.
			if (share < 1e-4) return {silentUs: 60e6, onUs: 0};
			const frames = 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - 1 / BURST_FRAMES));
			const meanSilentUs = (BURST_FRAMES * FRAME_US * (1 - share)) / share;
			return {silentUs: -meanSilentUs * Math.log(1 - random()), onUs: frames * FRAME_US};
		},
	};
}
