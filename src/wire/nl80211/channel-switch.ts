// SPDX-License-Identifier: Apache-2.0
import {attributes, bytes, flag, nested, u16s, u32} from '../netlink/attributes.ts';
import {channelFields} from './channel.ts';

/** What an access point's beacon carries during the announcement; a mesh point needs none of it. */
export const announcement = /* @__PURE__ */ attributes('nl80211.announcement', {
	beaconHead: bytes(14),
	beaconTail: bytes(15),
	elements: bytes(42),
	probeResponse: bytes(145),
	counterOffsetsBeacon: u16s(186),
	counterOffsetsProbe: u16s(187),
});

/**
 * NL80211_CMD_CHANNEL_SWITCH: announce a switch in `count` beacons and then do it.
 *
 * Shape:  a `count` of 1 splits an 802.11s mesh: it leaves no second beacon to hear. Across bands the kernel answers EINVAL.
 *         `blockTransmit` asks everybody to be silent until then.
 */
export const channelSwitchRequest = /* @__PURE__ */ attributes('nl80211.channelSwitchRequest', {
	interfaceIndex: u32(3).required,
	...channelFields,
	beaconHead: bytes(14),
	beaconTail: bytes(15),
	count: u32(183).required,
	blockTransmit: flag(184),
	announcement: nested(185, announcement),
	handleDfs: flag(191),
});

/** NL80211_CMD_SET_CHANNEL, or SET_WIPHY for an interface: refused (EBUSY) while a mesh is joined. */
export const setChannelRequest = /* @__PURE__ */ attributes('nl80211.setChannelRequest', {
	wiphy: u32(1),
	interfaceIndex: u32(3),
	...channelFields,
});

/** NL80211_CMD_RADAR_DETECT: begin the channel availability check. */
export const radarDetectRequest = /* @__PURE__ */ attributes('nl80211.radarDetectRequest', {
	interfaceIndex: u32(3).required,
	...channelFields,
});
