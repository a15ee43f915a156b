// SPDX-License-Identifier: Apache-2.0
// Texts of the LuCI app and their translations: gettext's PO in the tree, LuCI's LMO on the router.

/** A text as it stands in the source, with its plural where it has one. */
export interface Message {
	readonly id: string;
	readonly plural?: string;
	/** One text for each form of the language; empty ones are not translated. */
	readonly texts: readonly string[];
	/** Files the text stands in. */
	readonly places?: readonly string[];
}

export interface Catalogue {
	/** As gettext writes it: `nplurals=2; plural=(n != 1);`. */
	readonly pluralForms: string;
	readonly messages: readonly Message[];
}

const literal = String.raw`('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`;
const single = new RegExp(String.raw`(?<![\w.])_\(\s*${literal}\s*,?\s*\)`, 'g');
const several = new RegExp(String.raw`(?<![\w.])N_\([^'"]*?,\s*${literal}\s*,\s*${literal}\s*,?\s*\)`, 'g');

/** The texts that TypeScript sources give to `_` and `N_`. */
export function messagesOf(sources: ReadonlyMap<string, string>): Message[] {
	const found = new Map<string, {plural?: string; places: Set<string>}>();
	const add = (path: string, id: string, plural?: string): void => {
		const entry = found.get(id) ?? {places: new Set<string>()};
		if (plural !== undefined) entry.plural = plural;
		entry.places.add(path);
		found.set(id, entry);
	};
	for (const [path, text] of sources) {
		for (const [, id = ''] of text.matchAll(single)) add(path, unquote(id));
		for (const [, id = '', plural = ''] of text.matchAll(several)) add(path, unquote(id), unquote(plural));
	}
	return [...found].map(([id, {plural, places}]) => ({
		id,
		...(plural === undefined ? {} : {plural}),
		texts: [],
		places: [...places].sort(),
	}));
}

