// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, concatBytes, fromHex, writeU16, writeU32, writeU64} from '../../src/core/bytes.ts';
import {encodeUtf8} from '../../src/core/text.ts';

export const orders: readonly ByteOrder[] = ['little', 'big'];

/**
 * Bytes written down once for both byte orders: '2:8 2:1 4:5180' is a 16-bit 8, a 16-bit 1 and a 32-bit 5180.
 *
 * Shape:  words apart by white space: SIZE:NUMBER (1, 2, 4 or 8 bytes), x:HEX and t:TEXT as they stand, 0:COUNT zeroes.
 */
export function layout(text: string, order: ByteOrder): Uint8Array {
	return concatBytes(
		text
			.trim()
			.split(/\s+/)
			.filter(word => word !== '')
			.map(word => part(word, order)),
	);
}

function part(word: string, order: ByteOrder): Uint8Array {
	const colon = word.indexOf(':');
	const kind = word.slice(0, colon);
	const content = word.slice(colon + 1);
	if (kind === 'x') return fromHex(content);
	if (kind === 't') return encodeUtf8(content);
	const value = Number(content);
	if (kind === '0') return new Uint8Array(value);
	const bytes = new Uint8Array(Number(kind));
	if (kind === '1') bytes[0] = value;
	else if (kind === '2') writeU16(bytes, 0, value, order);
	else if (kind === '4') writeU32(bytes, 0, value, order);
	else if (kind === '8') writeU64(bytes, 0, value, order);
	else throw new RangeError(`layout: ${word}`);
	return bytes;
}
