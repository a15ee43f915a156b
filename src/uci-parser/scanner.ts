// SPDX-License-Identifier: Apache-2.0
import {PARSE_ERROR, UciError} from './error.ts';
import {decodeAscii, fromByteText, toByteText} from './text.ts';

// Words and quotes as libuci reads them, line by line. Where it reads in a buffer that it also writes to, the effects that a
// file can see are here too: what follows an unquoted word's semicolon is lost, a zero byte swallows the rest of its line.

const HASH = 35;
const SEMICOLON = 59;
const BACKSLASH = 92;
const DOUBLE = 34;
const SINGLE = 39;

// What a byte is, looked up: in the router's engine a call costs more than all else that is done with a byte.
const SPACE = 1;
/** Quotes, backslash, hash, semicolon, and the zero byte: they end a run of plain characters, as blanks do. */
const SPECIAL = 2;
const kinds = /* @__PURE__ */ kindsOfBytes();

function kindsOfBytes(): Uint8Array {
	const all = new Uint8Array(256);
	for (const byte of [9, 10, 11, 12, 13, 32]) all[byte] = SPACE;
	for (const byte of [0, SINGLE, DOUBLE, BACKSLASH, HASH, SEMICOLON]) all[byte] = SPECIAL;
	return all;
}

/** Reads a file's words. Its state is in variables of a closure: in the router's engine they cost a third of fields. */
export interface Scanner {
	/** What is read: the file, but for its zero bytes and what they hide. */
	readonly bytes: Uint8Array;
	/** Goes to the next line; false at the end of the file. */
	nextLine(): boolean;
	isAtEnd(): boolean;
	/** Errors: UciError PARSE_ERROR at where we are, always. */
	fail(reason: string): never;
	skipSpace(): void;
	/** The word that names a command, to the next blank; nothing is passed. Absent: undefined at the end. */
	peekCommand(): string | undefined;
	/** Goes behind the command just peeked and the blank after it. Errors: UciError where there is nothing more. */
	passCommand(reasonWithoutMore: string): void;
	/** The next word; empty at the end of the line or command. */
	word(): string;
	/** Where the last word ended; where there was none, the one before it. */
	wordEnd(): number;
	/** How many lines were read, and where the next one starts. */
	line(): number;
	nextAt(): number;
	/** Goes on reading somewhere else. */
	goTo(offset: number): void;
	/** Goes on behind lines that somebody else has read. */
	skipTo(offset: number): void;
}

