// SPDX-License-Identifier: Apache-2.0
import {attributes, mac, nested, u8, u16} from '../netlink/attributes.ts';

const bssParameters = /* @__PURE__ */ attributes('nl80211.ownBeacon.bss', {
	dtimPeriod: u8(4),
	beaconIntervalTu: u16(5),
});
const info = /* @__PURE__ */ attributes('nl80211.ownBeacon.info', {
	peerLinkState: u8(6),
	bss: nested(15, bssParameters),
});

/**
 * Of the answers to NL80211_CMD_GET_STATION: who the peer is, and how the interface itself sends its beacons, which the kernel
 * tells nowhere else.
 *
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_sta_bss_param; mac80211 fills it for mesh peers too.
 */
export const ownBeacon = /* @__PURE__ */ attributes('nl80211.ownBeacon', {address: mac(6), info: nested(21, info)});
