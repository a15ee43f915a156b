// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../channel-overlap.ts';
import {analogueVideo} from './analogue-video.ts';
import {microwaveOven} from './microwave-oven.ts';
import {radarPulses} from './radar.ts';
import {wifiNeighbour} from './wifi-neighbour.ts';

/** When something is on the air: asked once a turn, it answers how long it is silent and then how long it sends. */
export type Turn = (nowUs: number, random: () => number) => {readonly silentUs: number; readonly onUs: number};

/** What sends, without its place: how strongly, where in the spectrum, and when. */
export interface Emission {
	/** Effective radiated power over the whole of `widthMhz`. */
	readonly powerDbm: number;
	readonly centreMhz: number;
	readonly widthMhz: number;
	/** A Wi-Fi channel, where it is one: its frames begin with a preamble. */
	readonly channel?: Channel;
	readonly next: Turn;
}

/** An interferer as a scenario names it. */
export type InterfererKind =
	| {
			readonly kind: 'wifi';
			readonly channelMhz: number;
			readonly powerDbm?: number;
			/** Share of the air at the profile's peak. */
			readonly busyShare: number;
			readonly profile?: 'evening' | 'office' | 'steady' | readonly number[];
	  }
	| {readonly kind: 'microwave'; readonly mainsHz?: 50 | 60; readonly powerDbm?: number}
	| {readonly kind: 'video'; readonly centreMhz: number; readonly powerDbm?: number}
	| {readonly kind: 'radar'; readonly centreMhz: number; readonly powerDbm?: number};

export function emissionOf(interferer: InterfererKind): Emission {
	switch (interferer.kind) {
		case 'wifi':
			return wifiNeighbour(interferer);
		case 'microwave':
			return microwaveOven(interferer);
		case 'video':
			return analogueVideo(interferer);
		case 'radar':
			return radarPulses(interferer);
	}
}
