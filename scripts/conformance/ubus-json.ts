// SPDX-License-Identifier: Apache-2.0
import {
	ARRAY,
	type BlobValue,
	DOUBLE,
	INT8,
	INT16,
	INT32,
	INT64,
	readText,
	STRING,
	TABLE,
	Typed,
	typed,
	UNSPEC,
} from '../../src/ubus-ts/blobmsg.ts';
import type {Field} from '../../src/ubus-ts/fields.ts';

// JSON as the ubus tool reads and prints it: whole numbers keep all their digits, others are doubles.

const digits: readonly bigint[] = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n, 12n, 13n, 14n, 15n];
const whitespace = ' \t\n\v\f\r';
const INT64_MAX = 9223372036854775807n;
/** Words that stand for a value, in letters of any case. */
const words: readonly (readonly [string, BlobValue])[] = [
	['true', true],
	['false', false],
	['null', null],
	['nan', typed(DOUBLE, Number.NaN)],
	['infinity', typed(DOUBLE, Number.POSITIVE_INFINITY)],
	['-infinity', typed(DOUBLE, Number.NEGATIVE_INFINITY)],
];
const escapes: Readonly<Record<string, string>> = {
	'"': '"',
	'\\': '\\',
	'/': '/',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
};

/**
 * Reads a JSON object for a call. As for the tool, a comma may be the last, quotes may be single, there may be comments,
 * and what follows the object does not count. Absent: undefined where the tool refuses it.
 */
export function readJsonTable(text: string): Readonly<Record<string, BlobValue>> | undefined {
	try {
		const value = new JsonReader(text).value();
		const isTable = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Typed);
		return isTable ? (value as Readonly<Record<string, BlobValue>>) : undefined;
	} catch {
		return undefined;
	}
}

class JsonReader {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	value(): BlobValue {
		this.#skip();
		const character = this.#text[this.#at] ?? '';
		if (character === '{') return this.#table();
		if (character === '[') return this.#array();
		if (character === '"' || character === "'") return this.#string();
		for (const [word, value] of words)
			if (this.#text.slice(this.#at, this.#at + word.length).toLowerCase() === word) {
				this.#at += word.length;
				return value;
			}
		return this.#number();
	}

	#skip(): void {
		for (;;) {
			while (this.#at < this.#text.length && whitespace.includes(this.#text.charAt(this.#at))) this.#at++;
			const isBlock = this.#text.startsWith('/*', this.#at);
			if (!isBlock && !this.#text.startsWith('//', this.#at)) return;
			const end = isBlock ? '*/' : '\n';
			const endAt = this.#text.indexOf(end, this.#at + 2);
			if (endAt < 0) throw new Error('open comment');
			this.#at = endAt + end.length;
		}
	}

	#take(expected: string): boolean {
		this.#skip();
		if (this.#text[this.#at] !== expected) return false;
		this.#at++;
		return true;
	}

	#require(expected: string): void {
		if (!this.#take(expected)) throw new Error(`no ${expected}`);
	}

	#table(): BlobValue {
		const table: Record<string, BlobValue> = {};
		this.#require('{');
		if (this.#take('}')) return table;
		do {
			const name = this.#string();
			this.#require(':');
			// Defined, not assigned: '__proto__' is a name as any other.
			Object.defineProperty(table, name, {value: this.value(), enumerable: true, configurable: true, writable: true});
		} while (this.#take(',') && !this.#isNext('}'));
		this.#require('}');
		return table;
	}

	#array(): BlobValue {
		const values: BlobValue[] = [];
		this.#require('[');
		if (this.#take(']')) return values;
		do values.push(this.value());
		while (this.#take(',') && !this.#isNext(']'));
		this.#require(']');
		return values;
	}

	#isNext(character: string): boolean {
		this.#skip();
		return this.#text[this.#at] === character;
	}

	#string(): string {
		const quoted = this.#isNext("'") ? "'" : '"';
		this.#require(quoted);
		let value = '';
		for (;;) {
			const character = this.#text[this.#at++];
			if (character === undefined) throw new Error('open string');
			if (character === quoted) break;
			value += character === '\\' ? this.#escape() : character;
		}
		// A text ends at its first zero byte, as in C; half a surrogate pair is no character.
		const end = value.indexOf('\0');
		return new TextDecoder().decode(new TextEncoder().encode(end < 0 ? value : value.slice(0, end)));
	}

	#escape(): string {
		const letter = this.#text[this.#at++] ?? '';
		if (letter !== 'u') {
			const character = escapes[letter];
			if (character === undefined) throw new Error(`no escape ${letter}`);
			return character;
		}
		this.#at += 4;
		return String.fromCharCode(JSON.parse(`"\\u${this.#text.slice(this.#at - 4, this.#at)}"`).charCodeAt(0));
	}

