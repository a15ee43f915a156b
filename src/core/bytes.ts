// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from './errors.ts';
import {HEXADECIMAL, isMadeOf} from './text.ts';

/** Netlink speaks the host's byte order, and many routers are big-endian: the order is a value, never an assumption. */
export type ByteOrder = 'little' | 'big';

const POW32 = 4294967296;

// Index arithmetic on the byte array instead of DataView: in QuickJS a DataView call costs about six array reads.
// The callers have checked the range; `?? 0` only satisfies the type checker and is never taken.

export function readU16(bytes: Uint8Array, at: number, order: ByteOrder): number {
	const a = bytes[at] ?? 0;
	const b = bytes[at + 1] ?? 0;
	return order === 'little' ? a | (b << 8) : (a << 8) | b;
}

export function readU32(bytes: Uint8Array, at: number, order: ByteOrder): number {
	const a = bytes[at] ?? 0;
	const b = bytes[at + 1] ?? 0;
	const c = bytes[at + 2] ?? 0;
	const d = bytes[at + 3] ?? 0;
	return (order === 'little' ? a | (b << 8) | (c << 16) | (d << 24) : (a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

export function readI32(bytes: Uint8Array, at: number, order: ByteOrder): number {
	return readU32(bytes, at, order) | 0;
}

/** Reads an unsigned 64-bit count. Errors: DecodeError 'range' above 2^53 - 1, which no counter here reaches honestly. */
export function readU64(bytes: Uint8Array, at: number, order: ByteOrder, path: string): number {
	const high = readU32(bytes, order === 'little' ? at + 4 : at, order);
	const low = readU32(bytes, order === 'little' ? at : at + 4, order);
	if (high > 0x1fffff) throw new DecodeError('range', path, at, 'above 2^53');
	return high * POW32 + low;
}

/** Reads a signed 64-bit quantity. Errors: DecodeError 'range' where it is not exact as a number. */
export function readS64(bytes: Uint8Array, at: number, order: ByteOrder, path: string): number {
	const high = readU32(bytes, order === 'little' ? at + 4 : at, order) | 0;
	const low = readU32(bytes, order === 'little' ? at : at + 4, order);
	const value = high * POW32 + low;
	if (!Number.isSafeInteger(value)) throw new DecodeError('range', path, at, 'beyond ±2^53');
	return value;
}

export function writeU16(bytes: Uint8Array, at: number, value: number, order: ByteOrder): void {
	bytes[order === 'little' ? at : at + 1] = value & 0xff;
	bytes[order === 'little' ? at + 1 : at] = (value >>> 8) & 0xff;
}

export function writeU32(bytes: Uint8Array, at: number, value: number, order: ByteOrder): void {
	writeU16(bytes, order === 'little' ? at : at + 2, value & 0xffff, order);
	writeU16(bytes, order === 'little' ? at + 2 : at, value >>> 16, order);
}

/** Writes a 64-bit quantity, signed or not: two's complement of a safe integer. */
export function writeU64(bytes: Uint8Array, at: number, value: number, order: ByteOrder): void {
	const high = Math.floor(value / POW32);
	const low = value - high * POW32;
	writeU32(bytes, order === 'little' ? at : at + 4, low >>> 0, order);
	writeU32(bytes, order === 'little' ? at + 4 : at, high >>> 0, order);
}

const HEX = '0123456789abcdef';

export function toHex(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
	return text;
}

/** Reads hexadecimal digits; white space between them is ignored. Errors: DecodeError 'syntax'. */
export function fromHex(text: string): Uint8Array {
	const digits = text.replaceAll(' ', '').replaceAll('\n', '').replaceAll('\t', '');
	if (digits.length % 2 !== 0 || !isMadeOf(digits, HEXADECIMAL)) throw new DecodeError('syntax', 'hex', 0);
	const bytes = new Uint8Array(digits.length / 2);
	for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
	return bytes;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
	let length = 0;
	for (const part of parts) length += part.length;
	const joined = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		joined.set(part, at);
		at += part.length;
	}
	return joined;
}
