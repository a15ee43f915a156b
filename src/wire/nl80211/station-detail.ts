// SPDX-License-Identifier: Apache-2.0
import {attributes, type Decoded, flag, list, mac, nested, u8, u16, u32, u64} from '../netlink/attributes.ts';
import {stationFields} from './station.ts';

/** The traffic of one TID. Source: enum nl80211_tid_stats. */
export const tidStatistics = /* @__PURE__ */ attributes('nl80211.tidStatistics', {
	receiveMsdus: u64(1),
	transmitMsdus: u64(2),
	transmitMsduRetries: u64(3),
	transmitMsduFailed: u64(4),
});

/** The rules of the network that a station joined. Source: enum nl80211_sta_bss_param. */
export const bssParameters = /* @__PURE__ */ attributes('nl80211.bssParameters', {
	ctsProtection: flag(1),
	shortPreamble: flag(2),
	shortSlot: flag(3),
	dtimPeriod: u8(4),
	beaconIntervalTu: u16(5),
});

/** Everything the kernel tells of a station: `station`, its network's rules, and seventeen TIDs, the last without QoS. */
export const stationDetail = /* @__PURE__ */ attributes('nl80211.station', {
	...stationFields,
	bssParameters: nested(15, bssParameters),
	tids: list(31, tidStatistics, 1),
});

export type StationDetail = Decoded<typeof stationDetail>;

/** NL80211_CMD_NEW_STATION with all of it. */
export const stationDetailMessage = /* @__PURE__ */ attributes('nl80211.stationDetailMessage', {
	interfaceIndex: u32(3).required,
	address: mac(6).required,
	info: nested(21, stationDetail),
});
