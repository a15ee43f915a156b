// SPDX-License-Identifier: Apache-2.0
import {encodeText} from './text.ts';

/** Where a statement stands in the bytes it was read from: `start` inclusive, `end` exclusive, without comment or line end. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

export interface Option {
	name: string;
	/** A list may be empty: then it is shown, but not written. */
	value: string | string[];
	/** Every statement that gave it a value. Absent: undefined where it was not read from a file. */
	spans?: Span[];
}

export interface Section {
	type: string;
	/** Of an anonymous section, the name that libuci makes up: cfg, counter, hash of the type. */
	name: string;
	isAnonymous: boolean;
	readonly options: Option[];
	/** Every 'config' statement of it; a file may open a section several times. */
	spans?: Span[];
	/** Where the last statement that belongs to it ends. */
	end?: number;
}

/** '+' adds an anonymous section, '-' removes, '' sets, '@' renames, '^' reorders, '|' adds to a list, '~' removes from it. */
export type ChangeKind = '+' | '-' | '' | '@' | '^' | '|' | '~';

/** One line of a delta file. */
export interface Change {
	readonly kind: ChangeKind;
	readonly section: string;
	readonly option?: string | undefined;
	readonly value?: string | undefined;
}

/** One configuration file with its changes. */
export interface Package {
	readonly name: string;
	readonly sections: Section[];
	/** How many sections were ever made, which names of anonymous ones carry. */
	sectionCount: number;
	/** Whether changes are kept beside the file until they are committed. */
	hasDelta: boolean;
	/** The file it is, for those that have one. */
	path?: string;
	/** Changes not saved yet. */
	changes: Change[];
	/** Changes saved and not committed, in their order; those that do not apply any more included. */
	readonly saved: Change[];
}

export function newPackage(name: string): Package {
	return {name, sections: [], sectionCount: 0, hasDelta: false, changes: [], saved: []};
}

export function findSection(pkg: Package, name: string): Section | undefined {
	const {sections} = pkg;
	// By index: the router's engine takes five times longer by iterator.
	for (let i = 0; i < sections.length; i++) if (sections[i]?.name === name) return sections[i];
	return undefined;
}

export function findOption(section: Section, name: string | undefined): Option | undefined {
	const {options} = section;
	for (let i = 0; i < options.length; i++) if (options[i]?.name === name) return options[i];
	return undefined;
}

/** Adds a section at the end. Absent: without a name it is anonymous. */
export function newSection(pkg: Package, type: string, name?: string): Section {
	const count = ++pkg.sectionCount;
	const section: Section = {
		type,
		name: name ?? anonymousName(count, type),
		isAnonymous: name === undefined,
		options: [],
	};
	pkg.sections.push(section);
	return section;
}

/** Changes a section's type. Answers whether it was another. */
export function putType(section: Section, type: string): boolean {
	if (section.type === type) return false;
	// libuci makes the section anew where the longer type does not fit, and then it has a name.
	if (section.type.length !== type.length) section.isAnonymous = false;
	section.type = type;
	return true;
}

/** Sets an option; one that is there keeps its place. Answers whether it had another value. */
export function putValue(section: Section, name: string, value: string): boolean {
	const found = findOption(section, name);
	if (found?.value === value) return false;
	if (found === undefined) section.options.push({name, value});
	else found.value = value;
	return true;
}

/** Adds an item to a list; an option that is none becomes one. */
export function putItem(section: Section, name: string | undefined, item: string): void {
	const found = findOption(section, name);
	if (found === undefined) section.options.push({name: name ?? '', value: [item]});
	else if (typeof found.value === 'string') found.value = [found.value, item];
	else found.value.push(item);
}

/** The end of an anonymous name, by its type: a package has few types and many sections. */
const typeEnds = /* @__PURE__ */ new Map<string, string>();
const TYPES_LIMIT = 64;

function anonymousName(count: number, type: string): string {
	let end = typeEnds.get(type);
	if (end === undefined) {
		end = typeEnd(type);
		if (typeEnds.size < TYPES_LIMIT) typeEnds.set(type, end);
	}
	return `cfg${hex(count, 2)}${end}`;
}

/** djb2 over the type, of which the name carries 16 bits. */
function typeEnd(type: string): string {
	let hash = 5381;
	for (const byte of encodeText(type)) hash = (hash * 33 + ((byte << 24) >> 24)) | 0; // a char of C, signed
	return hex(hash & 0xffff, 4);
}

function hex(value: number, width: number): string {
	return value.toString(16).padStart(width, '0');
}
