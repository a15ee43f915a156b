// SPDX-License-Identifier: Apache-2.0
import {readU32, writeU32} from '../../core/bytes.ts';
import type {Codec} from '../netlink/field.ts';

/** Absent: a state that the driver did not say (its bit is not in the mask). */
export interface StationFlags {
	readonly authorised?: boolean;
	readonly shortPreamble?: boolean;
	readonly wme?: boolean;
	readonly managementProtected?: boolean;
	readonly authenticated?: boolean;
	readonly tdlsPeer?: boolean;
	readonly associated?: boolean;
}

// enum nl80211_sta_flags.
const bits: readonly [keyof StationFlags, number][] = [
	['authorised', 1],
	['shortPreamble', 2],
	['wme', 3],
	['managementProtected', 4],
	['authenticated', 5],
	['tdlsPeer', 6],
	['associated', 7],
];

/** struct nl80211_sta_flag_update: u32 mask of the flags that are known, u32 of those that are set. */
export const stationFlagsCodec: Codec<StationFlags> = {
	size: 8,
	step: 1,
	wide: false,
	read(bytes, start, _end, order) {
		const mask = readU32(bytes, start, order);
		const set = readU32(bytes, start + 4, order);
		const flags: {-readonly [K in keyof StationFlags]: boolean} = {};
		for (const [name, bit] of bits) if ((mask & (1 << bit)) !== 0) flags[name] = (set & (1 << bit)) !== 0;
		return flags;
	},
	write(sink, flags, order) {
		let mask = 0;
		let set = 0;
		for (const [name, bit] of bits) {
			if (flags[name] !== undefined) mask |= 1 << bit;
			if (flags[name] === true) set |= 1 << bit;
		}
		const at = sink.reserve(8);
		writeU32(sink.bytes, at, mask, order);
		writeU32(sink.bytes, at + 4, set, order);
	},
};
