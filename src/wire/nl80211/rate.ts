// SPDX-License-Identifier: Apache-2.0
import {readU16, readU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {attributes, type Decoded, flag, u8, u16, u32} from '../netlink/attributes.ts';
import type {Codec} from '../netlink/field.ts';

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

const PATH = 'nl80211.rate';
const BITRATE16 = 1;
const BITRATE32 = 5;

/**
 * The same attribute as kbit/s alone, for who reads hundreds a second: without an object.
 *
 * Errors: DecodeError 'truncated' | 'length'.
 */
export const rateKbpsCodec: Codec<number> = {
	size: -1,
	step: 1,
	wide: false,
	read(bytes, start, end, order) {
		const high = order === 'little' ? 1 : 0;
		const low = 1 - high;
		let at = start;
		let at16 = 0;
		let at32 = 0;
		let length = 0;
		let type = 0;
		while (at < end) {
			if (end - at < 4) throw new DecodeError('truncated', PATH, at);
			length = ((bytes[at + high] as number) << 8) | (bytes[at + low] as number);
			if (length < 4) throw new DecodeError('length', PATH, at);
			if (length > end - at) throw new DecodeError('truncated', PATH, at);
			type = (((bytes[at + 2 + high] as number) << 8) | (bytes[at + 2 + low] as number)) & 0x3fff;
			if (type === BITRATE32) {
				if (length !== 8) throw new DecodeError('length', `${PATH}.bitrate32`, at);
				at32 = at;
			} else if (type === BITRATE16) {
				if (length !== 6) throw new DecodeError('length', `${PATH}.bitrate16`, at);
				at16 = at;
			}
			at += (length + 3) & ~3;
		}
		if (at32 !== 0) return readU32(bytes, at32 + 4, order) * 100;
		return at16 === 0 ? undefined : readU16(bytes, at16 + 4, order) * 100;
	},
	write: (sink, kbps, order) => rate.write(sink, {bitrate32: kbps / 100}, order),
};

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
