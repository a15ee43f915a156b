// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from './errors.ts';

// TextEncoder and TextDecoder are part of Node and are native in the router's host, where they cost a copy.
const encoder = /* @__PURE__ */ new TextEncoder();
const lenient = /* @__PURE__ */ new TextDecoder();
const strict = /* @__PURE__ */ new TextDecoder('utf-8', {fatal: true});

// What agents on routers need of regular expressions: the engine's own would cost 85 KB of flash.
export const DECIMAL = '0123456789';
export const HEXADECIMAL = `${DECIMAL}abcdefABCDEF`;
export const NAME_CHARACTERS = `${DECIMAL}ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-`;

/** Whether every character of a text is one of `alphabet`; an empty text's are. */
export function isMadeOf(text: string, alphabet: string): boolean {
	return [...text].every(character => alphabet.includes(character));
}

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
