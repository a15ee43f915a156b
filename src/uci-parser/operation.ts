// SPDX-License-Identifier: Apache-2.0
import {INVALID_ARGUMENT, NOT_FOUND, PARSE_ERROR, UciError} from './error.ts';
import {
	type Change,
	type ChangeKind,
	findOption,
	findSection,
	newSection,
	type Option,
	type Package,
	putItem,
	putType,
	putValue,
	type Section,
} from './package.ts';
import {isName, isPackageName, isType, isValue} from './text.ts';

// The operations that the uci tool, delta files and the parser share: what each finds, refuses and records is libuci's.

/** What a text such as 'network.lan.proto=dhcp' points to. */
export interface Pointer {
	readonly packageName: string;
	section?: string | undefined;
	readonly option?: string | undefined;
	readonly value?: string | undefined;
}

/** A pointer looked up in a package. */
export interface Target extends Pointer {
	/** Everything it names is there. */
	isComplete: boolean;
	foundSection?: Section | undefined;
	foundOption?: Option | undefined;
}

/** Reads a pointer. Errors: UciError PARSE_ERROR. */
export function parsePointer(text: string): Pointer {
	const equals = text.indexOf('=');
	const [packageName = '', section, option, more] = (equals < 0 ? text : text.slice(0, equals)).split('.');
	const value = equals < 0 ? undefined : text.slice(equals + 1);
	const isGood =
		more === undefined &&
		isPackageName(packageName) &&
		(option === undefined || isName(option)) &&
		(value === undefined || isValue(value));
	if (!isGood) throw new UciError(PARSE_ERROR);
	return {packageName, section, option, value};
}

/** Finds what a pointer names; '@type[index]' counts sections of a type, from the end where negative. Errors: UciError. */
export function lookUp(pkg: Package, pointer: Pointer): Target {
	const target: Target = {...pointer, isComplete: false};
	const {section, option} = pointer;
	if (section !== undefined) {
		const found = isName(section) ? findSection(pkg, section) : findByIndex(pkg, section);
		if (found === undefined) return target;
		target.section = found.name;
		target.foundSection = found;
		if (option !== undefined) {
			target.foundOption = findOption(found, option);
			if (target.foundOption === undefined) return target;
		}
	}
	target.isComplete = true;
	return target;
}

function findByIndex(pkg: Package, text: string): Section | undefined {
	const open = text.indexOf('[');
	const close = text.indexOf(']', open);
	const type = text.slice(1, open);
	const index = readInteger(text.slice(open + 1, close));
	const isGood =
		text[0] === '@' && open > 0 && close === text.length - 1 && index !== undefined && (type === '' || isType(type));
	if (!isGood) throw new UciError(INVALID_ARGUMENT);
	const candidates = type === '' ? pkg.sections : pkg.sections.filter(section => section.type === type);
	return candidates[index < 0 ? index + candidates.length : index];
}

/** As strtol reads all of a text: blanks, a sign, digits. Absent: undefined for anything else; an empty text is 0. */
function readInteger(text: string): number | undefined {
	const digits = text.trimStart();
	const first = digits[0] === '-' || digits[0] === '+' ? 1 : 0;
	if (digits.length === first) return text === '' ? 0 : undefined;
	for (let at = first; at < digits.length; at++) {
		const code = digits.charCodeAt(at);
		if (code < 48 || code > 57) return undefined;
	}
	return Number(digits);
}

function record(
	pkg: Package,
	isInternal: boolean,
	kind: ChangeKind,
	section: string,
	option?: string,
	value?: string,
): void {
	if (!isInternal && pkg.hasDelta) pkg.changes.push({kind, section, option, value});
}

/** Makes an anonymous section. */
export function addSection(pkg: Package, type: string, isInternal = false): Section {
	const section = newSection(pkg, type);
	record(pkg, isInternal, '+', section.name, undefined, type);
	return section;
}

/** Sets an option, or makes a section or changes its type; an empty value removes. Errors: UciError INVALID_ARGUMENT. */
export function set(pkg: Package, target: Target, isInternal = false): void {
	const {section, option, value, foundSection} = target;
	const isGood =
		value !== undefined &&
		(foundSection !== undefined || (option === undefined && section !== undefined)) &&
		(option !== undefined || value === '' || isType(value));
	if (!isGood) throw new UciError(INVALID_ARGUMENT);
	if (value === '') {
		if (target.isComplete) remove(pkg, target, isInternal);
		return;
	}
	if (foundSection === undefined) target.foundSection = newSection(pkg, value, section);
	else if (!(option === undefined ? putType(foundSection, value) : putValue(foundSection, option, value))) return;
	record(pkg, isInternal, '', section ?? '', option, value);
}