export function scan(file: Uint8Array): Scanner {
	const bytes = file.includes(0) ? withoutZeroes(file) : file;
	const asciiText = decodeAscii(bytes);
	const text = asciiText ?? toByteText(bytes);
	/** Where we are, and where what was fetched ends for us. */
	let at = 0;
	let end = 0;
	/** Where the next line starts, and which offset is the current line's byte 0. */
	let next = 0;
	let base = 0;
	let line = 0;
	let wordEnd = 0;

	/** Reads a line to where we are; what was there (a line end after a backslash) is no longer counted. */
	function fetch(): boolean {
		if (next >= bytes.length) return false;
		base += next - at;
		at = next;
		next = bytes.indexOf(10, at) + 1;
		if (next > 0) line++;
		else next = bytes.length;
		end = next;
		return true;
	}

	function current(): number {
		return at < end ? (bytes[at] ?? 0) : 0;
	}

	function fail(reason: string): never {
		throw new UciError(PARSE_ERROR, reason, line, at - base);
	}

	function skipSpace(): void {
		while (at < end && kinds[bytes[at] ?? 0] === SPACE) at++;
	}

	/** Passes a backslash. False where it joins lines and nothing of it remains. */
	function passBackslash(): boolean {
		at++;
		const byte = current();
		const isLineEnd = byte === 10 || (byte === 13 && bytes[at + 1] === 10 && at + 2 === end);
		if (byte !== 0 && !isLineEnd) return true;
		if (!fetch()) end = at;
		return false;
	}

	/** What stands to the closing quote, over lines if need be. */
	function quoted(quote: number): string {
		let value = '';
		at++;
		for (;;) {
			let to = bytes.indexOf(quote, at);
			if (to < 0 || to > end) to = end;
			if (quote === DOUBLE) {
				const backslash = bytes.indexOf(BACKSLASH, at);
				if (backslash >= 0 && backslash < to) to = backslash;
			}
			value += text.slice(at, to);
			at = to;
			const byte = current();
			if (byte === quote) {
				at++;
				return value;
			}
			if (byte === BACKSLASH) {
				if (passBackslash()) value += text.charAt(at++);
			} else if (!fetch()) fail(`EOF with unterminated ${String.fromCharCode(quote)}`);
		}
	}

	function rawWord(): string {
		const start = at;
		let value = '';
		let isPlain = true;
		for (;;) {
			const byte = current();
			if (byte === HASH || byte === 0 || byte === SEMICOLON) {
				if (byte === SEMICOLON || at > start) wordEnd = at;
				// libuci's end of the word overwrites the semicolon where nothing was taken from the word.
				if (byte !== SEMICOLON || isPlain) end = at;
				return value;
			}
			if (byte === SINGLE || byte === DOUBLE) {
				isPlain = false;
				value += quoted(byte);
			} else if (byte === BACKSLASH) {
				isPlain = false;
				if (passBackslash()) value += text.charAt(at++);
			} else {
				const from = at;
				do at++;
				while (at < end && kinds[bytes[at] ?? 0] === 0);
				value += text.slice(from, at);
			}
			if (at >= end || kinds[bytes[at] ?? 0] === SPACE) break;
		}
		wordEnd = at;
		if (at < end) at++;
		return value;
	}

	return {
		bytes,
		fail,
		skipSpace,
		isAtEnd: () => at >= end,
		line: () => line,
		nextAt: () => next,
		wordEnd: () => wordEnd,
		goTo(offset) {
			next = offset;
		},
		skipTo(offset) {
			for (let i = bytes.indexOf(10, next); i >= 0 && i < offset; i = bytes.indexOf(10, i + 1)) line++;
			next = offset;
		},
		nextLine() {
			at = next;
			base = next;
			end = next;
			return fetch();
		},
		peekCommand() {
			let from = at;
			while (from < end && (bytes[from] === 32 || bytes[from] === 9)) from++;
			if (from >= end) return undefined;
			wordEnd = from;
			while (wordEnd < end && bytes[wordEnd] !== 32 && bytes[wordEnd] !== 9) wordEnd++;
			return text.slice(from, wordEnd);
		},
		passCommand(reason) {
			if (wordEnd >= next) fail(reason);
			at = wordEnd + 1;
		},
		word() {
			while (at < end && kinds[bytes[at] ?? 0] === SPACE) at++;
			const first = at < end ? (bytes[at] ?? 0) : 0;
			if (first === SEMICOLON) {
				at++;
				return '';
			}
			if (asciiText !== undefined) {
				// Nearly all words: in single quotes, or plain, and then a blank.
				let to = at;
				if (first === SINGLE) to = bytes.indexOf(SINGLE, at + 1);
				else while (to < end && kinds[bytes[to] ?? 0] === 0) to++;
				const from = first === SINGLE ? at + 1 : at;
				const after = first === SINGLE ? to + 1 : to;
				if (to >= from && after > at && after < end && kinds[bytes[after] ?? 0] === SPACE) {
					wordEnd = after;
					at = after + 1;
					return asciiText.slice(from, to);
				}
			}
			return asciiText === undefined ? fromByteText(rawWord()) : rawWord();
		},
	};
}

/** libuci reads with fgets into a buffer that doubles, and takes what was read for a C string. */
function withoutZeroes(bytes: Uint8Array): Uint8Array {
	const kept: number[] = [];
	let bufferBytes = 32;
	let filled = 0;
	for (let at = 0; at < bytes.length; ) {
		const lineEnd = bytes.indexOf(10, at) + 1 || bytes.length;
		const end = Math.min(at + bufferBytes - filled - 1, lineEnd);
		let to = at;
		while (to < end && bytes[to] !== 0) kept.push(bytes[to++] ?? 0);
		filled += to - at;
		if (to === at || (to === end && bytes[end - 1] === 10)) filled = 0;
		else bufferBytes *= 2;
		at = end;
	}
	return Uint8Array.from(kept);
}
