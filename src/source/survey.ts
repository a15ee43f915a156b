// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../core/bytes.ts';
import type {ChannelObservation} from '../model/observation.ts';
import {attributes, nested} from '../wire/netlink/attributes.ts';
import {decodeGeneric} from '../wire/netlink/generic.ts';
import {surveyFields} from '../wire/nl80211/survey.ts';
import {SurveyAccumulator} from './survey-accumulator.ts';

// The counters that are reported; the rest of a kernel's answer is skipped unread.

const {frequencyMhz, noiseDbm, inUse, activeMs, busyMs, receiveMs, transmitMs, ownReceiveMs} = surveyFields;

const channelTable = /* @__PURE__ */ attributes('nl80211.survey', {
	frequencyMhz,
	noiseDbm,
	inUse,
	activeMs,
	busyMs,
	receiveMs,
	transmitMs,
	ownReceiveMs,
});

const channelMessage = /* @__PURE__ */ attributes('nl80211.surveyMessage', {
	info: nested(84, channelTable),
});

/** The surveys of every radio, each channel's counters accumulated by (radio, frequency). */
export class Surveys {
	readonly #radios = new Map<string, Map<number, SurveyAccumulator>>();

	/** Reads one channel. Absent: undefined for a channel on which the radio has measured nothing. */
	take(
		bytes: Uint8Array,
		order: ByteOrder,
		start: number,
		end: number,
		radio: string,
		nowMs: number,
	): ChannelObservation | undefined {
		const info = decodeGeneric(channelMessage, bytes, order, start, end).info;
		if (info === undefined) return undefined;
		const noiseDbm = info.noiseDbm;
		const inUse = info.inUse;
		if (noiseDbm === undefined && info.activeMs === undefined) return undefined;
		if (!inUse && info.activeMs === 0) return undefined;
		const frequencyMhz = info.frequencyMhz;
		const accumulator = this.#radios.get(radio)?.get(frequencyMhz) ?? this.#begin(radio, frequencyMhz);
		accumulator.add(info, nowMs);
		const total = accumulator.total;
		return {
			kind: 'channel',
			radio,
			frequencyMhz,
			inUse,
			// Drivers that have not measured yet say 0 or a positive number: no receiver is that deaf.
			noiseDbm: noiseDbm !== undefined && noiseDbm < 0 ? noiseDbm : undefined,
			activeMs: total.activeMs,
			busyMs: total.busyMs,
			receiveMs: total.receiveMs,
			transmitMs: total.transmitMs,
			ownReceiveMs: total.ownReceiveMs,
		};
	}

	#begin(radio: string, frequencyMhz: number): SurveyAccumulator {
		const accumulator = new SurveyAccumulator();
		const channels = this.#radios.get(radio) ?? new Map<number, SurveyAccumulator>();
		channels.set(frequencyMhz, accumulator);
		this.#radios.set(radio, channels);
		return accumulator;
	}
}
