// SPDX-License-Identifier: Apache-2.0
import {applyDelta, withoutChanges} from './delta.ts';
import {INVALID_ARGUMENT, IO_ERROR, NOT_FOUND, UciError} from './error.ts';
import {changeLine, exportPackage} from './export.ts';
import {
	addSection,
	addToList,
	lookUp,
	parsePointer,
	remove,
	removeFromList,
	rename,
	reorder,
	set,
	type Target,
} from './operation.ts';
import type {Change, Package} from './package.ts';
import {mergeInto, type ParseOptions, parsePackage, parsePackages} from './parse.ts';
import {encodeText, isPackageName} from './text.ts';

/** All the library asks of a file system. */
export interface UciFiles {
	/** Absent: undefined when there is no such file. */
	read(path: string): Uint8Array | undefined;
	/** Writes all of it or nothing. */
	replace(path: string, bytes: Uint8Array, mode: number): void;
	/** The names in a folder. Absent: undefined when there is no such folder. */
	list(path: string): readonly string[] | undefined;
	/** The permission bits of a file or folder. Absent: undefined when there is none. */
	mode(path: string): number | undefined;
	/** Makes a folder. Absent: undefined where it cannot; changes are saved only where the folder is there already. */
	makeFolder?(path: string, mode: number): void;
}

/** The folders, as the uci tool's options set them. */
export interface UciFolders {
	/** -c */
	readonly configFolder?: string;
	/** -C: a file here stands for the one of the same name there. Empty: none. */
	readonly overrideFolder?: string;
	/** -t: where changes are kept. */
	readonly saveFolder?: string;
	/** -p: more folders with changes, read before `saveFolder`, never written. Absent: libuci's own /tmp/.uci. */
	readonly deltaFolders?: readonly string[];
	/** -n: files are written with the names of anonymous sections, which makes them named. */
	readonly names?: boolean;
}

/** A package loaded from a folder, and a pointer looked up in it. */
export interface Found {
	readonly pkg: Package;
	readonly target: Target;
}

const DEFAULT_SAVE = '/tmp/.uci';
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** What changes a target of a package and records it. */
type Operation = (pkg: Package, target: Target) => void;

/**
 * A folder of configuration files with the changes kept beside it.
 *
 * Nothing is cached: other programs write here too. Every change is saved to the delta file at once, as the uci tool does, and
 * `commit` writes the file. Errors: UciError everywhere; what `files` throws passes through.
 */
export class UciFolder {
	readonly #files: UciFiles;
	readonly #config: string;
	readonly #override: string;
	readonly #save: string;
	readonly #deltas: readonly string[];
	readonly #names: boolean;
	readonly #options: ParseOptions;

	constructor(files: UciFiles, folders: UciFolders = {}, options: ParseOptions = {}) {
		this.#files = files;
		this.#config = folders.configFolder ?? '/etc/config';
		this.#override = folders.overrideFolder ?? '/var/run/uci';
		this.#save = folders.saveFolder ?? DEFAULT_SAVE;
		const others = (folders.deltaFolders ?? [DEFAULT_SAVE]).filter(folder => folder !== this.#save);
		this.#deltas = [...others, this.#save];
		this.#names = folders.names ?? false;
		this.#options = options;
	}

	/** The configurations there are, sorted. */
	list(): string[] {
		const names = this.#files.list(this.#config)?.filter(name => !name.includes('.') && isPackageName(name)) ?? [];
		if (names.length === 0) throw new UciError(NOT_FOUND);
		return names.sort();
	}

	/** Reads a package with its changes. A name that starts with a slash is a file elsewhere, which has none. */
	load(name: string): Package {
		return this.#load(name).pkg;
	}

	#load(name: string): {readonly pkg: Package; readonly applied: number} {
		if (!isPackageName(name)) throw new UciError(INVALID_ARGUMENT);
		const isElsewhere = name.startsWith('/');
		const override = `${this.#override}/${name}`;
		const hasOverride = !isElsewhere && this.#override !== '' && this.#files.mode(override) !== undefined;
		const path = isElsewhere ? name : hasOverride ? override : `${this.#config}/${name}`;
		const bytes = this.#files.read(path);
		if (bytes === undefined) throw new UciError(NOT_FOUND);
		const pkg = parsePackage(bytes, name.slice(name.lastIndexOf('/') + 1), this.#options);
		pkg.path = path;
		pkg.hasDelta = !isElsewhere;
		let applied = 0;
		if (pkg.hasDelta)
			for (const folder of this.#deltas) {
				const delta = this.#files.read(`${folder}/${pkg.name}`);
				if (delta !== undefined) applied += applyDelta(pkg, delta);
			}
		return {pkg, applied};
	}

	/** Loads the package a pointer names and looks the rest up in it. */
	find(pointer: string): Found {
		const parsed = parsePointer(pointer);
		const pkg = this.load(parsed.packageName);
		return {pkg, target: lookUp(pkg, parsed)};
	}

	/** An option's value, a list, or a section's type. */
	get(pointer: string): string | readonly string[] {
		const {target} = this.find(pointer);
		if (!target.isComplete) throw new UciError(NOT_FOUND);
		return target.foundOption?.value ?? target.foundSection?.type ?? '';
	}

	/** 'package.section.option=value', or 'package.section=type'; an empty value removes. */
	set(assignment: string): void {
		this.#change(assignment, set);
	}

	/** 'package.section', '.option' or one item of a list, '.option=index'. */
	remove(pointer: string): void {
		this.#change(pointer, remove);
	}

	addToList(assignment: string): void {
		this.#change(assignment, addToList);
	}

	removeFromList(assignment: string): void {
		this.#change(assignment, removeFromList);
	}

	/** 'package.section=name' or 'package.section.option=name'. */
	rename(assignment: string): void {
		this.#change(assignment, rename);
	}

	/** 'package.section=position', from 0. */
	reorder(assignment: string): void {
		this.#change(assignment, reorder);
	}

	/** Adds an anonymous section and answers its name. */
	addSection(packageName: string, type: string): string {
		const pkg = this.load(packageName);
		const {name} = addSection(pkg, type);
		this.save(pkg);
		return name;
	}

	#change(pointer: string, operation: Operation): void {
		const {pkg, target} = this.find(pointer);
		operation(pkg, target);
		this.save(pkg);
	}