	#digits(): string {
		const start = this.#at;
		while ('0123456789'.includes(this.#text[this.#at] ?? ' ')) this.#at++;
		return this.#text.slice(start, this.#at);
	}

	#number(): BlobValue {
		const start = this.#at;
		if (this.#text[this.#at] === '-') this.#at++;
		const whole = this.#digits();
		if (whole === '') throw new Error('no value');
		const end = this.#at;
		if (this.#text[this.#at] === '.') {
			this.#at++;
			this.#digits();
		}
		if ((this.#text[this.#at] ?? ' ').toLowerCase() === 'e') {
			this.#at++;
			if ('+-'.includes(this.#text[this.#at] ?? ' ')) this.#at++;
			if (this.#digits() === '') throw new Error('no exponent');
		}
		const word = this.#text.slice(start, this.#at);
		if (this.#at > end) return typed(DOUBLE, Number(word));
		let value = 0n;
		for (const digit of whole) value = value * 10n + (digits[Number(digit)] ?? 0n);
		if (word.startsWith('-')) value = -value;
		if (value > INT64_MAX) value = INT64_MAX;
		else if (value < -INT64_MAX) value = -INT64_MAX - 1n;
		const number = Number(value);
		return number === (number | 0) ? typed(INT32, number) : typed(INT64, value);
	}
}

/** How the tool prints: indented in `ubus call`, on one line elsewhere; `list -v` writes numbers as names of types. */
export interface JsonStyle {
	readonly isIndented: boolean;
	readonly numbersAreTypes?: boolean;
}

const typeWords: Readonly<Record<number, string>> = {
	[INT8]: '"Boolean"',
	[INT32]: '"Integer"',
	[STRING]: '"String"',
	[ARRAY]: '"Array"',
	[TABLE]: '"Table"',
};

export function tableText(fields: readonly Field[], style: JsonStyle): string {
	return listText(fields, style, false, 1);
}

export function fieldText(field: Field, style: JsonStyle): string {
	return elementText(field, style, false, 1);
}

function listText(fields: readonly Field[], style: JsonStyle, isArray: boolean, level: number): string {
	const separator = (depth: number): string => (style.isIndented ? `\n${'\t'.repeat(depth)}` : '');
	const items = fields.map(field => elementText(field, style, isArray, level));
	const body = items.join(`,${separator(level)}`);
	return `${isArray ? '[' : '{'}${separator(level)}${body}${separator(level - 1)}${isArray ? ']' : '}'}`;
}

function elementText({name = '', type, value}: Field, style: JsonStyle, isNameless: boolean, level: number): string {
	// Of an element that is not what its type promises, the tool prints nothing, and the comma.
	const isText = value instanceof Uint8Array && type === STRING && value.at(-1) === 0;
	if (value instanceof Uint8Array && type !== UNSPEC && !isText) return '';
	const key = isNameless || name === '' ? '' : `${quote(name)}:${style.isIndented ? ' ' : ''}`;
	return key + valueText(type, isText ? readText(value, 0, value.indexOf(0)) : value, style, level);
}

function valueText(type: number, value: Field['value'], style: JsonStyle, level: number): string {
	if (type === INT32 && style.numbersAreTypes) return typeWords[value as number] ?? '"(unknown)"';
	if (typeof value === 'string') return quote(value);
	if (type === TABLE || type === ARRAY) return listText(value as readonly Field[], style, type === ARRAY, level + 1);
	if (type === INT8) return value === 0 ? 'false' : 'true';
	if (type === INT16 || type === INT32 || type === INT64) return `${value as number}`;
	return type === DOUBLE ? doubleText(value as number) : 'null';
}

/** As C prints '%lf': all digits, however large. */
function doubleText(value: number): string {
	if (Number.isNaN(value)) return 'nan';
	if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
	if (Math.abs(value) < 1e21) return `${Object.is(value, -0) ? '-' : ''}${value.toFixed(6)}`;
	let whole = 0n;
	for (const digit of Math.abs(value).toString(16)) whole = whole * 16n + (digits[Number.parseInt(digit, 16)] ?? 0n);
	return `${value < 0 ? '-' : ''}${whole}.000000`;
}

function quote(text: string): string {
	// Two escapes of JSON that the tool does not know.
	return JSON.stringify(text).replaceAll('\\f', '\\u000c').replaceAll('\\u007f', '\u007f');
}
