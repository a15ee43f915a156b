// SPDX-License-Identifier: Apache-2.0
import {DUPLICATE, PARSE_ERROR, UciError} from './error.ts';
import {
	type ChangeKind,
	findOption,
	findSection,
	newPackage,
	newSection,
	type Package,
	putItem,
	putType,
	putValue,
	type Section,
} from './package.ts';
import {readPlain} from './plain.ts';
import {scan} from './scanner.ts';
import {isName, isType} from './text.ts';

export interface ParseOptions {
	/** Absent: true: the first error ends it. Else what can be read is. */
	readonly strict?: boolean;
	/** Every error passed over, where not strict. */
	readonly skipped?: (error: UciError) => void;
	/** Keeps where each statement stands, for edits that leave the rest alone. */
	readonly positions?: boolean;
}

/** Reads one configuration file. Errors: UciError PARSE_ERROR with line and byte, as the uci tool says them. */
export function parsePackage(bytes: Uint8Array, name: string, options: ParseOptions = {}): Package {
	if (options.positions || bytes.includes(0)) return read(bytes, options, name)[0] ?? newPackage(name);
	const pkg = newPackage(name);
	const start = readPlain(bytes, 0, pkg, undefined);
	if (start < bytes.length) read(bytes, options, name, undefined, {pkg, start});
	return pkg;
}

/**
 * Reads statements into a package, as `uci import -m` does; its changes are recorded.
 *
 * Errors: UciError; what was read before it stays in the package.
 */
export function mergeInto(pkg: Package, bytes: Uint8Array, options: ParseOptions = {}): void {
	read(bytes, options, pkg.name, pkg);
}

/** Reads several packages, each after its 'package' line. Errors: UciError. */
export function parsePackages(bytes: Uint8Array, options: ParseOptions = {}): Package[] {
	return read(bytes, options);
}

/**
 * Absent: without a name, lines 'package …' say it; with `merged`, all goes there and is recorded; with `begun`, it goes on
 * where plain lines ended, and those that follow are read as such again.
 */
function read(
	bytes: Uint8Array,
	options: ParseOptions,
	name?: string,
	merged?: Package,
	begun?: {readonly pkg: Package; readonly start: number},
): Package[] {
	const {strict = true, skipped, positions} = options;
	const scanner = scan(bytes);
	let current = merged ?? begun?.pkg;
	const packages: Package[] = current === undefined ? [] : [current];
	let section = begun?.pkg.sections.at(-1);

	function switchTo(packageName: string): Package {
		current = undefined;
		section = undefined;
		if (packages.some(pkg => pkg.name === packageName)) throw new UciError(DUPLICATE);
		current = newPackage(packageName);
		packages.push(current);
		return current;
	}

	function record(kind: ChangeKind, of: Section, option: string | undefined, value: string): void {
		if (merged?.hasDelta) merged.changes.push({kind, section: of.name, option, value});
	}

	function requiredWord(): string {
		return scanner.word() || scanner.fail('insufficient arguments');
	}

	function requireName(isGood: boolean, field = 'name'): void {
		if (!isGood) scanner.fail(`invalid character in ${field} field`);
	}

	function endStatement(): void {
		if (scanner.word() !== '' && strict) scanner.fail('too many arguments');
	}

	function readPackage(): void {
		const packageName = requiredWord();
		requireName(isName(packageName.replaceAll('-', '_')));
		endStatement();
		if (name === undefined) switchTo(packageName);
	}

	function readSection(start: number): void {
		const pkg = current ?? switchTo(name ?? scanner.fail('attempting to import a file without a package name'));
		scanner.passCommand('config without name');
		const type = requiredWord();
		requireName(isType(type), 'type');
		const sectionName = scanner.word();
		const end = scanner.wordEnd();
		if (sectionName !== '') requireName(isName(sectionName));
		endStatement();
		const found = findSection(pkg, sectionName);
		if (found !== undefined && strict && found.type !== type)
			scanner.fail('section of different type overwrites prior section with same name');
		section = found ?? newSection(pkg, type, sectionName || undefined);
		if (found === undefined || putType(found, type)) record(section.isAnonymous ? '+' : '', section, undefined, type);
		if (!positions) return;
		section.spans = [...(section.spans ?? []), {start, end}];
		section.end = end;
	}

	function readOption(start: number, isList: boolean): void {
		if (section === undefined) return scanner.fail('option/list command found before the first section');
		scanner.passCommand('option without name');
		const optionName = requiredWord();
		requireName(isName(optionName));
		const value = scanner.word();
		const end = scanner.wordEnd();
		endStatement();
		if (isList) putItem(section, optionName, value);
		if (isList || (value !== '' && putValue(section, optionName, value)))
			record(isList ? '|' : '', section, optionName, value);
		if (!positions) return;
		const option = findOption(section, optionName);
		if (option !== undefined) option.spans = [...(option.spans ?? []), {start, end}];
		section.end = end;
	}

	/** All statements of a line; a semicolon separates them. */
	function readLine(): void {
		scanner.skipSpace();
		for (;;) {
			const command = scanner.peekCommand();
			if (command === undefined || command[0] === '#') return;
			const start = scanner.wordEnd() - command.length;
			if (command === 'option' || command === 'o') readOption(start, false);
			else if (command === 'list' || command === 'l') readOption(start, true);
			else if (command === 'config' || command === 'c') readSection(start);
			else if (command === 'package' || command === 'p') {
				scanner.passCommand('package without name');
				readPackage();
			} else scanner.fail('invalid command');
		}
	}

	// Each time after twice as many other lines: a text is cut anew for it.
	let linesToPlain = 1;
	let linesRead = 0;
	if (begun !== undefined) scanner.skipTo(begun.start);
	while (scanner.nextLine()) {
		try {
			readLine();
		} catch (error) {
			if (!(error instanceof UciError) || error.code !== PARSE_ERROR || strict) throw error;
			skipped?.(error);
		}
		if (begun === undefined || ++linesRead < linesToPlain) continue;
		linesToPlain *= 2;
		linesRead = 0;
		const sections = begun.pkg.sections.length;
		scanner.skipTo(readPlain(bytes, scanner.nextAt(), begun.pkg, section));
		if (begun.pkg.sections.length > sections) section = begun.pkg.sections.at(-1);
	}
	return packages;
}
