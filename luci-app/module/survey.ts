// SPDX-License-Identifier: Apache-2.0
import {_} from 'luci:globals';
import type {Survey} from '../../src/model/agent-object.ts';
import * as page from './page.ts';

export type {Survey};

// What the counters of a channel say about its air time, and its history for as long as the page is open.

/** Shares of the time the radio listened, 0 to 1. Absent: null, for what the driver does not count. */
export interface AirTime {
	readonly busy: number | null;
	readonly sent: number | null;
	/** Frames of the own network. */
	readonly own: number | null;
	/** Frames of others; of everyone where the driver does not tell them apart. */
	readonly others: number | null;
	/** Busy, and no frame for this radio to read. */
	readonly signals: number | null;
}

/** Absent: everything is null where the radio did not listen between the two. */
function airTime(now: Survey, before?: Survey): AirTime {
	const grown = (name: 'activeMs' | 'busyMs' | 'receiveMs' | 'transmitMs' | 'ownReceiveMs'): number | null => {
		const [value, earlier] = [now[name], before === undefined ? 0 : before[name]];
		return value === undefined || earlier === undefined || value < earlier ? null : value - earlier;
	};
	const active = grown('activeMs') ?? 0;
	const share = (value: number | null): number | null =>
		value === null || active <= 0 ? null : Math.min(1, Math.max(0, value / active));
	const [busy, sent, received, own] = [grown('busyMs'), grown('transmitMs'), grown('receiveMs'), grown('ownReceiveMs')];
	return {
		busy: share(busy),
		sent: share(sent),
		own: share(own),
		others: received === null ? null : share(received - (own ?? 0)),
		signals: busy === null || received === null ? null : share(busy - received - (sent ?? 0)),
	};
}

/** Number of a channel; 0 where it has none. */
export function channelNumber(frequencyMhz: number): number {
	if (frequencyMhz === 2484) return 14;
	if (frequencyMhz > 2400 && frequencyMhz < 2484) return (frequencyMhz - 2407) / 5;
	if (frequencyMhz >= 5955) return (frequencyMhz - 5950) / 5;
	return frequencyMhz > 5000 ? (frequencyMhz - 5000) / 5 : 0;
}

export const channelName = (frequencyMhz: number): string =>
	page.fill(_('Channel {channel}'), {channel: channelNumber(frequencyMhz)});

export interface Moment {
	readonly timeMs: number;
	readonly air: AirTime;
	readonly noiseDbm: number | null;
}

/** What was seen of every channel since the page was opened, up to a number of moments. */
export function history(limit: number) {
	const before = new Map<string, Survey>();
	const seen = new Map<string, Moment[]>();
	/** The mean since the driver began to count, until there is something newer. */
	const begun = new Map<string, Moment>();
	const keyOf = ({radio, frequencyMhz}: Survey): string => `${radio} ${frequencyMhz}`;
	const of = (survey: Survey): readonly Moment[] => seen.get(keyOf(survey)) ?? [];
	return {
		of,

		last: (survey: Survey): Moment | undefined => of(survey).slice(-1)[0] ?? begun.get(keyOf(survey)),

		/** A survey that has not grown says nothing new and is left out. */
		add(timeMs: number, surveys: readonly Survey[]): void {
			for (const survey of surveys) {
				const key = keyOf(survey);
				const earlier = before.get(key);
				if (earlier?.activeMs === survey.activeMs && earlier !== undefined) continue;
				before.set(key, survey);
				const moment = {timeMs, air: airTime(survey, earlier), noiseDbm: survey.noiseDbm ?? null};
				if (earlier === undefined) begun.set(key, moment);
				else seen.set(key, [...of(survey), moment].slice(-limit));
			}
		},
	};
}
