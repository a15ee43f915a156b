// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from './errors.ts';

// TextEncoder and TextDecoder are part of Node and are native in the router's host, where they cost a copy.
const encoder = new TextEncoder();
const lenient = new TextDecoder();
const strict = new TextDecoder('utf-8', {fatal: true});

export function encodeUtf8(text: string): Uint8Array {
	return encoder.encode(text);
}

/** Reads UTF-8 for display: what is not valid becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
	return lenient.decode(bytes);
}

/** Reads UTF-8 that a peer promised. Errors: DecodeError 'syntax'. */
export function decodeUtf8Strict(bytes: Uint8Array, path: string): string {
	try {
		return strict.decode(bytes);
	} catch {
		throw new DecodeError('syntax', path, 0, 'not UTF-8');
	}
}
