// SPDX-License-Identifier: Apache-2.0
import {
	changesText,
	exportText,
	lookUp,
	mergeInto,
	NOT_FOUND,
	optionLine,
	PARSE_ERROR,
	type Package,
	type ParseOptions,
	packageText,
	parsePointer,
	sectionText,
	UciError,
	type UciFiles,
	UciFolder,
	valueText,
} from '../../src/uci-parser/index.ts';
import {
	addSection,
	addToList,
	leadingInteger,
	remove,
	removeFromList,
	rename,
	reorder,
	set,
	type Target,
} from '../../src/uci-parser/operation.ts';
import {type Scanner, scan} from '../../src/uci-parser/scanner.ts';
import {readArguments, type UciOptions} from './uci-options.ts';
import {usage} from './uci-usage.ts';

// The uci tool's command line over the library, so that recorded calls can be played. What is the tool's and not the
// library's is here: options, messages, exit codes, and that its static message buffer is never emptied.

export interface CommandResult {
	readonly exit: number;
	readonly stdout: string;
	readonly stderr: string;
}

const NOT_UNDERSTOOD = 255;
const END_OF_BATCH = 254;
const WORDS_LIMIT = 4;

const packageCommands = ['show', 'changes', 'export', 'commit'];
const operations: Readonly<Record<string, (pkg: Package, target: Target) => void>> = {
	set,
	del: remove,
	delete: remove,
	add_list: addToList,
	del_list: removeFromList,
	ren: rename,
	rename,
	reorder,
};

/** Runs one call of the tool. `argv` is without the program's name. */
export function runUci(files: UciFiles, argv: readonly string[], stdin: Uint8Array): CommandResult {
	const {options, words, complaint, hasTwoInputs} = readArguments(argv);
	const refused = (stderr: string, exit: number): CommandResult => ({exit, stdout: '', stderr});
	if (hasTwoInputs) return refused('Too many input files.\n', 1);
	const input = options.input === undefined ? stdin : files.read(options.input);
	if (input === undefined) return refused(options.isQuiet ? '' : 'uci: No such file or directory', 1);
	if (complaint !== undefined) return refused(complaint + usage, 0);
	if (words.length === 0) return refused(usage, 0);
	const tool = new UciTool(files, options, input);
	const exit = tool.run(words);
	if (exit === NOT_UNDERSTOOD) tool.stderr += usage;
	return {exit, stdout: tool.stdout, stderr: tool.stderr};
}

class UciTool {
	stdout = '';
	stderr = '';
	/** What the tool's static buffer holds: positions of the last parse error, and a line end for every message so far. */
	#info = '';
	#batch: Scanner | undefined;
	/** Lines of the batch that were read before the tool last forgot how it reads. */
	#batchLines = 0;
	readonly #folder: UciFolder;
	readonly #parseOptions: ParseOptions;
	readonly #options: UciOptions;
	readonly #input: Uint8Array;

