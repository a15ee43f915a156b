// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../core/bytes.ts';
import type {ChannelObservation} from '../model/observation.ts';
import {decodeGeneric} from '../wire/netlink/generic.ts';
import {surveyMessage} from '../wire/nl80211/survey.ts';
import {SurveyAccumulator} from './survey-accumulator.ts';

/** The surveys of every radio, each channel's counters accumulated by (radio, frequency). */
export class Surveys {
	readonly #accumulators = new Map<string, SurveyAccumulator>();

	/** Reads one channel. Absent: undefined for a channel on which the radio has measured nothing. */
	take(
		bytes: Uint8Array,
		order: ByteOrder,
		start: number,
		end: number,
		radio: string,
		nowMs: number,
	): ChannelObservation | undefined {
		const {info} = decodeGeneric(surveyMessage, bytes, order, start, end);
		if (info === undefined) return undefined;
		const {frequencyMhz, noiseDbm, inUse} = info;
		if (noiseDbm === undefined && info.activeMs === undefined) return undefined;
		if (!inUse && info.activeMs === 0) return undefined;
		const key = `${radio}/${frequencyMhz}`;
		let accumulator = this.#accumulators.get(key);
		if (accumulator === undefined) {
			accumulator = new SurveyAccumulator();
			this.#accumulators.set(key, accumulator);
		}
		accumulator.add(info, nowMs);
		return {
			kind: 'channel',
			radio,
			frequencyMhz,
			inUse,
			noiseDbm: plausibleNoise(noiseDbm),
			activeMs: accumulator.get('activeMs'),
			busyMs: accumulator.get('busyMs'),
			receiveMs: accumulator.get('receiveMs'),
			transmitMs: accumulator.get('transmitMs'),
			ownReceiveMs: accumulator.get('ownReceiveMs'),
		};
	}
}

/** Drivers that have not measured yet say 0 or a positive number: no receiver is that deaf. */
function plausibleNoise(noiseDbm: number | undefined): number | undefined {
	return noiseDbm !== undefined && noiseDbm < 0 ? noiseDbm : undefined;
}
