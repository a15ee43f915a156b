// SPDX-License-Identifier: Apache-2.0
import {readU16, readU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {decodeUtf8} from '../../core/text.ts';

/**
 * What a beacon says of its network, of its information elements only those that channel planning asks.
 *
 * Shape:  each member is one element. Elements are little-endian whatever the host is.
 * Units:  channels are numbers of the band; `utilisation` is a share, 0 to 1.
 * Absent: an element that the network does not send.
 * Source: IEEE Std 802.11-2020, 9.4.2; the section of each beside it.
 */
export interface Elements {
	/** For display: what is not UTF-8 becomes U+FFFD. Empty when hidden. */
	readonly ssid?: string;
	readonly channel?: number;
	readonly countryCode?: string;
	readonly load?: {readonly stations: number; readonly utilisation: number};
	readonly meshId?: string;
	readonly mesh?: {readonly connectedToGate: boolean; readonly peerings: number; readonly acceptsPeerings: boolean};
	readonly channelSwitch?: {readonly stopTransmitting: boolean; readonly channel: number; readonly count: number};
	/** `secondary`: where the second half of 40 MHz lies, in channels above the first. */
	readonly htOperation?: {readonly channel: number; readonly secondary: -1 | 0 | 1; readonly anyWidth: boolean};
	/** `width` 0: as HT says, 1: 80 MHz or (by the second centre) 160, 2 and 3: old ways of 160 and 80+80. */
	readonly vhtOperation?: {readonly width: number; readonly center0: number; readonly center1: number};
	/** Of 6 GHz. `width` 0: 20 MHz, 1: 40, 2: 80, 3: 160 or 80+80. */
	readonly heOperation?: {
		readonly channel: number;
		readonly width: number;
		readonly center0: number;
		readonly center1: number;
	};
}

type Building = {-readonly [K in keyof Elements]: Elements[K]};

interface Reader {
	/** The fewest bytes it can have. */
	readonly least: number;
	read(into: Building, bytes: Uint8Array, start: number, end: number): void;
}

const EXTENSION = 255;
const HE_HAS_VHT = 1 << 14;
const HE_HAS_COLOCATED = 1 << 15;
const HE_HAS_6GHZ = 1 << 17;

const readers: Readonly<Record<number, Reader>> = {
	// 9.4.2.2
	0: {
		least: 0,
		read(into, bytes, start, end) {
			into.ssid = decodeUtf8(bytes.subarray(start, end));
		},
	},
	// 9.4.2.4
	3: {
		least: 1,
		read(into, bytes, start) {
			into.channel = bytes[start] as number;
		},
	},
	// 9.4.2.8; the third octet is indoor or outdoor
	7: {
		least: 3,
		read(into, bytes, start) {
			into.countryCode = decodeUtf8(bytes.subarray(start, start + 2));
		},
	},
	// 9.4.2.27
	11: {
		least: 5,
		read(into, bytes, start) {
			into.load = {stations: readU16(bytes, start, 'little'), utilisation: (bytes[start + 2] as number) / 255};
		},
	},
	// 9.4.2.18
	37: {
		least: 3,
		read(into, bytes, start) {
			into.channelSwitch = {
				stopTransmitting: bytes[start] === 1,
				channel: bytes[start + 1] as number,
				count: bytes[start + 2] as number,
			};
		},
	},
	// 9.4.2.56
	61: {
		least: 22,
		read(into, bytes, start) {
			const flags = bytes[start + 1] as number;
			const offset = flags & 3;
			const secondary = offset === 1 ? 1 : offset === 3 ? -1 : 0;
			into.htOperation = {channel: bytes[start] as number, secondary, anyWidth: (flags & 4) !== 0};
		},
	},
	// 9.4.2.97
	113: {
		least: 7,
		read(into, bytes, start) {
			const formation = bytes[start + 5] as number;
			into.mesh = {
				connectedToGate: (formation & 1) !== 0,
				peerings: (formation >> 1) & 0x3f,
				acceptsPeerings: ((bytes[start + 6] as number) & 1) !== 0,
			};
		},
	},
	// 9.4.2.98
	114: {
		least: 0,
		read(into, bytes, start, end) {
			into.meshId = decodeUtf8(bytes.subarray(start, end));
		},
	},
	// 9.4.2.158
	192: {
		least: 5,
		read(into, bytes, start) {
			into.vhtOperation = {
				width: bytes[start] as number,
				center0: bytes[start + 1] as number,
				center1: bytes[start + 2] as number,
			};
		},
	},
};

/** HE operation (extension 36, 802.11ax-2021 9.4.2.249): u24 parameters, BSS colour, u16 MCS, then optional parts. */
function readHeOperation(into: Building, bytes: Uint8Array, start: number, end: number): void {
	if (end - start < 6) throw new DecodeError('length', 'ieee80211.element[255.36]', start);
	const parameters = readU32(bytes, start, 'little');
	if ((parameters & HE_HAS_6GHZ) === 0) return;
	const at = start + 6 + ((parameters & HE_HAS_VHT) !== 0 ? 3 : 0) + ((parameters & HE_HAS_COLOCATED) !== 0 ? 1 : 0);
	if (end - at < 5) throw new DecodeError('length', 'ieee80211.element[255.36]', at);
	into.heOperation = {
		channel: bytes[at] as number,
		width: (bytes[at + 1] as number) & 3,
		center0: bytes[at + 2] as number,
		center1: bytes[at + 3] as number,
	};
}

/**
 * Reads information elements; of one that comes twice the first counts, as in the kernel.
 *
 * Errors: DecodeError 'truncated' (an element runs past the end) | 'length' (too short for what it is).
 */
export function decodeElements(bytes: Uint8Array, start = 0, end: number = bytes.length): Elements {
	const elements: Building = {};
	const seen = new Set<number>();
	let at = start;
	while (at < end) {
		if (end - at < 2) throw new DecodeError('truncated', 'ieee80211.element', at);
		const id = bytes[at] as number;
		const body = at + 2;
		const stop = body + (bytes[at + 1] as number);
		if (stop > end) throw new DecodeError('truncated', `ieee80211.element[${id}]`, at);
		at = stop;
		if (id === EXTENSION) {
			if (stop > body && bytes[body] === 36 && !seen.has(256 + 36)) {
				seen.add(256 + 36);
				readHeOperation(elements, bytes, body + 1, stop);
			}
			continue;
		}
		const reader = readers[id];
		if (reader === undefined || seen.has(id)) continue;
		seen.add(id);
		if (stop - body < reader.least) throw new DecodeError('length', `ieee80211.element[${id}]`, body);
		reader.read(elements, bytes, body, stop);
	}
	return elements;
}

/** Writes one element: tests and the lab's fake kernel make beacons of them. */
export function encodeElement(id: number, body: Uint8Array | readonly number[]): Uint8Array {
	if (body.length > 255) throw new RangeError(`element ${id}: ${body.length} bytes`);
	return Uint8Array.from([id, body.length, ...body]);
}
