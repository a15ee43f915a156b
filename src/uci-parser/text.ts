// SPDX-License-Identifier: Apache-2.0

// Configuration files are bytes, mostly UTF-8. A text here is UTF-8 decoded; one that is not UTF-8 keeps each byte above 127 as
// U+DC00 + byte (a lone surrogate, which no UTF-8 gives), so that every file can be written back exactly.

const strict = /* @__PURE__ */ new TextDecoder('utf-8', {fatal: true});
const encoder = /* @__PURE__ */ new TextEncoder();
const CHUNK = 4096;

/** One character a byte. */
export function toByteText(bytes: Uint8Array): string {
	let text = '';
	for (let at = 0; at < bytes.length; at += CHUNK)
		text += String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK) as unknown as number[]);
	return text;
}

/** Absent: undefined where it is not UTF-8. A byte order mark in front is taken away. */
export function decodeStrict(bytes: Uint8Array): string | undefined {
	try {
		return strict.decode(bytes);
	} catch {
		return undefined;
	}
}

/** The text of bytes none of which is above 127: only then has UTF-8 as many characters as bytes. Absent: undefined else. */
export function decodeAscii(bytes: Uint8Array): string | undefined {
	const text = decodeStrict(bytes);
	return text?.length === bytes.length ? text : undefined;
}

export function fromByteText(byteText: string): string {
	// The character in front keeps a decoder from taking a byte order mark away.
	const bytes = new Uint8Array(byteText.length + 1);
	bytes[0] = 32;
	for (let i = 0; i < byteText.length; i++) bytes[i + 1] = byteText.charCodeAt(i);
	try {
		return strict.decode(bytes).slice(1);
	} catch {
		let text = '';
		for (const byte of bytes.subarray(1)) text += String.fromCharCode(byte > 127 ? 0xdc00 + byte : byte);
		return text;
	}
}

export function encodeText(text: string): Uint8Array {
	const bytes = encoder.encode(text);
	if (bytes.length === text.length) return bytes;
	// What is no UTF-8 is put back byte by byte, and the texts between as they are.
	const out: number[] = [];
	let from = 0;
	for (let i = 0; i <= text.length; i++) {
		const code = i < text.length ? text.charCodeAt(i) : 0xdc80;
		const before = i > 0 ? text.charCodeAt(i - 1) : 0;
		const isByte = code >= 0xdc80 && code <= 0xdcff && (i === text.length || before < 0xd800 || before > 0xdbff);
		if (!isByte) continue;
		for (const byte of encoder.encode(text.slice(from, i))) out.push(byte);
		if (i < text.length) out.push(code - 0xdc00);
		from = i + 1;
	}
	return Uint8Array.from(out);
}

const NAME = 1;
const TYPE = 2;
const VALUE = 4;
const kinds = /* @__PURE__ */ kindsOfCodes();

/** What may stand where, for each ASCII character. */
function kindsOfCodes(): Uint8Array {
	const all = new Uint8Array(128).fill(VALUE, 32);
	for (const code of [9, 10, 13]) all[code] = VALUE;
	for (let code = 33; code < 127; code++) {
		const isLetter = (code > 96 && code < 123) || (code > 64 && code < 91);
		all[code] = isLetter || (code > 47 && code < 58) || code === 95 ? VALUE | TYPE | NAME : VALUE | TYPE;
	}
	return all;
}

function isMadeOf(text: string, kind: number): boolean {
	for (let i = 0; i < text.length; i++) if (((kinds[text.charCodeAt(i)] ?? VALUE) & kind) === 0) return false;
	return text !== '';
}

// Files say the same few names again and again, and judging one takes a call a character.
const names = /* @__PURE__ */ new Set<string>();
const NAMES_LIMIT = 64;

/** libuci's rule for names of sections and options, which shell variables are made of. */
export function isName(text: string): boolean {
	if (names.has(text)) return true;
	const isGood = isMadeOf(text, NAME);
	if (isGood && names.size < NAMES_LIMIT) names.add(text);
	return isGood;
}

/** Types may hold any printable ASCII character but the space. */
export function isType(text: string): boolean {
	return isMadeOf(text, TYPE);
}

/** A type that stands in a file without quotes. */
export function isPlainType(text: string): boolean {
	if (!isType(text)) return false;
	for (let i = 0; i < text.length; i++) if ('\'"\\#;'.includes(text.charAt(i))) return false;
	return true;
}

/** A value given from outside holds no control characters but tab and line ends. */
export function isValue(text: string): boolean {
	return text === '' || isMadeOf(text, VALUE);
}

/** A package's name may hold what a type may, for libuci. */
export const isPackageName = isType;
