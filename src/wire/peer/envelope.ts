// SPDX-License-Identifier: Apache-2.0
import {readU16, readU32, writeU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {pushVarint, VarintReader} from '../../core/varint.ts';
import {type Body, readBody, writeBody} from './body.ts';

// A message between routers as one datagram. Numbers are big-endian or varints.
//
//   byte  0      'm'
//         1      hopsLeft  ┐ changed by who passes it on, so not under the authenticator;
//         2..5   via       ┘ who sends it on never goes beyond `reach`
//         6      version
//         7      scheme << 4 | reach: hops that its origin gave it; 15 stands for 63
//         8..9   network
//         10     key: which of the community's keys; 0 with Ed25519, where the origin says whose
//         11..14 origin
//         varints: epoch, seq, kind; then the body
//         last   authenticator of bytes 6.. before it: HMAC-SHA-256 cut to 16 bytes, or Ed25519, 64 bytes

export const PEER_PORT = 61_867;
/** Of link-local scope. Neither group nor port is registered with anybody; the port is a private one. */
export const PEER_GROUP = 'ff02::6d65:7368';
/** What IPv6 carries everywhere, less its own header and UDP's. */
export const PEER_BYTES_LIMIT = 1232;

export const SCHEME_HMAC = 0;
export const SCHEME_ED25519 = 1;
const authenticatorBytes: Readonly<Record<number, number>> = {[SCHEME_HMAC]: 16, [SCHEME_ED25519]: 64};

const MAGIC = 0x6d;
const VERSION = 1;
const HOPS = 1;
const VIA = 2;
const SIGNED_FROM = 6;
const ORIGIN = 11;
const NUMBERS = 15;
/** A reach of more hops than that is written as the largest number of four bits, and means the farthest that there is. */
const REACH_NEAR = 14;
const REACH_FAR = 15;
const FARTHEST_HOPS = 63;

/** A message with everything that is known without a key. Shape: as `PeerMessage`, with `via` undefined for everyone. */
export interface Letter {
	readonly network: number;
	readonly scheme: number;
	readonly key: number;
	readonly origin: number;
	readonly epoch: number;
	readonly seq: number;
	readonly reach: number;
	readonly hopsLeft: number;
	readonly via: number | undefined;
	/** Where the body begins. */
	readonly bodyAt: number;
}

/** The bytes of a message, room for the authenticator at their end. */
export function encodeLetter(
	letter: Omit<Letter, 'bodyAt' | 'reach'>,
	body: Body,
	trailer: Uint8Array = new Uint8Array(),
): Uint8Array {
	const {network, scheme, key, origin, epoch, seq, via = 0} = letter;
	const hops = Math.min(FARTHEST_HOPS, letter.hopsLeft);
	const reach = hops > REACH_NEAR ? REACH_FAR : hops;
	const out = [MAGIC, hops, 0, 0, 0, 0, VERSION, (scheme << 4) | reach, network >>> 8, network & 255, key, 0, 0, 0, 0];
	pushVarint(out, epoch);
	pushVarint(out, seq);
	writeBody(out, body);
	const bytes = new Uint8Array(out.length + trailer.length + (authenticatorBytes[scheme] ?? 0));
	bytes.set(out);
	bytes.set(trailer, out.length);
	writeU32(bytes, VIA, via, 'big');
	writeU32(bytes, ORIGIN, origin, 'big');
	return bytes;
}

/** The part that the authenticator is of, and where the authenticator is; both see the same bytes. */
export function signedPart(bytes: Uint8Array, scheme: number): {signed: Uint8Array; authenticator: Uint8Array} {
	const end = bytes.length - (authenticatorBytes[scheme] ?? 0);
	return {signed: bytes.subarray(SIGNED_FROM, end), authenticator: bytes.subarray(end)};
}

/** A copy that goes another hop. */
export function readdress(bytes: Uint8Array, hopsLeft: number, via: number | undefined): Uint8Array {
	const copy = bytes.slice();
	copy[HOPS] = hopsLeft;
	writeU32(copy, VIA, via ?? 0, 'big');
	return copy;
}

/**
 * Reads all but the body, which only who has verified the authenticator should look at.
 *
 * Errors: DecodeError 'type' (none of ours) | 'version' | 'limit' (too long) | 'truncated' | 'range' (more hops than its
 *         origin gave it, or no node's number).
 */
export function decodeLetter(bytes: Uint8Array): Letter {
	if (bytes[0] !== MAGIC) throw new DecodeError('type', 'peer.magic', 0);
	if (bytes.length > PEER_BYTES_LIMIT) throw new DecodeError('limit', 'peer', PEER_BYTES_LIMIT);
	if (bytes.length < NUMBERS) throw new DecodeError('truncated', 'peer', bytes.length);
	if (bytes[SIGNED_FROM] !== VERSION) throw new DecodeError('version', 'peer.version', SIGNED_FROM);
	const shape = bytes[SIGNED_FROM + 1] as number;
	const [scheme, hopsLeft] = [shape >> 4, bytes[HOPS] as number];
	const reach = (shape & 15) === REACH_FAR ? FARTHEST_HOPS : shape & 15;
	const size = authenticatorBytes[scheme];
	if (size === undefined) throw new DecodeError('version', 'peer.scheme', SIGNED_FROM + 1);
	if (hopsLeft > reach) throw new DecodeError('range', 'peer.hopsLeft', HOPS);
	const end = bytes.length - size;
	const from = new VarintReader(bytes, NUMBERS, 'peer');
	const [epoch, seq] = [from.next(), from.next()];
	if (from.at >= end) throw new DecodeError('truncated', 'peer', from.at);
	const via = readU32(bytes, VIA, 'big');
	const origin = readU32(bytes, ORIGIN, 'big');
	if (origin === 0) throw new DecodeError('range', 'peer.origin', ORIGIN);
	const network = readU16(bytes, SIGNED_FROM + 2, 'big');
	const key = bytes[SIGNED_FROM + 4] as number;
	return {network, scheme, key, origin, epoch, seq, reach, hopsLeft, via: via === 0 ? undefined : via, bodyAt: from.at};
}

/** The body of a letter. Errors: DecodeError. */
export function decodeBody(bytes: Uint8Array, {bodyAt, scheme}: Letter): Body {
	return readBody(bytes.subarray(0, bytes.length - (authenticatorBytes[scheme] ?? 0)), bodyAt);
}
