// SPDX-License-Identifier: Apache-2.0
import {concatBytes} from '../../../src/core/bytes.ts';
import {decodeUtf8, encodeUtf8} from '../../../src/core/text.ts';
import type {PeerMessage} from '../../../src/model/peer.ts';
import type {Crypto} from '../../../src/port/port.ts';
import {key} from './record.ts';

// The same message as most would send it: JSON with an HMAC behind it, by the engine's own JSON, which is C.

const MAC_BYTES = 16;

export function encodeJson(crypto: Crypto, message: PeerMessage): Uint8Array {
	const text = encodeUtf8(JSON.stringify(message));
	return concatBytes([text, crypto.hmacSha256(key, text).subarray(0, MAC_BYTES)]);
}

export function decodeJson(crypto: Crypto, bytes: Uint8Array): PeerMessage | undefined {
	const text = bytes.subarray(0, bytes.length - MAC_BYTES);
	const wanted = crypto.hmacSha256(key, text);
	let difference = 0;
	for (let i = 0; i < MAC_BYTES; i++) difference |= (wanted[i] as number) ^ (bytes[text.length + i] as number);
	return difference === 0 ? (JSON.parse(decodeUtf8(text)) as PeerMessage) : undefined;
}