/** Removes a section, an option, or with a value the list's item of that index. Errors: UciError. */
export function remove(pkg: Package, target: Target, isInternal = false): void {
	if (!target.isComplete) throw new UciError(NOT_FOUND);
	const {section = '', option, value, foundSection, foundOption} = target;
	if (foundSection === undefined) throw new UciError(INVALID_ARGUMENT);
	if (foundOption !== undefined && value && Array.isArray(foundOption.value)) {
		const index = leadingInteger(value);
		if (index === undefined || index < 0 || index >= foundOption.value.length) return;
		record(pkg, isInternal, '-', section, option, value);
		foundOption.value.splice(index, 1);
		return;
	}
	record(pkg, isInternal, '-', section, option);
	if (foundOption !== undefined) take(foundSection.options, foundOption);
	else take(pkg.sections, foundSection);
}

/** The number a text starts with, as sscanf reads it. Absent: undefined where it starts with none. */
export function leadingInteger(text: string): number | undefined {
	const value = Number.parseInt(text, 10);
	return Number.isNaN(value) ? undefined : value;
}

function take<T>(list: T[], item: T): void {
	const at = list.indexOf(item);
	if (at >= 0) list.splice(at, 1);
}

/** Adds an item to a list; an option that is none becomes one. Errors: UciError INVALID_ARGUMENT. */
export function addToList(pkg: Package, target: Target, isInternal = false): void {
	const {section = '', option, value, foundSection} = target;
	if (foundSection === undefined || value === undefined) throw new UciError(INVALID_ARGUMENT);
	putItem(foundSection, option, value);
	record(pkg, isInternal, '|', section, option, value);
}

/** Removes all items of a list that equal a value. Errors: UciError INVALID_ARGUMENT. */
export function removeFromList(pkg: Package, target: Target, isInternal = false): void {
	const {section = '', option, value, foundSection, foundOption} = target;
	if (foundSection === undefined || value === undefined) throw new UciError(INVALID_ARGUMENT);
	if (foundOption === undefined || typeof foundOption.value === 'string') return;
	record(pkg, isInternal, '~', section, option, value);
	foundOption.value = foundOption.value.filter(item => item !== value);
}

/** Errors: UciError. */
export function rename(pkg: Package, target: Target, isInternal = false): void {
	if (!target.isComplete) throw new UciError(NOT_FOUND);
	const {section = '', option, value, foundSection, foundOption} = target;
	if (foundSection === undefined || value === undefined) throw new UciError(INVALID_ARGUMENT);
	record(pkg, isInternal, '@', section, option, value);
	if (foundOption !== undefined) foundOption.name = value;
	else {
		foundSection.name = value;
		foundSection.isAnonymous = false;
	}
}

/** Moves a section to a position; one that stays where it is records nothing. Errors: UciError NOT_FOUND. */
export function reorder(pkg: Package, target: Target, isInternal = false): void {
	const {section = '', value, foundSection} = target;
	if (foundSection === undefined || value === undefined) throw new UciError(NOT_FOUND);
	const {sections} = pkg;
	const before = sections.indexOf(foundSection);
	const position = (leadingInteger(value) ?? 0) | 0;
	sections.splice(before, 1);
	const at = Math.min(Math.max(position, 0), sections.length);
	sections.splice(at, 0, foundSection);
	if (at !== before) record(pkg, isInternal, '^', section, undefined, `${position}`);
}

/** Does what a line of a delta file says. Errors: UciError where it does not apply any more. */
export function apply(pkg: Package, {kind, section, option, value}: Change): void {
	const target = lookUp(pkg, {packageName: pkg.name, section, option, value});
	switch (kind) {
		case '-':
			return remove(pkg, target, true);
		case '@':
			return rename(pkg, target, true);
		case '^':
			if (!target.isComplete) throw new UciError(NOT_FOUND);
			return reorder(pkg, target, true);
		case '|':
			return addToList(pkg, target, true);
		case '~':
			return removeFromList(pkg, target, true);
		default:
			set(pkg, target, true);
			if (kind === '+' && option === undefined && target.foundSection !== undefined)
				target.foundSection.isAnonymous = true;
	}
}
