// SPDX-License-Identifier: Apache-2.0
import {newSection, type Package, putItem, putValue, type Section} from './package.ts';
import {decodeStrict, encodeText, isName, isPlainType} from './text.ts';

// Files are nearly always as libuci itself wrote them: every value in single quotes and nothing behind it. Such a text, cut at
// its quotes, is a value at every other place, and what stands between values is one of a few texts: a table knows them. In the
// router's engine that takes a fifth of reading word by word, which is left for all else.

/** What stands between two values: a line's end, sections without a name, and a statement up to its value. */
interface Between {
	/** Types of the anonymous sections, in their order. */
	readonly anonymous: readonly string[];
	readonly kind: 'option' | 'list' | 'config';
	/** Of the option; of the section, its type. */
	readonly name: string;
	/** Shared by all that name the same option: the number of the section in which it was seen last. */
	readonly use: {section: number};
}

const betweens = /* @__PURE__ */ new Map<string, Between>();
const uses = /* @__PURE__ */ new Map<string, Between['use']>();
const BETWEENS_LIMIT = 256;
const BETWEEN_LENGTH = 200;
/** Numbers the sections of all files. */
let sectionsRead = 0;

/**
 * Reads statements into a package from `from` on, as long as they are plain. Answers where the first line is that is not.
 *
 * Shape: `section` is the one that is open before; the last one of the package is open after, if there was any.
 */
export function readPlain(bytes: Uint8Array, from: number, pkg: Package, section: Section | undefined): number {
	// A byte order mark, which a decoder takes away, is an error to libuci.
	const text = bytes[from] === 0xef ? undefined : decodeStrict(from === 0 ? bytes : bytes.subarray(from));
	if (text === undefined) return from;
	const pieces = text.split("'");
	const names = new Set<string>();
	for (let i = 0; i < pkg.sections.length; i++) names.add((pkg.sections[i] as Section).name);
	let open = section;
	// What was in a section before is not counted as used in it.
	let isFresh = open === undefined;
	sectionsRead++;
	const begin = (type: string, name?: string): void => {
		open = newSection(pkg, type, name);
		names.add(open.name);
		isFresh = true;
		sectionsRead++;
	};
	let at = 0;
	let between = betweenOf(`\n${pieces[0]}`);
	while (between !== undefined && at + 2 < pieces.length) {
		const value = pieces[at + 1] as string;
		const following = pieces[at + 2] as string;
		const next = betweenOf(following);
		if (next === undefined && following.charCodeAt(0) !== LINE_END) break;
		const {anonymous, kind, name, use} = between;
		if (kind === 'config') {
			// One that is there already, or was just given such a name, may be of another type.
			const isKnown = names.has(value) || (anonymous.length > 0 && value.startsWith('cfg'));
			if (isKnown || (value !== '' && !isName(value))) break;
		} else if (open === undefined && anonymous.length === 0) break;
		for (let i = 0; i < anonymous.length; i++) begin(anonymous[i] as string);
		if (kind === 'config') begin(name, value || undefined);
		else if (isFresh && use.section !== sectionsRead) {
			if (kind === 'list') open?.options.push({name, value: [value]});
			else if (value !== '') open?.options.push({name, value});
			if (kind === 'list' || value !== '') use.section = sectionsRead;
		} else if (open !== undefined) {
			if (kind === 'list') putItem(open, name, value);
			else if (value !== '') putValue(open, name, value);
		}
		at += 2;
		between = next;
	}
	if (at === pieces.length - 1 && isBlank(pieces[at] as string)) return bytes.length;
	// All before this piece was read; it begins with the end of the last line, but for the first one.
	let stop = at === 0 ? 0 : 1;
	for (let i = 0; i < at; i++) stop += (pieces[i] as string).length + 1;
	return from + (text.length === bytes.length - from ? stop : encodeText(text.slice(0, stop)).length);
}

const LINE_END = 10;

function isBlank(text: string): boolean {
	for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== LINE_END) return false;
	return true;
}

/** Absent: undefined for what has to be read word by word. */
function betweenOf(text: string): Between | undefined {
	const known = betweens.get(text);
	if (known !== undefined || text.length > BETWEEN_LENGTH || text.charCodeAt(0) !== LINE_END) return known;
	const lines = text.split('\n');
	const last = lines.pop() ?? '';
	const anonymous: string[] = [];
	for (const line of lines) {
		if (line === '') continue;
		const type = line.slice(CONFIG.length);
		if (!line.startsWith(CONFIG) || !isPlainType(type)) return undefined;
		anonymous.push(type);
	}
	const kind = kindOf(last);
	const name = last.slice(last.indexOf(' ') + 1, -1);
	if (kind === undefined || !last.endsWith(' ') || !(kind === 'config' ? isPlainType(name) : isName(name)))
		return undefined;
	if (betweens.size >= BETWEENS_LIMIT) {
		betweens.clear();
		uses.clear();
	}
	const use = uses.get(name) ?? {section: 0};
	uses.set(name, use);
	const between: Between = {anonymous, kind, name, use};
	betweens.set(text, between);
	return between;
}

const CONFIG = 'config ';

function kindOf(line: string): Between['kind'] | undefined {
	if (line.startsWith('\toption ')) return 'option';
	if (line.startsWith('\tlist ')) return 'list';
	return line.startsWith(CONFIG) ? 'config' : undefined;
}