	/** Appends a package's new changes to its delta file; a file elsewhere is written itself. */
	save(pkg: Package): void {
		if (!pkg.hasDelta) return this.#write(pkg);
		if (pkg.changes.length === 0) return;
		const path = `${this.#save}/${pkg.name}`;
		if (this.#files.mode(this.#save) === undefined)
			this.#files.makeFolder?.(this.#save, this.#files.mode(this.#config) ?? FOLDER_MODE);
		const before = this.#files.read(path) ?? new Uint8Array(0);
		const added = encodeText(pkg.changes.map(change => changeLine(pkg.name, change)).join(''));
		const all = new Uint8Array(before.length + added.length);
		all.set(before);
		all.set(added, before.length);
		this.#files.replace(
			path,
			all,
			this.#files.mode(path) ?? this.#files.mode(`${this.#config}/${pkg.name}`) ?? FILE_MODE,
		);
		pkg.saved.push(...pkg.changes);
		pkg.changes = [];
	}

	/** What was saved and not committed. */
	changes(name: string): readonly Change[] {
		return this.load(name).saved;
	}

	/** Writes the changes to the file, then empties the delta file. Answers whether there were any: else nothing is written. */
	commit(name: string): boolean {
		const {pkg, applied} = this.#load(name);
		if (pkg.hasDelta && applied === 0) return false;
		this.#write(pkg);
		const delta = `${this.#save}/${pkg.name}`;
		const mode = this.#files.mode(delta);
		if (pkg.hasDelta && mode !== undefined) this.#files.replace(delta, new Uint8Array(0), mode);
		return true;
	}

	/** Forgets saved changes of what a pointer names: a package, a section or an option. */
	revert(pointer: string): void {
		const {pkg, target} = this.find(pointer);
		if (!pkg.hasDelta) throw new UciError(INVALID_ARGUMENT);
		const path = `${this.#save}/${pkg.name}`;
		const bytes = this.#files.read(path);
		const kept = bytes === undefined ? undefined : withoutChanges(bytes, target.section, target.option);
		if (kept === undefined) return;
		const text = kept.map(change => changeLine(pkg.name, change)).join('');
		this.#files.replace(path, encodeText(text), this.#files.mode(path) ?? FILE_MODE);
	}

	/** Writes packages from what `export` printed. Absent: without a name each 'package' line says it. */
	import(bytes: Uint8Array, name?: string): void {
		if (name !== undefined && !isPackageName(name)) throw new UciError(INVALID_ARGUMENT);
		const packages =
			name === undefined ? parsePackages(bytes, this.#options) : [parsePackage(bytes, name, this.#options)];
		for (const pkg of packages) {
			pkg.path = `${this.#config}/${pkg.name}`;
			this.#write(pkg);
		}
	}

	/** Adds what `export` printed to a package, as changes. */
	merge(bytes: Uint8Array, name: string): void {
		const pkg = this.load(name);
		mergeInto(pkg, bytes, this.#options);
		this.save(pkg);
	}

	#write(pkg: Package): void {
		if (pkg.path === undefined) throw new UciError(IO_ERROR);
		this.#files.replace(pkg.path, exportPackage(pkg, {names: this.#names}), this.#files.mode(pkg.path) ?? FILE_MODE);
	}
}
