// SPDX-License-Identifier: Apache-2.0
import {INVALID_ARGUMENT, NOT_FOUND, UciError} from './error.ts';
import {escaped} from './export.ts';
import {findOption, findSection, type Package, type Section, type Span} from './package.ts';
import {parsePackage} from './parse.ts';
import {encodeText, isName, isType, isValue} from './text.ts';

const LINE_END = 10;

/**
 * A configuration file being edited by hand, so to speak: what an edit does not touch stays byte for byte, comments, blank lines
 * and quotes included. `uci commit` cannot do that; it writes everything anew.
 *
 * Errors: UciError PARSE_ERROR for a file that libuci would refuse, INVALID_ARGUMENT for names and values it would.
 */
export class UciDocument {
	#bytes: Uint8Array;
	#package: Package;
	readonly #name: string;

	constructor(bytes: Uint8Array, name: string) {
		// A zero byte hides part of the file from libuci, and positions would be of what it sees.
		if (bytes.includes(0)) throw new UciError(INVALID_ARGUMENT);
		this.#name = name;
		this.#bytes = bytes;
		this.#package = parsePackage(bytes, name, {positions: true});
	}

	get bytes(): Uint8Array {
		return this.#bytes;
	}

	get package(): Package {
		return this.#package;
	}

	/** Sets an option, or all items of a list; an empty text removes it. `section` is its name, cfg… for anonymous ones. */
	set(section: string, option: string, value: string | readonly string[]): void {
		const found = this.#section(section);
		const values = typeof value === 'string' ? [value] : value;
		if (!isName(option) || !values.every(isValue)) throw new UciError(INVALID_ARGUMENT);
		const known = findOption(found, option);
		if (values.length === 0 || value === '') {
			if (known !== undefined) this.#removeAll(known.spans ?? []);
			return;
		}
		const keyword = typeof value === 'string' ? 'option' : 'list';
		const statements = values.map(each => `${keyword} ${option} '${escaped(each)}'`);
		const [first, ...others] = known?.spans ?? [];
		if (first === undefined) {
			this.#insertLines(found.end ?? 0, statements.map(statement => `\t${statement}\n`).join(''));
			return;
		}
		// Those behind it first: the offset of the first one stays.
		this.#removeAll(others);
		this.#splice(first.start, first.end, encodeText(statements.join('\n\t')));
	}

	/** Adds a section at the end. Absent: without a name it is anonymous; the name that it gets is answered. */
	addSection(type: string, name?: string): string {
		const isGood =
			isType(type) && (name === undefined || (isName(name) && findSection(this.#package, name) === undefined));
		if (!isGood) throw new UciError(INVALID_ARGUMENT);
		const {length} = this.#bytes;
		const gap = length === 0 || this.#endsWithBlankLine() ? '' : '\n';
		const named = name === undefined ? '' : ` '${name}'`;
		this.#insertLines(length, `${gap}config ${quotedType(type)}${named}\n`);
		return this.#package.sections.at(-1)?.name ?? '';
	}

	/** Removes a section with all its options. Comments between them stay. */
	removeSection(section: string): void {
		const found = this.#section(section);
		this.#removeAll([...(found.spans ?? []), ...found.options.flatMap(({spans = []}) => spans)]);
	}

	#section(name: string): Section {
		const found = findSection(this.#package, name);
		if (found === undefined) throw new UciError(NOT_FOUND);
		return found;
	}

	#endsWithBlankLine(): boolean {
		const {length} = this.#bytes;
		return this.#bytes[length - 1] === LINE_END && (length === 1 || this.#bytes[length - 2] === LINE_END);
	}

	/** Puts whole lines behind the line on which `at` is. */
	#insertLines(at: number, lines: string): void {
		const lineEnd = at === 0 ? 0 : this.#bytes.indexOf(LINE_END, at - (at === this.#bytes.length ? 1 : 0)) + 1;
		const isOpen = at > 0 && lineEnd === 0;
		const to = isOpen ? this.#bytes.length : lineEnd;
		this.#splice(to, to, encodeText(isOpen ? `\n${lines}` : lines));
	}

	#removeAll(spans: readonly Span[]): void {
		const backwards = [...spans].sort((a, b) => b.start - a.start);
		let bytes = this.#bytes;
		for (const {start, end} of backwards) bytes = without(bytes, start, end);
		this.#replace(bytes);
	}

	#splice(start: number, end: number, added: Uint8Array): void {
		this.#replace(spliced(this.#bytes, start, end, added));
	}

	#replace(bytes: Uint8Array): void {
		this.#package = parsePackage(bytes, this.#name, {positions: true});
		this.#bytes = bytes;
	}
}

/** Types may hold what is special elsewhere; the usual ones stand as libuci writes them. */
function quotedType(type: string): string {
	return isName(type.replaceAll('-', '_')) ? type : `'${escaped(type)}'`;
}

function spliced(bytes: Uint8Array, start: number, end: number, added: Uint8Array): Uint8Array {
	const out = new Uint8Array(bytes.length - (end - start) + added.length);
	out.set(bytes.subarray(0, start));
	out.set(added, start);
	out.set(bytes.subarray(end), start + added.length);
	return out;
}

/** Cuts a statement: with its line where it is alone there or a comment follows, else with the semicolon behind it. */
function without(bytes: Uint8Array, start: number, end: number): Uint8Array {
	let from = start;
	while (from > 0 && isBlank(bytes[from - 1])) from--;
	let to = end;
	while (to < bytes.length && isBlank(bytes[to])) to++;
	const startsLine = from === 0 || bytes[from - 1] === LINE_END;
	if (bytes[to] === 59) return spliced(bytes, start, to + 1, new Uint8Array(0));
	if (!startsLine) return spliced(bytes, start, end, new Uint8Array(0));
	const lineEnd = bytes.indexOf(LINE_END, to) + 1;
	return spliced(bytes, from, lineEnd === 0 ? bytes.length : lineEnd, new Uint8Array(0));
}

function isBlank(byte: number | undefined): boolean {
	return byte === 32 || byte === 9 || byte === 13;
}
