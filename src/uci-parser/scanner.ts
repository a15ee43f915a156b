// SPDX-License-Identifier: Apache-2.0
import {PARSE_ERROR, UciError} from './error.ts';
import {fromByteText, isAscii, toByteText} from './text.ts';

// Words and quotes as libuci reads them, line by line. Where it reads in a buffer that it also writes to, the effects that a
// file can see are here too: what follows an unquoted word's semicolon is lost, a zero byte swallows the rest of its line.

const HASH = 35;
const SEMICOLON = 59;
const BACKSLASH = 92;
const DOUBLE = 34;
const SINGLE = 39;

function isSpace(byte: number): boolean {
	return byte === 32 || (byte > 8 && byte < 14);
}

export class Scanner {
	readonly bytes: Uint8Array;
	readonly #text: string;
	readonly #isAscii: boolean;
	/** Where we are, and where what was fetched ends for us. */
	at = 0;
	#end = 0;
	/** Where the next line starts, and which offset is the current line's byte 0. */
	nextAt = 0;
	#base = 0;
	line = 0;
	/** Where the last word ended; where there was none, the one before it. */
	wordEnd = 0;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes.includes(0) ? withoutZeroes(bytes) : bytes;
		this.#isAscii = isAscii(this.bytes);
		this.#text = toByteText(this.bytes);
	}

	/** Goes to the next line; false at the end of the file. */
	nextLine(): boolean {
		this.at = this.nextAt;
		this.#base = this.nextAt;
		this.#end = this.nextAt;
		return this.#fetch();
	}

	get isAtEnd(): boolean {
		return this.at >= this.#end;
	}

	fail(reason: string): never {
		throw new UciError(PARSE_ERROR, reason, this.line, this.at - this.#base);
	}

	skipSpace(): void {
		while (isSpace(this.#current())) this.at++;
	}

	/** The word that names a command, to the next blank; `at` stays. Absent: undefined at the end. */
	peekCommand(): string | undefined {
		const {bytes} = this;
		let from = this.at;
		while (from < this.#end && (bytes[from] === 32 || bytes[from] === 9)) from++;
		if (from >= this.#end) return undefined;
		let to = from;
		while (to < this.#end && bytes[to] !== 32 && bytes[to] !== 9) to++;
		this.wordEnd = to;
		return this.#text.slice(from, to);
	}

	/** Goes behind the command just peeked and the blank after it. */
	passCommand(reasonWithoutMore: string): void {
		if (this.wordEnd >= this.nextAt) this.fail(reasonWithoutMore);
		this.at = this.wordEnd + 1;
	}

	/** The next word; empty at the end of the line or command. */
	word(): string {
		this.skipSpace();
		if (this.#current() === SEMICOLON) {
			this.at++;
			return '';
		}
		const text = this.#word();
		return this.#isAscii ? text : fromByteText(text);
	}

	#current(): number {
		return this.at < this.#end ? (this.bytes[this.at] ?? 0) : 0;
	}

	#word(): string {
		const {bytes} = this;
		const start = this.at;
		let text = '';
		let isPlain = true;
		do {
			const byte = this.#current();
			if (byte === SINGLE || byte === DOUBLE) {
				isPlain = false;
				text += byte === SINGLE ? this.#singleQuoted() : this.#doubleQuoted();
			} else if (byte === HASH || byte === 0) {
				if (this.at > start) this.wordEnd = this.at;
				this.#end = this.at;
				return text;
			} else if (byte === SEMICOLON) {
				this.wordEnd = this.at;
				// libuci's end of the word overwrites the semicolon where nothing was taken from the word.
				if (isPlain) this.#end = this.at;
				return text;
			} else if (byte === BACKSLASH) {
				isPlain = false;
				if (this.#escape()) text += this.#text[this.at++];
			} else {
				const from = this.at;
				let to = from + 1;
				while (to < this.#end && !isSpecial(bytes[to] ?? 0)) to++;
				this.at = to;
				text += this.#text.slice(from, to);
			}
		} while (this.at < this.#end && !isSpace(this.#current()));
		this.wordEnd = this.at;
		if (this.at < this.#end) this.at++;
		return text;
	}

	#singleQuoted(): string {
		this.at++;
		let text = '';
		for (;;) {
			const quote = this.bytes.indexOf(SINGLE, this.at);
			const isHere = quote >= 0 && quote < this.#end;
			const to = isHere ? quote : this.#end;
			text += this.#text.slice(this.at, to);
			this.at = isHere ? to + 1 : to;
			if (isHere) return text;
			if (!this.#fetch()) this.fail("EOF with unterminated '");
		}
	}

	#doubleQuoted(): string {
		this.at++;
		let text = '';
		for (;;) {
			const from = this.at;
			let to = from;
			while (to < this.#end && this.bytes[to] !== DOUBLE && this.bytes[to] !== BACKSLASH) to++;
			text += this.#text.slice(from, to);
			this.at = to;
			if (to >= this.#end) {
				if (!this.#fetch()) this.fail('EOF with unterminated "');
			} else if (this.bytes[to] === DOUBLE) {
				this.at++;
				return text;
			} else if (this.#escape()) text += this.#text[this.at++] ?? '';
		}
	}

	/** Passes a backslash. False where it joins lines and nothing of it remains. */
	#escape(): boolean {
		const at = ++this.at;
		const byte = this.#current();
		const isLineEnd = byte === 10 || (byte === 13 && this.bytes[at + 1] === 10 && at + 2 === this.#end);
		if (byte !== 0 && !isLineEnd) return true;
		if (this.nextAt < this.bytes.length) this.#fetch();
		else this.#end = at;
		return false;
	}

	/** Reads a line to where we are; what was there (a line end after a backslash) is no longer counted. */
	#fetch(): boolean {
		const start = this.nextAt;
		if (start >= this.bytes.length) return false;
		const end = this.bytes.indexOf(10, start) + 1;
		this.#base += start - this.at;
		this.at = start;
		this.nextAt = end === 0 ? this.bytes.length : end;
		this.#end = this.nextAt;
		if (end > 0) this.line++;
		return true;
	}
}

function isSpecial(byte: number): boolean {
	return (
		isSpace(byte) || byte === SINGLE || byte === DOUBLE || byte === BACKSLASH || byte === HASH || byte === SEMICOLON
	);
}

/** libuci reads with fgets into a buffer that doubles, and takes what was read for a C string. */
function withoutZeroes(bytes: Uint8Array): Uint8Array {
	const kept = new Uint8Array(bytes.length);
	let length = 0;
	let bufferBytes = 32;
	let filled = 0;
	for (let at = 0; at < bytes.length; ) {
		const lineEnd = bytes.indexOf(10, at) + 1;
		const end = Math.min(at + bufferBytes - filled - 1, lineEnd === 0 ? bytes.length : lineEnd);
		const zero = bytes.indexOf(0, at);
		const to = zero >= 0 && zero < end ? zero : end;
		kept.set(bytes.subarray(at, to), length);
		length += to - at;
		filled += to - at;
		const isLine = to === end && bytes[end - 1] === 10;
		if (isLine || to === at) filled = 0;
		else bufferBytes *= 2;
		at = end;
	}
	return kept.slice(0, length);
}
