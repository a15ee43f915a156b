// SPDX-License-Identifier: Apache-2.0
import {attributes, type Decoded, flag, u8, u16, u32} from '../netlink/attributes.ts';
import {type Cell, cell} from '../netlink/layout.ts';

/**
 * The rate of a station's last frame.
 *
 * Shape:  inside NL80211_STA_INFO_TX_BITRATE and _RX_BITRATE.
 * Units:  bit rates in 100 kbit/s; `rateKbps` converts.
 * Absent: the modulation fields of another generation of the standard.
 * Source: Linux include/uapi/linux/nl80211.h, enum nl80211_rate_info.
 */
export const rate = /* @__PURE__ */ attributes('nl80211.rate', {
	bitrate16: u16(1), // absent above 6.5 Gbit/s
	htIndex: u8(2),
	width40: flag(3),
	shortGuard: flag(4),
	bitrate32: u32(5),
	vhtIndex: u8(6),
	vhtStreams: u8(7),
	width80: flag(8),
	width160: flag(10),
	width10: flag(11),
	width5: flag(12),
	heIndex: u8(13),
	heStreams: u8(14),
	heGuard: u8(15),
	heDualCarrier: u8(16),
	heResourceUnit: u8(17),
	width320: flag(18),
	ehtIndex: u8(19),
	ehtStreams: u8(20),
	ehtGuard: u8(21),
	ehtResourceUnit: u8(22),
});

export type Rate = Decoded<typeof rate>;

/** The same attribute, which `path` leads to, as kbit/s alone: above 6.5 Gbit/s the kernel gives only the wider number. */
export function rateKbpsCell(path: readonly number[]): Cell {
	const {bitrate16, bitrate32} = rate.fields;
	return {...cell(path, bitrate32, 100), fallback: cell(path, bitrate16, 100)};
}

/** Absent: undefined when the driver does not know. */
export function rateKbps(of: {readonly bitrate16?: number; readonly bitrate32?: number}): number | undefined {
	const value = of.bitrate32 ?? of.bitrate16;
	return value === undefined ? undefined : value * 100;
}

export function rateWidthMhz(of: Rate): number {
	if (of.width320) return 320;
	if (of.width160) return 160;
	if (of.width80) return 80;
	if (of.width40) return 40;
	if (of.width10) return 10;
	return of.width5 ? 5 : 20;
}
