// SPDX-License-Identifier: Apache-2.0
import {
	attributes,
	bytes,
	type Decoded,
	flag,
	i8,
	i32,
	keyed,
	list,
	mac,
	nested,
	u8,
	u16,
	u32,
	u64Clamped,
} from '../netlink/attributes.ts';

/**
 * A network heard in a scan.
 *
 * Shape:  inside NL80211_ATTR_BSS. `elements` are the beacon's or probe response's; `decodeElements` reads them.
 * Units:  signal in mBm (hundredths of a dBm). TSF values are chosen by the sender: above 2^53 - 1 they are that limit.
 * Absent: `signalMbm` where the driver has only `signalPercent`; `status` unless it is our own network.
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_bss.
 */
export const bss = /* @__PURE__ */ attributes('nl80211.bss', {
	bssid: mac(1).required,
	frequencyMhz: u32(2).required,
	tsfUs: u64Clamped(3),
	beaconIntervalTu: u16(4),
	capability: u16(5),
	elements: bytes(6),
	signalMbm: i32(7),
	signalPercent: u8(8),
	status: u32(9),
	seenAgoMs: u32(10),
	beaconElements: bytes(11),
	channelWidth: u32(12),
	beaconTsfUs: u64Clamped(13),
	probeResponse: flag(14),
	lastSeenBootNs: u64Clamped(15),
	parentTsfUs: u64Clamped(17),
	parentBssid: mac(18),
	chainSignalDbm: keyed(19, i8),
	frequencyOffsetKhz: u32(20),
});

export type Bss = Decoded<typeof bss>;

/** Bits of `capability`: IEEE Std 802.11-2020, 9.4.1.4. */
export const CAPABILITY_ESS = 1 << 0;
export const CAPABILITY_IBSS = 1 << 1;
export const CAPABILITY_PRIVACY = 1 << 4;

/** An answer to NL80211_CMD_GET_SCAN, one network each. */
export const scanMessage = /* @__PURE__ */ attributes('nl80211.scanMessage', {
	interfaceIndex: u32(3),
	generation: u32(46),
	bss: nested(47, bss),
});

/** NL80211_CMD_GET_SCAN, as a dump. */
export const scanResultsRequest = /* @__PURE__ */ attributes('nl80211.scanResultsRequest', {
	interfaceIndex: u32(3).required,
});

// enum nl80211_scan_flags.
export const SCAN_FLAG_LOW_PRIORITY = 1 << 0;
export const SCAN_FLAG_FLUSH = 1 << 1;
/** Let an access point scan although its clients lose it meanwhile. */
export const SCAN_FLAG_AP = 1 << 2;

/** NL80211_CMD_TRIGGER_SCAN. Without `ssids` the scan is passive; an empty one asks everybody. */
export const scanRequest = /* @__PURE__ */ attributes('nl80211.scanRequest', {
	interfaceIndex: u32(3).required,
	extraElements: bytes(42),
	frequenciesMhz: list(44, u32),
	ssids: list(45, bytes),
	flags: u32(158),
	durationTu: u16(235),
	durationMandatory: flag(236),
});
