// SPDX-License-Identifier: Apache-2.0
import {
	ARRAY,
	type BlobValue,
	DOUBLE,
	INT8,
	INT16,
	INT32,
	INT64,
	STRING,
	TABLE,
	typed,
	UNSPEC,
} from '../../src/ubus-ts/blobmsg.ts';
import type {Field} from '../../src/ubus-ts/fields.ts';

// JSON as the ubus tool reads and prints it: whole numbers keep all their digits, others are doubles.

const digits: readonly bigint[] = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n, 12n, 13n, 14n, 15n];
const whitespace = ' \t\n\r';

/** Reads a JSON object for a call. Absent: undefined where the tool refuses it. */
export function readJsonTable(text: string): Readonly<Record<string, BlobValue>> | undefined {
	const reader = new JsonReader(text);
	try {
		const value = reader.value();
		const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
		return isTable && reader.isAtEnd ? (value as Readonly<Record<string, BlobValue>>) : undefined;
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

	get isAtEnd(): boolean {
		this.#skip();
		return this.#at === this.#text.length;
	}

	value(): BlobValue {
		this.#skip();
		const character = this.#text[this.#at] ?? '';
		if (character === '{') return this.#table();
		if (character === '[') return this.#array();
		if (character === '"') return this.#string();
		for (const [word, value] of [
			['true', true],
			['false', false],
			['null', null],
		] as const)
			if (this.#text.startsWith(word, this.#at)) {
				this.#at += word.length;
				return value;
			}
		return this.#number();
	}

	#skip(): void {
		while (this.#at < this.#text.length && whitespace.includes(this.#text.charAt(this.#at))) this.#at++;
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
			this.#skip();
			const name = this.#string();
			this.#require(':');
			table[name] = this.value();
		} while (this.#take(','));
		this.#require('}');
		return table;
	}

	#array(): BlobValue {
		const values: BlobValue[] = [];
		this.#require('[');
		if (this.#take(']')) return values;
		do values.push(this.value());
		while (this.#take(','));
		this.#require(']');
		return values;
	}

	#string(): string {
		const start = this.#at;
		this.#require('"');
		while (this.#text[this.#at] !== '"') {
			if (this.#at >= this.#text.length) throw new Error('open string');
			this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
		}
		this.#at++;
		return JSON.parse(this.#text.slice(start, this.#at)) as string;
	}

	#number(): BlobValue {
		const start = this.#at;
		while ('+-.0123456789eE'.includes(this.#text[this.#at] ?? ' ')) this.#at++;
		const word = this.#text.slice(start, this.#at);
		const number = JSON.parse(word) as number;
		if (word.includes('.') || word.includes('e') || word.includes('E')) return typed(DOUBLE, number);
		if (number === (number | 0)) return typed(INT32, number);
		let value = 0n;
		for (const digit of word) if (digit !== '-') value = value * 10n + (digits[Number(digit)] ?? 0n);
		return typed(INT64, word.startsWith('-') ? -value : value);
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
	if (value instanceof Uint8Array && type !== UNSPEC) return '';
	const key = isNameless || name === '' ? '' : `${quote(name)}:${style.isIndented ? ' ' : ''}`;
	return key + valueText(type, value, style, level);
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
	if (Math.abs(value) < 1e21) return value.toFixed(6);
	let whole = 0n;
	for (const digit of Math.abs(value).toString(16)) whole = whole * 16n + (digits[Number.parseInt(digit, 16)] ?? 0n);
	return `${value < 0 ? '-' : ''}${whole}.000000`;
}

function quote(text: string): string {
	// Two escapes of JSON that the tool does not know.
	return JSON.stringify(text).replaceAll('\\f', '\\u000c').replaceAll('\\u007f', '\u007f');
}
