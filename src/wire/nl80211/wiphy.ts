// SPDX-License-Identifier: Apache-2.0
import {
	attributes,
	bytes,
	type Decoded,
	flag,
	keyed,
	list,
	numbers,
	text,
	u8,
	u16,
	u32,
	u32s,
} from '../netlink/attributes.ts';

/**
 * One channel a radio can tune to, and what the regulatory domain says of it.
 *
 * Units:  `maximumPowerMbm` in mBm; `dfsStateMs` is the time since the DFS state was entered.
 * Absent: the DFS fields of a channel without radar detection.
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_frequency_attr.
 */
export const frequency = /* @__PURE__ */ attributes('nl80211.frequency', {
	frequencyMhz: u32(1).required,
	disabled: flag(2),
	noInitiate: flag(3), // NO_IR: passive scan only, no beacons of our own
	noIbss: flag(4), // what older kernels said beside NO_IR
	radar: flag(5),
	maximumPowerMbm: u32(6),
	dfsState: u32(7),
	dfsStateMs: u32(8),
	noHt40Minus: flag(9),
	noHt40Plus: flag(10),
	no80Mhz: flag(11),
	no160Mhz: flag(12),
	dfsCacMs: u32(13),
	indoorOnly: flag(14),
	initiateConcurrent: flag(15),
	no20Mhz: flag(16),
	no10Mhz: flag(17),
	noHe: flag(19),
	offsetKhz: u32(20),
	no320Mhz: flag(26),
	noEht: flag(27),
});

export type Frequency = Decoded<typeof frequency>;

// enum nl80211_dfs_state.
export const DFS_USABLE = 0;
export const DFS_UNAVAILABLE = 1;
export const DFS_AVAILABLE = 2;

export const bandRate = /* @__PURE__ */ attributes('nl80211.bandRate', {
	rate100Kbps: u32(1).required,
	shortPreamble: flag(2),
});

/** Capabilities of a band that hold for some interface types. Numbers: enum nl80211_band_iftype_attr. */
export const bandTypeData = /* @__PURE__ */ attributes('nl80211.bandTypeData', {
	types: numbers(1),
	heMac: bytes(2),
	hePhy: bytes(3),
	heMcs: bytes(4),
	hePpe: bytes(5),
	he6Ghz: bytes(6),
	ehtMac: bytes(8),
	ehtPhy: bytes(9),
	ehtMcs: bytes(10),
	ehtPpe: bytes(11),
});

/** One band of a radio. Numbers: enum nl80211_band_attr; the capabilities are read by `capability.ts`. */
export const band = /* @__PURE__ */ attributes('nl80211.band', {
	frequencies: list(1, frequency),
	rates: list(2, bandRate),
	htMcs: bytes(3),
	ht: u16(4),
	htAmpduFactor: u8(5),
	htAmpduDensity: u8(6),
	vhtMcs: bytes(7),
	vht: u32(8),
	typeData: list(9, bandTypeData),
});

export type Band = Decoded<typeof band>;

// enum nl80211_band: the keys of `bands`.
export const BAND_2GHZ = 0;
export const BAND_5GHZ = 1;
export const BAND_60GHZ = 2;
export const BAND_6GHZ = 3;

export const interfaceLimit = /* @__PURE__ */ attributes('nl80211.interfaceLimit', {
	maximum: u32(1).required,
	types: numbers(2).required,
});

/** Interfaces that one radio can have at the same time. Numbers: enum nl80211_if_combination_attrs. */
export const interfaceCombination = /* @__PURE__ */ attributes('nl80211.interfaceCombination', {
	limits: list(1, interfaceLimit, 1),
	maximum: u32(2).required,
	stationApBeaconMatch: flag(3),
	channels: u32(4).required,
	radarWidths: u32(5), // bit mask by enum nl80211_chan_width
	radarRegions: u32(6), // bit mask by enum nl80211_dfs_regions
	beaconIntervalMinimumGcd: u32(7),
});

export type InterfaceCombination = Decoded<typeof interfaceCombination>;

/**
 * A part of what a radio can do: the kernel splits it over many NL80211_CMD_NEW_WIPHY messages of one dump.
 *
 * Shape:  `WiphyCollector` puts the parts together.
 * Source: Linux net/wireless/nl80211.c, nl80211_send_wiphy.
 */
export const wiphyMessage = /* @__PURE__ */ attributes('nl80211.wiphy', {
	wiphy: u32(1).required,
	name: text(2),
	bands: keyed(22, band),
	supportedTypes: numbers(32),
	maximumScanSsids: u8(43),
	generation: u32(46),
	supportedCommands: list(50, u32, 1),
	maximumScanIeBytes: u16(56),
	cipherSuites: u32s(57),
	retryShort: u8(61),
	retryLong: u8(62),
	coverageClass: u8(89),
	antennaTransmit: u32(105), // bit mask of chains
	antennaReceive: u32(106),
	antennaAvailableTransmit: u32(113),
	antennaAvailableReceive: u32(114),
	interfaceCombinations: list(120, interfaceCombination, 1),
	softwareTypes: numbers(121),
	features: u32(143),
	supports5Mhz: flag(192),
	supports10Mhz: flag(193),
	maximumCsaCounters: u8(206),
	selfManagedRegulatory: flag(216),
	extendedFeatures: bytes(217),
});

export type WiphyPart = Decoded<typeof wiphyMessage>;
export type Wiphy = WiphyPart & {readonly name: string; readonly bands: ReadonlyMap<number, Band>};

/** NL80211_CMD_GET_WIPHY as a dump; `split` must be asked for, or modern radios do not fit. */
export const wiphyRequest = /* @__PURE__ */ attributes('nl80211.wiphyRequest', {
	wiphy: u32(1),
	interfaceIndex: u32(3),
	split: flag(174),
});

/** Whether the driver said that it has an extended feature. Numbers: enum nl80211_ext_feature_index. */
export function hasExtendedFeature(of: {readonly extendedFeatures?: Uint8Array}, feature: number): boolean {
	return ((of.extendedFeatures?.[feature >> 3] ?? 0) & (1 << (feature & 7))) !== 0;
}
