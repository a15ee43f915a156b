// SPDX-License-Identifier: Apache-2.0
import {partsOf} from '../../actuator/channel-switch/chandef.ts';
import type {Measurement} from '../../model/observation.ts';
import type {MeshRadio} from './channels.ts';

/** What Wi-Fi sends the survey counts; of radar the driver tells, with more right. */
const COUNTED_ELSEWHERE = ['wifi', 'radar', 'unknown'];
/** As sure as this, and it counts: a finding is one from 0.5 on, and a guess is no reason to move a mesh. */
const LEAST_CONFIDENCE = 0.7;

/**
 * How much of the time somebody who is no Wi-Fi sends, as the spectrum tells: what such a sender fills, many drivers do not count
 * as busy.
 *
 * Shape: by the middle of each 20 MHz that a radio looked at; 0 where it looked and found nobody.
 * Absent: channels where no radio looked, or where what it saw is of a channel it has left.
 */
export function interferenceOf(
	measured: readonly Measurement[],
	radios: readonly Pick<MeshRadio, 'name' | 'live'>[],
): ReadonlyMap<number, number> {
	const shares = new Map<number, number>();
	for (const each of measured) {
		if (each.kind !== 'spectral' || each.centroidMhz === undefined) continue;
		const live = radios.find(({name}) => name === each.radio)?.live;
		if (live === undefined || Math.abs(each.centroidMhz - live.mhz) > live.widthMhz / 2) continue;
		let share = 0;
		for (const by of measured)
			if (by.kind === 'interferer' && by.radio === each.radio && isFound(by.source, by.confidenceShare))
				share = Math.max(share, by.presentShare);
		for (const mhz of partsOf(live)) shares.set(mhz, Math.max(shares.get(mhz) ?? 0, Math.min(1, share)));
	}
	return shares;
}

function isFound(source: string, confidenceShare: number): boolean {
	return !COUNTED_ELSEWHERE.includes(source) && confidenceShare >= LEAST_CONFIDENCE;
}
