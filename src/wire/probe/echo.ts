// SPDX-License-Identifier: Apache-2.0
import {readU16, writeU16} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';

// ICMP echo, the same in both families but for its type and who computes the checksum.
// Source: RFC 792 (IPv4), RFC 4443 (IPv6), RFC 1071 (checksum).

export type EchoFamily = 'ipv4' | 'ipv6';

export const ECHO_HEADER_BYTES = 8;

const requestTypes = {ipv4: 8, ipv6: 128} as const;
const replyTypes = {ipv4: 0, ipv6: 129} as const;

export interface Echo {
	/** Tells our requests from those of others on this host. */
	readonly identifier: number;
	readonly sequence: number;
	readonly payload: Uint8Array;
}

/**
 * An echo request. For IPv6 the kernel fills the checksum, which covers addresses that only it knows.
 *
 * Units: `identifier` and `sequence` 16 bits each.
 */
export function encodeEchoRequest(family: EchoFamily, {identifier, sequence, payload}: Echo): Uint8Array {
	const bytes = new Uint8Array(ECHO_HEADER_BYTES + payload.length);
	bytes[0] = requestTypes[family];
	writeU16(bytes, 4, identifier, 'big');
	writeU16(bytes, 6, sequence, 'big');
	bytes.set(payload, ECHO_HEADER_BYTES);
	if (family === 'ipv4') writeU16(bytes, 2, checksum(bytes), 'big');
	return bytes;
}

/**
 * Reads an ICMP message.
 *
 * Absent: undefined for anything but an echo reply: others' errors come in by the same socket.
 * Errors: DecodeError 'truncated'.
 */
export function decodeEchoReply(family: EchoFamily, bytes: Uint8Array): Echo | undefined {
	if (bytes.length < ECHO_HEADER_BYTES) throw new DecodeError('truncated', 'icmp.echo', bytes.length);
	if (bytes[0] !== replyTypes[family] || bytes[1] !== 0) return undefined;
	return {
		identifier: readU16(bytes, 4, 'big'),
		sequence: readU16(bytes, 6, 'big'),
		payload: bytes.subarray(ECHO_HEADER_BYTES),
	};
}

/** The ones' complement of the ones' complement sum of all 16-bit words. Source: RFC 1071 §1. */
export function checksum(bytes: Uint8Array): number {
	let sum = 0;
	for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	return ~sum & 0xffff;
}
