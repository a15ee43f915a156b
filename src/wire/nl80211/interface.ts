// SPDX-License-Identifier: Apache-2.0
import {attributes, bytes, type Decoded, flag, i32, mac, text, u8, u32, u64} from '../netlink/attributes.ts';
import {channelFields} from './channel.ts';

// enum nl80211_iftype.
export const INTERFACE_ADHOC = 1;
export const INTERFACE_STATION = 2;
export const INTERFACE_AP = 3;
export const INTERFACE_AP_VLAN = 4;
export const INTERFACE_MONITOR = 6;
export const INTERFACE_MESH_POINT = 7;

/**
 * A wireless interface: NL80211_CMD_NEW_INTERFACE and _DEL_INTERFACE, answers and events.
 *
 * Absent: `interfaceIndex` for a P2P device (it has only `wdev`); the channel of an interface that is down, or of one
 *         that joined nothing; `ssid` for a mesh point, whose name the kernel tells nowhere: only its peers' beacons do.
 * Source: Linux net/wireless/nl80211.c, nl80211_send_iface.
 */
export const interfaceMessage = /* @__PURE__ */ attributes('nl80211.interface', {
	wiphy: u32(1).required,
	interfaceIndex: u32(3),
	name: text(4),
	type: u32(5),
	address: mac(6),
	generation: u32(46),
	ssid: bytes(52),
	fourAddress: u8(83),
	transmitPowerMbm: i32(98),
	wdev: u64(153),
	...channelFields,
});

export type Interface = Decoded<typeof interfaceMessage>;

/** NL80211_CMD_GET_INTERFACE: all as a dump (of one radio with `wiphy`), or the one with `interfaceIndex`. */
export const interfaceRequest = /* @__PURE__ */ attributes('nl80211.interfaceRequest', {
	wiphy: u32(1),
	interfaceIndex: u32(3),
});

/** NL80211_CMD_NEW_INTERFACE, _SET_INTERFACE and _DEL_INTERFACE as requests. */
export const interfaceChange = /* @__PURE__ */ attributes('nl80211.interfaceChange', {
	wiphy: u32(1),
	interfaceIndex: u32(3),
	name: text(4),
	type: u32(5),
	address: mac(6),
	meshId: bytes(24),
	socketOwner: flag(204), // the interface goes when the socket that made it closes
});