function unquote(quoted: string): string {
	return quoted.slice(1, -1).replace(/\\(['"\\])/g, '$1');
}

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/** A PO file, or with no texts in the messages a template; always the same for the same messages. */
export function writePo({pluralForms, messages}: Catalogue): string {
	const head = ['msgid ""', 'msgstr ""', quote('Content-Type: text/plain; charset=UTF-8').replace(/"$/, '\\n"')];
	if (pluralForms !== '') head.push(quote(`Plural-Forms: ${pluralForms}`).replace(/"$/, '\\n"'));
	const ordered = [...messages].sort((a, b) => (a.id < b.id ? -1 : 1));
	const blocks = ordered.map(({id, plural, texts, places}) => [
		...(places ?? []).map(place => `#: ${place}`),
		`msgid ${quote(id)}`,
		...(plural === undefined
			? [`msgstr ${quote(texts[0] ?? '')}`]
			: [`msgid_plural ${quote(plural)}`, ...[0, 1].map(form => `msgstr[${form}] ${quote(texts[form] ?? '')}`)]),
	]);
	return `${[head, ...blocks].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

/** Reads what `writePo` writes, and PO files that translators' tools wrap into several lines a text. */
export function readPo(text: string): Catalogue {
	const messages: Message[] = [];
	let pluralForms = '';
	for (const block of text.split(/\n\s*\n/)) {
		const fields = new Map<string, string>();
		let field = '';
		for (const line of block.split('\n')) {
			const match = /^(?:(msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?"(.*)"\s*$/.exec(line);
			if (match === null) continue;
			field = match[1] ?? field;
			fields.set(field, (fields.get(field) ?? '') + (match[2] ?? ''));
		}
		const escaped = fields.get('msgid');
		if (escaped === undefined) continue;
		const read = (name: string): string => (fields.get(name) ?? '').replace(/\\(["\\])/g, '$1');
		if (escaped === '') {
			pluralForms = /Plural-Forms: (.*?)\\n/.exec(fields.get('msgstr') ?? '')?.[1] ?? '';
			continue;
		}
		const places = [...block.matchAll(/^#: (.+)$/gm)].map(([, place = '']) => place);
		messages.push({
			id: read('msgid'),
			...(fields.has('msgid_plural')
				? {plural: read('msgid_plural'), texts: [read('msgstr[0]'), read('msgstr[1]')]}
				: {texts: [read('msgstr')]}),
			...(places.length > 0 ? {places} : {}),
		});
	}
	return {pluralForms, messages};
}

/**
 * LuCI's catalogue for one language, as its po2lmo writes it.
 *
 * Shape:  the texts, each padded to 4 bytes; then 16 bytes an entry in the order of keys (key, form + 1, offset, length,
 *         big-endian); then the offset of the first entry. Key 0 is the plural rule. A plural's key ends in U+0002 and
 *         the form's number.
 * Absent: a text that is not translated, or whose translation has the text's own hash, has no entry.
 * Source: LuCI, modules/luci-base/src/{po2lmo.c,lib/lmo.h}.
 */
export function writeLmo({pluralForms, messages}: Catalogue): Uint8Array {
	const texts: Buffer[] = [];
	const entries: {key: number; value: number; offset: number; length: number}[] = [];
	let offset = 0;
	const add = (key: number, value: number, text: string): void => {
		const bytes = Buffer.from(text);
		const padded = Buffer.alloc((bytes.length + 3) & ~3);
		bytes.copy(padded);
		texts.push(padded);
		entries.push({key, value, offset, length: bytes.length});
		offset += padded.length;
	};
	if (pluralForms !== '') add(0, 0, pluralForms);
	for (const {id, plural, texts: translated} of messages)
		for (const [form, text] of translated.entries()) {
			if (text === '') continue;
			const key = hashOf(plural === undefined ? id : `${id}\u0002${form}`);
			if (key !== hashOf(text)) add(key, translated.length, text);
		}
	entries.sort((a, b) => a.key - b.key);
	const index = Buffer.alloc(entries.length * 16 + 4);
	for (const [i, {key, value, offset: at, length}] of entries.entries())
		for (const [word, number] of [key, value, at, length].entries()) index.writeUInt32BE(number, i * 16 + word * 4);
	index.writeUInt32BE(offset, entries.length * 16);
	return Buffer.concat([...texts, index]);
}

/**
 * The hash of a text under which LuCI looks for its translation.
 *
 * Source: Paul Hsieh, "SuperFastHash", begun with the text's length; trailing bytes are signed, as in `char`.
 */
export function hashOf(text: string): number {
	const bytes = new TextEncoder().encode(text);
	const pair = (at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
	const signed = (at: number): number => ((bytes[at] ?? 0) << 24) >> 24;
	const whole = bytes.length & ~3;
	let hash = bytes.length | 0;
	for (let at = 0; at < whole; at += 4) {
		hash = (hash + pair(at)) | 0;
		hash = (hash << 16) ^ (pair(at + 2) << 11) ^ hash;
		hash = (hash + (hash >>> 11)) | 0;
	}
	const rest = bytes.length - whole;
	if (rest === 3) {
		hash = (hash + pair(whole)) | 0;
		hash ^= hash << 16;
		hash ^= signed(whole + 2) << 18;
		hash = (hash + (hash >>> 11)) | 0;
	} else if (rest === 2) {
		hash = (hash + pair(whole)) | 0;
		hash ^= hash << 11;
		hash = (hash + (hash >>> 17)) | 0;
	} else if (rest === 1) {
		hash = (hash + signed(whole)) | 0;
		hash ^= hash << 10;
		hash = (hash + (hash >>> 1)) | 0;
	}
	hash ^= hash << 3;
	hash = (hash + (hash >>> 5)) | 0;
	hash ^= hash << 4;
	hash = (hash + (hash >>> 17)) | 0;
	hash ^= hash << 25;
	hash = (hash + (hash >>> 6)) | 0;
	return hash >>> 0;
}
