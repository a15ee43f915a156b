// SPDX-License-Identifier: Apache-2.0
import {attributes, bytes, flag, mac, u32} from '../netlink/attributes.ts';
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
