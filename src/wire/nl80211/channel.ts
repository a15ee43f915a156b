// SPDX-License-Identifier: Apache-2.0
import {u32} from '../netlink/attributes.ts';

/**
 * How nl80211 says a channel, in every message that has one.
 *
 * Shape:  `frequencyMhz` is the primary 20 MHz channel's centre, `center1Mhz` that of the whole (of its first half for 80+80).
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_attrs.
 */
export const channelFields = {
	frequencyMhz: u32(38), // NL80211_ATTR_WIPHY_FREQ
	channelType: u32(39), // NL80211_ATTR_WIPHY_CHANNEL_TYPE, before there were widths
	width: u32(159), // NL80211_ATTR_CHANNEL_WIDTH, an index of `channelWidthsMhz`
	center1Mhz: u32(160), // NL80211_ATTR_CENTER_FREQ1
	center2Mhz: u32(161), // NL80211_ATTR_CENTER_FREQ2
} as const;

// enum nl80211_chan_width.
export const WIDTH_20_NOHT = 0;
export const WIDTH_20 = 1;
export const WIDTH_40 = 2;
export const WIDTH_80 = 3;
export const WIDTH_80P80 = 4;
export const WIDTH_160 = 5;

/** The width in MHz of each value of enum nl80211_chan_width. */
export const channelWidthsMhz: readonly number[] = [20, 20, 40, 80, 160, 160, 5, 10, 1, 2, 4, 8, 16, 320];

// enum nl80211_channel_type.
export const CHANNEL_NO_HT = 0;
export const CHANNEL_HT20 = 1;
export const CHANNEL_HT40_MINUS = 2;
export const CHANNEL_HT40_PLUS = 3;
