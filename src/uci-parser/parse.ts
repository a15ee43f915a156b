// SPDX-License-Identifier: Apache-2.0
import {DUPLICATE, PARSE_ERROR, UciError} from './error.ts';
import {addSection, addToList, set, type Target} from './operation.ts';
import {findOption, findSection, newPackage, type Package, type Section} from './package.ts';
import {Scanner} from './scanner.ts';
import {isName, isPackageName, isType} from './text.ts';

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
	const parser = new Parser(bytes, name, true, options);
	parser.run();
	return parser.current ?? newPackage(name);
}

/**
 * Reads statements into a package, as `uci import -m` does; its changes are recorded.
 *
 * Errors: UciError; what was read before it stays in the package.
 */
export function mergeInto(pkg: Package, bytes: Uint8Array, options: ParseOptions = {}): void {
	const parser = new Parser(bytes, pkg.name, true, options);
	parser.current = pkg;
	parser.isMerging = true;
	parser.run();
}

/** Reads several packages, each after its 'package' line. Errors: UciError. */
export function parsePackages(bytes: Uint8Array, options: ParseOptions = {}): Package[] {
	const parser = new Parser(bytes, undefined, false, options);
	parser.run();
	return parser.current === undefined ? parser.finished : [...parser.finished, parser.current];
}

class Parser {
	readonly finished: Package[] = [];
	current: Package | undefined;
	isMerging = false;
	#name: string | undefined;
	#section: Section | undefined;
	readonly #scanner: Scanner;
	readonly #isSingle: boolean;
	readonly #options: ParseOptions;

	constructor(bytes: Uint8Array, name: string | undefined, isSingle: boolean, options: ParseOptions) {
		this.#scanner = new Scanner(bytes);
		this.#name = name;
		this.#isSingle = isSingle;
		this.#options = options;
	}

	run(): void {
		const {strict = true, skipped} = this.#options;
		while (this.#scanner.nextLine()) {
			try {
				this.#line();
			} catch (error) {
				if (!(error instanceof UciError)) throw error;
				if (error.code !== PARSE_ERROR || strict) throw error;
				skipped?.(error);
			}
		}
	}

	/** All statements of a line; a semicolon separates them. */
	#line(): void {
		const scanner: Scanner = this.#scanner;
		scanner.skipSpace();
		for (;;) {
			const command = scanner.peekCommand();
			if (command === undefined || command[0] === '#') return;
			const start = scanner.wordEnd - command.length;
			if (command === 'option' || command === 'o') this.#option(start, false);
			else if (command === 'list' || command === 'l') this.#option(start, true);
			else if (command === 'config' || command === 'c') this.#config(start);
			else if (command === 'package' || command === 'p') this.#package();
			else scanner.fail('invalid command');
		}
	}

	#package(): void {
		const scanner: Scanner = this.#scanner;
		scanner.passCommand('package without name');
		const name = scanner.word();
		if (name === '') scanner.fail('insufficient arguments');
		if (!isPackageName(name)) scanner.fail('invalid character in name field');
		this.#endOfStatement();
		if (!this.#isSingle) this.#switchTo(name);
	}

	#config(start: number): void {
		const scanner: Scanner = this.#scanner;
		if (this.current === undefined) {
			if (this.#name === undefined) scanner.fail('attempting to import a file without a package name');
			this.#switchTo(this.#name);
		}
		const pkg = this.current as unknown as Package;
		scanner.passCommand('config without name');
		const type = scanner.word();
		if (type === '') scanner.fail('insufficient arguments');
		if (!isType(type)) scanner.fail('invalid character in type field');
		let end = scanner.wordEnd;
		const name = scanner.word();
		if (name !== '') {
			if (!isName(name)) scanner.fail('invalid character in name field');
			end = scanner.wordEnd;
		}
		this.#endOfStatement();
		if (name === '') this.#section = addSection(pkg, type, !this.isMerging);
		else {
			const found = findSection(pkg, name);
			if (found !== undefined && this.#options.strict !== false && found.type !== type)
				scanner.fail('section of different type overwrites prior section with same name');
			const target: Target = {
				packageName: pkg.name,
				section: name,
				value: type,
				isComplete: false,
				foundSection: found,
			};
			set(pkg, target, !this.isMerging);
			this.#section = target.foundSection;
		}
		const section = this.#section;
		if (this.#options.positions !== true || section === undefined) return;
		section.spans = [...(section.spans ?? []), {start, end}];
		section.end = end;
	}

	#option(start: number, isList: boolean): void {
		const scanner: Scanner = this.#scanner;
		const section = this.#section;
		if (section === undefined) scanner.fail('option/list command found before the first section');
		scanner.passCommand('option without name');
		const name = scanner.word();
		if (name === '') scanner.fail('insufficient arguments');
		if (!isName(name)) scanner.fail('invalid character in name field');
		const value = scanner.word();
		const end = scanner.wordEnd;
		this.#endOfStatement();
		const pkg = this.current as unknown as Package;
		const target: Target = {
			packageName: pkg.name,
			section: section.name,
			option: name,
			value,
			isComplete: false,
			foundSection: section,
			foundOption: findOption(section, name),
		};
		if (isList) addToList(pkg, target, !this.isMerging);
		else set(pkg, target, !this.isMerging);
		if (this.#options.positions !== true) return;
		const option = findOption(section, name);
		if (option !== undefined) option.spans = [...(option.spans ?? []), {start, end}];
		section.end = end;
	}

	#endOfStatement(): void {
		if (this.#scanner.word() !== '' && this.#options.strict !== false) this.#scanner.fail('too many arguments');
	}

	#switchTo(name: string): void {
		if (this.current !== undefined) this.finished.push(this.current);
		this.current = undefined;
		this.#section = undefined;
		if (this.finished.some(pkg => pkg.name === name)) throw new UciError(DUPLICATE);
		this.current = newPackage(name);
	}
}
