// SPDX-License-Identifier: Apache-2.0
import {attributes, bytes, flag, mac, nested, u8, u16, u32} from '../netlink/attributes.ts';
import {channelFields} from './channel.ts';

/**
 * NL80211_CMD_JOIN_IBSS: an ad-hoc network without encryption.
 *
 * Absent: `bssid`, and the radio takes that of a network it hears, or makes one up.
 * Source: Linux net/wireless/nl80211.c, nl80211_join_ibss.
 */
export const ibssJoinRequest = /* @__PURE__ */ attributes('nl80211.ibssJoinRequest', {
	interfaceIndex: u32(3).required,
	bssid: mac(6),
	beaconIntervalTu: u32(12),
	basicRates: bytes(36), // units of 500 kbit/s
	ssid: bytes(52).required,
	frequencyFixed: flag(60),
	multicastRate100Kbps: u32(107),
	handleDfs: flag(191),
	...channelFields,
});

/** NL80211_CMD_LEAVE_IBSS. */
export const ibssLeaveRequest = /* @__PURE__ */ attributes('nl80211.ibssLeaveRequest', {
	interfaceIndex: u32(3).required,
});

/** `bss.status` of the ad-hoc network that an interface is in. Source: enum nl80211_bss_status. */
export const BSS_STATUS_IBSS_JOINED = 2;

/**
 * Of the answers to NL80211_CMD_GET_STATION only what the interface itself sends with its beacons.
 *
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_sta_bss_param; mac80211 fills it for mesh peers too.
 */
export const stationBeacon = /* @__PURE__ */ attributes('nl80211.stationBeacon', {
	info: nested(
		21,
		/* @__PURE__ */ attributes('nl80211.stationBeacon.info', {
			bss: nested(
				15,
				/* @__PURE__ */ attributes('nl80211.stationBeacon.bss', {dtimPeriod: u8(4), beaconIntervalTu: u16(5)}),
			),
		}),
	),
});
