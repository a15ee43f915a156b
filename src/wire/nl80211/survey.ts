// SPDX-License-Identifier: Apache-2.0
import {attributes, type Decoded, flag, i8, nested, u32, u64} from '../netlink/attributes.ts';

/** The rows of `survey`, for tables that want fewer of them. Numbers: enum nl80211_survey_info. */
export const surveyFields = {
	frequencyMhz: u32(1).required,
	noiseDbm: i8(2), // signed: iwinfo keeps this same quantity in a uint8_t
	inUse: flag(3),
	activeMs: u64(4),
	busyMs: u64(5),
	extensionBusyMs: u64(6),
	receiveMs: u64(7),
	transmitMs: u64(8),
	scanMs: u64(9),
	ownReceiveMs: u64(11), // 10 is padding; headers that forget it put this at 10
	frequencyOffsetKhz: u32(12),
};

/**
 * One channel's air-time survey, as the radio counted it.
 *
 * Shape:  netlink attributes inside NL80211_ATTR_SURVEY_INFO; unknown ones are skipped.
 * Units:  in each name. Whether a driver clears its counters on read is the source's concern.
 * Absent: a counter the driver does not keep is undefined, never 0.
 * Errors: DecodeError 'missing' | 'length' | 'truncated' | 'range' (a count above 2^53).
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_survey_info.
 */
export const survey = /* @__PURE__ */ attributes('nl80211.survey', surveyFields);

export type Survey = Decoded<typeof survey>;

/** NL80211_CMD_NEW_SURVEY_RESULTS: one channel of one interface's radio. `info` is absent for a radio without any survey. */
export const surveyMessage = /* @__PURE__ */ attributes('nl80211.surveyMessage', {
	interfaceIndex: u32(3).required,
	info: nested(84, survey),
});

/** NL80211_CMD_GET_SURVEY, as a dump. */
export const surveyRequest = /* @__PURE__ */ attributes('nl80211.surveyRequest', {
	interfaceIndex: u32(3).required,
	radioStatistics: flag(218), // NL80211_ATTR_SURVEY_RADIO_STATS: the whole radio's instead of each channel's
});