	constructor(files: UciFiles, options: UciOptions, input: Uint8Array) {
		this.#options = options;
		this.#input = input;
		this.#parseOptions = {
			strict: options.isStrict,
			skipped: error => {
				if (options.tellsSkipped) this.#print('', error);
			},
		};
		this.#folder = new UciFolder(files, options, this.#parseOptions);
	}

	run(words: readonly string[]): number {
		const command = (words[0] ?? '').toLowerCase();
		if (command === 'batch' && this.#batch === undefined) return this.#runBatch();
		if (packageCommands.includes(command)) return this.#packageCommand(command, words);
		if (command === 'get' || command === 'revert' || Object.hasOwn(operations, command))
			return this.#sectionCommand(command, words);
		if (command === 'import') return this.#import(words);
		if (command === 'add') return this.#add(words);
		if (command !== 'help') return NOT_UNDERSTOOD;
		this.stderr += usage;
		return 0;
	}

	#runBatch(): number {
		const scanner = scan(this.#input);
		this.#batch = scanner;
		while (scanner.nextAt() < scanner.bytes.length) {
			const exit = this.#batchCommand(scanner);
			if (exit === END_OF_BATCH) return 0;
			if (exit === NOT_UNDERSTOOD) this.#complain('Unknown command\n');
		}
		this.#batch = undefined;
		return 0;
	}

	#batchCommand(scanner: Scanner): number {
		scanner.nextLine();
		const words: string[] = [];
		try {
			for (let word = scanner.word(); word !== ''; word = scanner.word()) {
				if (words.push(word) < WORDS_LIMIT) continue;
				this.#complain('Too many arguments\n');
				return 1;
			}
		} catch (error) {
			this.#fail(error, true);
			return 0;
		}
		const [command] = words;
		if (command === undefined) return 0;
		if (command.toLowerCase() === 'exit') return END_OF_BATCH;
		return this.run(words);
	}

	/** A load makes the tool forget where it was in the batch's lines, unless there is no such file. */
	#load(name: string): Package {
		try {
			const pkg = this.#folder.load(name);
			this.#forgetLines();
			return pkg;
		} catch (error) {
			if (error instanceof UciError && error.code !== NOT_FOUND) this.#forgetLines();
			throw error;
		}
	}

	#forgetLines(): void {
		this.#batchLines = this.#batch?.line() ?? 0;
	}

	#packageCommand(command: string, words: readonly string[]): number {
		if (words.length > 2) return NOT_UNDERSTOOD;
		const [, pointer] = words;
		if (pointer !== undefined) return this.#onPackage(command, pointer);
		let names: string[];
		try {
			names = this.#folder.list();
		} catch (error) {
			this.#fail(error);
			return 1;
		}
		for (const name of names) this.#onPackage(command, name);
		return 0;
	}

	#onPackage(command: string, pointer: string): number {
		try {
			const parsed = parsePointer(pointer);
			const pkg = this.#load(parsed.packageName);
			const target = lookUp(pkg, parsed);
			const {delimiter, names, isExtended} = this.#options;
			if (command === 'changes') this.stdout += changesText(pkg.name, pkg.saved);
			else if (command === 'export') this.stdout += exportText(pkg, {header: true, names});
			else if (command === 'commit') {
				if (this.#options.commits) this.#folder.commit(parsed.packageName);
			} else if (!target.isComplete) throw new UciError(NOT_FOUND);
			else if (target.foundSection === undefined) this.stdout += packageText(pkg, delimiter, isExtended);
			else if (target.foundOption === undefined) this.stdout += sectionText(pkg, target.foundSection, delimiter);
			else this.stdout += `${optionLine(pkg, target.foundSection.name, target.foundOption, delimiter)}\n`;
			return 0;
		} catch (error) {
			this.#fail(error);
			return 1;
		}
	}

	#sectionCommand(command: string, words: readonly string[]): number {
		const [, pointer] = words;
		if (pointer === undefined || words.length !== 2) return NOT_UNDERSTOOD;
		try {
			const parsed = parsePointer(pointer);
			const pkg = this.#load(parsed.packageName);
			const target = lookUp(pkg, parsed);
			if (target.value !== undefined && !Object.hasOwn(operations, command)) return 1;
			if (command === 'get') {
				if (!target.isComplete) throw new UciError(NOT_FOUND);
				const {foundOption, foundSection} = target;
				if (foundOption !== undefined) this.stdout += `${valueText(foundOption, this.#options.delimiter)}\n`;
				else if (foundSection !== undefined) this.stdout += `${foundSection.type}\n`;
				return 0;
			}
			if (command === 'revert') {
				this.#revert(pointer);
				return 0;
			}
			if (isRemove(command) && target.value && leadingInteger(target.value) === undefined) return 1;
			operations[command]?.(pkg, target);
			this.#folder.save(pkg);
			return 0;
		} catch (error) {
			this.#fail(error);
			return 1;
		}
	}

	/** What goes wrong here the tool keeps to itself. */
	#revert(pointer: string): void {
		try {
			this.#folder.revert(pointer);
		} catch (error) {
			if (!(error instanceof UciError)) throw error;
		}
	}

	#import(words: readonly string[]): number {
		const [, name] = words;
		const {isMerging} = this.#options;
		if (words.length > 2 || (name === undefined && isMerging)) return NOT_UNDERSTOOD;
		const batch = this.#batch;
		const rest = batch === undefined ? this.#input : this.#input.subarray(batch.nextAt());
		this.#forgetLines();
		try {
			const known = name !== undefined && isMerging ? this.#loadQuietly(name) : undefined;
			if (known === undefined) this.#folder.import(rest, name);
			else {
				mergeInto(known, rest, this.#parseOptions);
				this.#folder.save(known);
			}
			if (batch !== undefined) batch.goTo(batch.bytes.length);
			return 0;
		} catch (error) {
			// The lines behind the one that failed are the batch's again.
			if (batch !== undefined && error instanceof UciError)
				for (let line = 0; line < error.line; line++)
					batch.goTo(batch.bytes.indexOf(10, batch.nextAt()) + 1 || batch.bytes.length);
			this.#fail(error);
			return 1;
		}
	}

	#loadQuietly(name: string): Package | undefined {
		try {
			return this.#folder.load(name);
		} catch {
			return undefined;
		}
	}

	#add(words: readonly string[]): number {
		const [, name = '', type = ''] = words;
		if (words.length !== 3) return NOT_UNDERSTOOD;
		try {
			const pkg = this.#load(name);
			const section = addSection(pkg, type);
			this.#folder.save(pkg);
			this.stdout += `${section.name}\n`;
			return 0;
		} catch (error) {
			this.#fail(error);
			return error instanceof UciError ? error.code : 1;
		}
	}

	#complain(text: string): void {
		if (!this.#options.isQuiet) this.stderr += text;
	}

	#fail(error: unknown, isOfBatch = false): void {
		if (!(error instanceof UciError)) throw error;
		const {tellsSkipped, isStrict, isQuiet} = this.#options;
		if (tellsSkipped && isStrict && error.reason !== undefined && !isOfBatch) this.#print('', error);
		if (!isQuiet) this.#print('uci: ', error, isOfBatch);
	}

	#print(prefix: string, {code, reason, line, byte}: UciError, isOfBatch = false): void {
		const lines = (this.#batch?.line() ?? 0) - this.#batchLines;
		if (code === PARSE_ERROR && reason !== undefined)
			this.#info = ` (${reason}) at line ${isOfBatch ? lines : line}, byte ${byte}`;
		else if (code === PARSE_ERROR && this.#batch !== undefined) this.#info = ` (unknown) at line ${lines}, byte 0`;
		this.#info = `${this.#info}\n`;
		this.stderr += `${prefix}${new UciError(code).message}${this.#info}`;
	}
}

function isRemove(command: string): boolean {
	return command === 'del' || command === 'delete';
}
