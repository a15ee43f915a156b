// SPDX-License-Identifier: Apache-2.0
import {attributes, type Decoded, flag, list, text, u8, u32} from '../netlink/attributes.ts';

/**
 * What a regulatory domain allows in a range of frequencies.
 *
 * Units:  kHz, mBi, mBm, ms.
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_reg_rule_attr.
 */
export const regulatoryRule = /* @__PURE__ */ attributes('nl80211.regulatoryRule', {
	flags: u32(1).required,
	startKhz: u32(2).required,
	endKhz: u32(3).required,
	maximumWidthKhz: u32(4),
	antennaGainMbi: u32(5),
	maximumPowerMbm: u32(6),
	dfsCacMs: u32(7),
});

export type RegulatoryRule = Decoded<typeof regulatoryRule>;

// enum nl80211_reg_rule_flags.
export const RULE_NO_OFDM = 1 << 0;
export const RULE_NO_OUTDOOR = 1 << 3;
export const RULE_DFS = 1 << 4;
export const RULE_NO_IR = 1 << 7;
export const RULE_AUTO_WIDTH = 1 << 11;

/** enum nl80211_dfs_regions. */
export const dfsRegions = ['unset', 'fcc', 'etsi', 'jp'] as const;

/** The answer to NL80211_CMD_GET_REG. Absent `wiphy`: the domain of all radios that have none of their own. */
export const regulatoryMessage = /* @__PURE__ */ attributes('nl80211.regulatory', {
	wiphy: u32(1),
	country: text(33).required,
	rules: list(34, regulatoryRule),
	dfsRegion: u8(146),
	hintType: u32(154),
	selfManaged: flag(216),
});

export type Regulatory = Decoded<typeof regulatoryMessage>;

/** NL80211_CMD_GET_REG: all as a dump, the common one by 'do', or that of `wiphy`. */
export const regulatoryRequest = /* @__PURE__ */ attributes('nl80211.regulatoryRequest', {wiphy: u32(1)});

/** NL80211_CMD_REQ_SET_REG: a hint from the user. */
export const regulatoryHint = /* @__PURE__ */ attributes('nl80211.regulatoryHint', {
	country: text(33).required,
	hintType: u32(154),
});
