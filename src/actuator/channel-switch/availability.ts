// SPDX-License-Identifier: Apache-2.0
import {bandOf, type Channel} from '../../model/channel.ts';
import {DFS_AVAILABLE, DFS_UNAVAILABLE, type Frequency} from '../../wire/nl80211/wiphy.ts';
import {partsOf} from './chandef.ts';

/** Whether a radio may begin to send on a channel. */
export type Availability =
	| {readonly kind: 'free'}
	/** Radars have the right of way, and nobody listened for them yet: so long, and then it is free. */
	| {readonly kind: 'listen-first'; readonly listenMs: number}
	| {readonly kind: 'refused'; readonly reason: string};

/** Source: ETSI EN 301 893: a minute; the kernel's own time goes before it. */
const USUAL_LISTEN_MS = 60_000;

/**
 * What the kernel's rules say of a channel: by country, by radar, by what the radio can. The kernel does not know whether it is
 * within a building: a radio that `from` is on a channel for indoors only is taken to be, as its owner put it there.
 */
export function availabilityOf(
	to: Channel,
	frequencies: readonly Frequency[],
	from: Channel | undefined = undefined,
): Availability {
	const refused = (reason: string): Availability => ({kind: 'refused', reason});
	const isIndoors = from !== undefined && partsOf(from).some(mhz => ruleOf(mhz)?.indoorOnly);
	let listenMs = 0;
	for (const mhz of partsOf(to)) {
		const rule = ruleOf(mhz);
		if (rule === undefined) return refused(`the radio cannot be tuned to ${mhz} MHz`);
		if (rule.disabled) return refused(`${mhz} MHz is not allowed by the rules of this country`);
		if (rule.indoorOnly && !isIndoors) return refused(`${mhz} MHz is for use within buildings only`);
		// A channel of radars carries that mark too until it was listened to.
		if (rule.noInitiate && !rule.radar) return refused(`on ${mhz} MHz a radio may only answer, not begin`);
		if (rule.noIbss && !rule.radar) return refused(`on ${mhz} MHz there may be no mesh`);
		if (!rule.radar || rule.dfsState === DFS_AVAILABLE) continue;
		if (rule.dfsState === DFS_UNAVAILABLE) return refused(`radar was seen on ${mhz} MHz in the last half hour`);
		listenMs = Math.max(listenMs, rule.dfsCacMs ?? USUAL_LISTEN_MS);
	}
	if (to.widthMhz === 40 && !has40(to, frequencies)) return refused('no 40 MHz there by the rules of this country');
	return listenMs > 0 ? {kind: 'listen-first', listenMs} : {kind: 'free'};

	function ruleOf(mhz: number): Frequency | undefined {
		return frequencies.find(each => each.frequencyMhz === mhz);
	}
}

function has40(to: Channel, frequencies: readonly Frequency[]): boolean {
	const [low, high] = partsOf(to).map(mhz => frequencies.find(each => each.frequencyMhz === mhz));
	// On 2.4 GHz the two directions are rules of their own; elsewhere one direction is all there is.
	if (bandOf(to.mhz) === 2) return low?.noHt40Plus === false || high?.noHt40Minus === false;
	return low?.noHt40Plus === false;
}
