// SPDX-License-Identifier: Apache-2.0
import {readU16, writeU16} from '../../core/bytes.ts';
import {attributes, bytes, type Decoded, field, flag, i32, mac, nested, u8, u16, u32} from '../netlink/attributes.ts';
import type {Codec} from '../netlink/field.ts';
import {channelFields} from './channel.ts';

/**
 * The kernel puts the interface's index (type 3, 32 bits) into the nest of the mesh configuration instead of beside it,
 * where type 3 is the holding time-out (16 bits).
 */
const holdingTimeoutCodec: Codec<number> = {
	size: -1,
	step: 2,
	wide: false,
	read: (bytes, start, end, order) => (end - start === 2 ? readU16(bytes, start, order) : undefined),
	write: (sink, value, order) => writeU16(sink.bytes, sink.reserve(2), value, order),
};

const meshConfigFields = {
	retryTimeoutMs: u16(1),
	confirmTimeoutMs: u16(2),
	holdingTimeoutMs: field(3, holdingTimeoutCodec),
	maximumPeerLinks: u16(4),
	maximumRetries: u8(5),
	ttl: u8(6),
	autoOpenPeerLinks: u8(7),
	hwmpMaximumPreqRetries: u8(8),
	pathRefreshMs: u32(9),
	minimumDiscoveryTimeoutMs: u16(10),
	hwmpActivePathTimeoutTu: u32(11),
	hwmpPreqMinimumIntervalTu: u16(12),
	hwmpNetDiameterTraversalTu: u16(13),
	hwmpRootMode: u8(14),
	elementTtl: u8(15),
	hwmpRannIntervalTu: u16(16),
	gateAnnouncements: u8(17),
	hwmpPerrMinimumIntervalTu: u16(18),
	forwarding: u8(19),
	rssiThresholdDbm: i32(20),
	syncOffsetMaximumNeighbours: u32(21),
	htOperationMode: u32(22),
	hwmpPathToRootTimeoutTu: u32(23),
	hwmpRootIntervalTu: u16(24),
	hwmpConfirmationIntervalTu: u16(25),
	powerMode: u32(26),
	awakeWindowTu: u16(27),
	peerLinkTimeoutS: u32(28),
	connectedToGate: u8(29),
	noLearn: u8(30),
	connectedToAs: u8(31),
} as const;

/**
 * How an 802.11s interface behaves, as the kernel tells it.
 *
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_meshconf_params; widths from nl80211_get_mesh_config.
 */
export const meshConfig = /* @__PURE__ */ attributes('nl80211.meshConfig', meshConfigFields);

export type MeshConfig = Decoded<typeof meshConfig>;

/** The same as the kernel takes it: one member is narrower there. */
export const meshConfigChange = /* @__PURE__ */ attributes('nl80211.meshConfigChange', {
	...meshConfigFields,
	htOperationMode: u16(22),
});

/** The answer to NL80211_CMD_GET_MESH_CONFIG. It does not say of which interface: see `holdingTimeoutMs`. */
export const meshConfigMessage = /* @__PURE__ */ attributes('nl80211.meshConfigMessage', {
	config: nested(35, meshConfig).required,
});

export const meshConfigRequest = /* @__PURE__ */ attributes('nl80211.meshConfigRequest', {
	interfaceIndex: u32(3).required,
});

/** NL80211_CMD_SET_MESH_CONFIG: what is left out stays as it is. */
export const meshConfigSetRequest = /* @__PURE__ */ attributes('nl80211.meshConfigSetRequest', {
	interfaceIndex: u32(3).required,
	config: nested(35, meshConfigChange).required,
});

/** enum nl80211_mesh_setup_params: what cannot be changed while the mesh runs. */
export const meshSetup = /* @__PURE__ */ attributes('nl80211.meshSetup', {
	vendorPathSelection: u8(1),
	vendorMetric: u8(2),
	elements: bytes(3),
	userspaceAuthentication: flag(4),
	userspaceAmpe: flag(5),
	vendorSync: u8(6),
	userspacePeering: flag(7),
	authenticationProtocol: u8(8),
});

/** NL80211_CMD_JOIN_MESH. `handleDfs` promises that we react to radar, without which DFS channels are refused. */
export const meshJoinRequest = /* @__PURE__ */ attributes('nl80211.meshJoinRequest', {
	interfaceIndex: u32(3).required,
	beaconIntervalTu: u32(12),
	dtimPeriod: u32(13),
	meshId: bytes(24).required,
	config: nested(35, meshConfigChange),
	basicRates: bytes(36), // units of 500 kbit/s
	multicastRate100Kbps: u32(107),
	setup: nested(112, meshSetup),
	handleDfs: flag(191),
	socketOwner: flag(204),
	...channelFields,
});

/** NL80211_CMD_LEAVE_MESH. */
export const meshLeaveRequest = /* @__PURE__ */ attributes('nl80211.meshLeaveRequest', {
	interfaceIndex: u32(3).required,
});

/** An 802.11s path. Source: enum nl80211_mpath_info. */
export const pathInfo = /* @__PURE__ */ attributes('nl80211.path', {
	queuedFrames: u32(1),
	sequenceNumber: u32(2),
	metric: u32(3),
	expiresMs: u32(4),
	flags: u8(5),
	discoveryTimeoutMs: u32(6),
	discoveryRetries: u8(7),
	hopCount: u8(8),
	pathChanges: u32(9),
});

export type MeshPathInfo = Decoded<typeof pathInfo>;

// enum nl80211_mpath_flags.
export const PATH_ACTIVE = 1 << 0;
export const PATH_RESOLVING = 1 << 1;
export const PATH_SEQUENCE_VALID = 1 << 2;
export const PATH_FIXED = 1 << 3;
export const PATH_RESOLVED = 1 << 4;

/** NL80211_CMD_NEW_MPATH. */
export const pathMessage = /* @__PURE__ */ attributes('nl80211.pathMessage', {
	interfaceIndex: u32(3).required,
	destination: mac(6).required,
	nextHop: mac(26),
	info: nested(27, pathInfo),
	generation: u32(46),
});

export type MeshPath = Decoded<typeof pathMessage>;

/** NL80211_CMD_GET_MPATH: all of an interface as a dump, or the one to `destination`. */
export const pathRequest = /* @__PURE__ */ attributes('nl80211.pathRequest', {
	interfaceIndex: u32(3).required,
	destination: mac(6),
});
