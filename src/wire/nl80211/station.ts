// SPDX-License-Identifier: Apache-2.0
import {
	attributes,
	type Decoded,
	field,
	i8,
	keyed,
	mac,
	nested,
	s64Clamped,
	u8,
	u16,
	u32,
	u64,
} from '../netlink/attributes.ts';
import {rate} from './rate.ts';
import {stationFlagsCodec} from './station-flags.ts';

/** The rows of `station`, for tables that want fewer of them. Numbers: enum nl80211_sta_info. */
export const stationFields = {
	inactiveMs: u32(1),
	receiveBytes32: u32(2),
	transmitBytes32: u32(3),
	localLinkId: u16(4),
	peerLinkId: u16(5),
	peerLinkState: u8(6),
	signalDbm: i8(7),
	transmitRate: nested(8, rate),
	receivePackets: u32(9),
	transmitPackets: u32(10),
	transmitRetries: u32(11),
	transmitFailed: u32(12),
	signalAverageDbm: i8(13),
	receiveRate: nested(14, rate),
	connectedS: u32(16),
	flags: field(17, stationFlagsCodec),
	beaconLoss: u32(18),
	tsfOffsetUs: s64Clamped(19), // set by the peer's beacon; iw prints a negative one as a huge unsigned number
	localPowerMode: u32(20),
	peerPowerMode: u32(21),
	nonPeerPowerMode: u32(22),
	receiveBytes: u64(23),
	transmitBytes: u64(24),
	chainSignalDbm: keyed(25, i8),
	chainSignalAverageDbm: keyed(26, i8),
	expectedThroughputKbps: u32(27),
	receiveDropped: u64(28),
	beaconsReceived: u64(29),
	beaconSignalAverageDbm: i8(30),
	receiveAirtimeUs: u64(32),
	ackSignalDbm: i8(34),
	ackSignalAverageDbm: i8(35),
	receiveMpdus: u32(36),
	receiveFcsErrors: u32(37),
	connectedToGate: u8(38),
	transmitAirtimeUs: u64(39),
	airtimeWeight: u16(40),
	airtimeMetric: u32(41),
	associatedAtBootNs: u64(42),
	connectedToAs: u8(43),
} as const;

/**
 * What a radio knows of one station: an access point's client, or a mesh peer.
 *
 * Shape:  netlink attributes inside NL80211_ATTR_STA_INFO. Not here, as they are long and rarely asked for: the traffic
 *         of each TID (`station-detail.ts`).
 * Units:  in each name; counts are frames unless they say otherwise.
 * Absent: what the driver does not know. `receiveBytes32` wraps at 2^32: prefer `receiveBytes`.
 * Errors: DecodeError 'length' | 'truncated' | 'range'.
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_sta_info.
 */
export const station = /* @__PURE__ */ attributes('nl80211.station', stationFields);

export type Station = Decoded<typeof station>;

/** NL80211_CMD_NEW_STATION and _DEL_STATION, answers and events. */
export const stationMessage = /* @__PURE__ */ attributes('nl80211.stationMessage', {
	interfaceIndex: u32(3).required,
	address: mac(6).required,
	generation: u32(46),
	info: nested(21, station),
});

export type StationMessage = Decoded<typeof stationMessage>;

/** NL80211_CMD_GET_STATION: all of an interface as a dump, or the one with `address`. */
export const stationRequest = /* @__PURE__ */ attributes('nl80211.stationRequest', {
	interfaceIndex: u32(3).required,
	address: mac(6),
});

// enum nl80211_plink_state: the states of an 802.11s peering.
export const PEER_LINK_LISTEN = 0;
export const PEER_LINK_ESTABLISHED = 4;
