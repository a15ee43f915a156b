// SPDX-License-Identifier: Apache-2.0
import {chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {cacheRoot, ensurePackages} from '../debian.ts';
import {bundle, needsOf, type ProgramModule, projectRoot} from './bundle.ts';
import {compileBytecode} from './bytecode.ts';
import {
	compileC,
	compilerVersion,
	compileUnit,
	exists,
	folderOf,
	hashOf,
	keep,
	machineFlags,
	sweep,
} from './compiler.ts';
import {calledOfCut} from './cut.ts';
import {cutElf} from './elf.ts';
import {type ExtrasFile, extrasOf} from './extras.ts';
import {withLock} from './lock.ts';
import {programOf} from './program.ts';
import {instrumentedTarget, type Target, targetOf} from './targets.ts';
import {engineUnit, type HostChoice, hostUnits, signatureUnit, tlsUnit} from './units.ts';

export interface BinaryRequest {
	readonly arch: string;
	/** The TypeScript file the bundle starts from, relative to the project or absolute. */
	readonly entry: string;
	/** The file's name under build/<arch>/. */
	readonly name: string;
	/** Bundled as readable source text, with the parser in the binary: stack traces name the lines. */
	readonly dev?: boolean;
	/** By the machine's compiler, with AddressSanitizer and UBSan. Only for x86_64. */
	readonly sanitize?: boolean;
	readonly memoryLimitBytes?: number;
	/** 'anew' ignores a binary in the cache: for tests of the link itself. */
	readonly link?: 'cached' | 'anew';
}

export interface Binary {
	readonly path: string;
	readonly bytes: number;
	/** Of the binary alone, compressed as a package would be. */
	readonly gzipBytes: number;
	/** Of the bytecode (or, for developers, source text) in it. */
	readonly programBytes: number;
	/** The file of extra parts that belongs to it. Absent: the program has none. */
	readonly extras?: {readonly path: string; readonly bytes: number; readonly gzipBytes: number};
}

/** Builds one static program from a TypeScript entry. What did not change since the last time comes from the cache. */
export async function buildBinary(request: BinaryRequest): Promise<Binary> {
	if (request.sanitize) {
		if (request.arch !== 'x86_64') throw new Error('an instrumented build is for x86_64 only');
		await ensurePackages(['gcc', 'libc6-dev']);
	}
	const target = request.sanitize ? instrumentedTarget : targetOf(request.arch);
	const parser = request.dev === true;
	const modules = await bundle(request.entry, parser);
	const text = modules.map(module => module.text).join('\n');
	const needs = needsOf(text);
	const {program, regexp, extras} = parser ? sourceProgram(modules) : await bytecodeProgram(modules, target.byteOrder);
	const choice: HostChoice = {
		date: needs.date,
		regexp: parser || needs.regexp || regexp,
		parser,
		memoryLimitBytes: request.memoryLimitBytes,
	};
	const engine = await engineUnit(target, parser ? 'whole' : choice.regexp || target.instrumented ? 'library' : 'cut');
	const called = engine.isCut ? calledOfCut(text) : undefined;
	if (called !== undefined)
		throw new Error(`${request.entry}: ${called} is left out of the engine; see scripts/build/cut.ts`);
	const units = [await tlsUnit(target), engine, await signatureUnit(target)];
	const objects: string[] = [];
	for (const unit of [...(await hostUnits(target, choice)), ...units])
		objects.push(...(await compileUnit(target, unit)));
	const linked = await link(target, objects, {program, extras: extras.list}, request.link === 'anew');
	const path = join(projectRoot, 'build', folderOf(target), request.name);
	await mkdir(dirname(path), {recursive: true});
	const part = partOf(path);
	await copyFile(linked, part);
	await chmod(part, 0o755);
	await rename(part, path);
	const file = await readFile(path);
	return {
		path,
		bytes: file.length,
		gzipBytes: gzipped(file),
		programBytes: program.length,
		...(await writeExtras(`${path}-extras`, extras.file)),
	};
}

let parts = 0;

/** A file that becomes another when it is whole; no two builds share one. */
function partOf(path: string): string {
	parts++;
	return `${path}.${process.pid}-${parts}.part`;
}

const gzipped = (bytes: Uint8Array): number => gzipSync(bytes, {level: 9}).length;

async function writeExtras(path: string, bytes: Uint8Array): Promise<Pick<Binary, 'extras'>> {
	if (bytes.length === 0) {
		await rm(path, {force: true}); // of an earlier build
		return {};
	}
	const part = partOf(path);
	await writeFile(part, bytes, {mode: 0o644});
	await rename(part, path);
	return {extras: {path, bytes: bytes.length, gzipBytes: gzipped(bytes)}};
}

interface Program {
	readonly program: Uint8Array;
	readonly extras: ExtrasFile;
	readonly regexp: boolean;
}

async function bytecodeProgram(modules: readonly ProgramModule[], byteOrder: Target['byteOrder']): Promise<Program> {
	const compiled: {name: string; bytes: Uint8Array; regexp: boolean; isExtra: boolean}[] = [];
	for (const module of modules) {
		const {name, isExtra} = module;
		compiled.push({name, isExtra, ...(await compileBytecode(module, byteOrder, true))});
	}
	const program = programOf(compiled.filter(({isExtra}) => !isExtra));
	const extra = compiled.filter(({isExtra}) => isExtra);
	return {program, extras: extrasOf(program, extra, byteOrder), regexp: compiled.some(({regexp}) => regexp)};
}

/** Source text for developers, all of it in one file; the parser wants a zero byte behind it. */
function sourceProgram(modules: readonly ProgramModule[]): Program {
	const parts = modules.map(({name, text}) => ({name, bytes: new TextEncoder().encode(`${text}\0`)}));
	return {program: programOf(parts), extras: extrasOf(new Uint8Array(), [], 'little'), regexp: true};
}

const programAssembly = (path: string, extrasPath: string) => `	.section .rodata.program,"a"
	.globl program_start
	.globl program_end
	.globl extras_start
	.globl extras_end
	.balign 8
program_start:
	.incbin "${path}"
program_end:
	.balign 8
extras_start:
	.incbin "${extrasPath}"
extras_end:
	.byte 0
	.section .note.GNU-stack,""
`;

const linkFlags = ['-static', '-s', '-Wl,--gc-sections', '-Wl,--build-id=none', '-lm', '-lpthread'];

/** Links objects and the program's bytes; equal inputs give equal bytes. */
async function link(
	target: Target,
	objects: readonly string[],
	{program, extras}: {program: Uint8Array; extras: Uint8Array},
	anew: boolean,
): Promise<string> {
	const version = target.instrumented ? 'gcc' : await compilerVersion();
	const names = objects.map(path => `${basename(dirname(path))}/${basename(path)}`); // each folder's name has its hash
	const path = join(
		cacheRoot(),
		'binary',
		`${folderOf(target)}-${hashOf(version, linkFlags.join(), names.join(), program, extras)}`,
	);
	return withLock(`link-${basename(path)}`, async () => {
		if (!anew && (await exists(path))) {
			await keep(path);
			return path;
		}
		await mkdir(dirname(path), {recursive: true});
		const folder = await mkdtemp(`${path}.part-`);
		try {
			// The compiler's own cache knows the assembly text but not what it includes: the name makes it differ.
			const held = {program: `program-${hashOf(program)}`, extras: `extras-${hashOf(extras)}`};
			await writeFile(join(folder, held.program), program);
			await writeFile(join(folder, held.extras), extras);
			await writeFile(join(folder, 'program.S'), programAssembly(held.program, held.extras));
			const machine = machineFlags(target);
			await compileC(target, [...machine, '-c', 'program.S', '-o', 'program.o'], folder);
			const out = join(folder, 'linked');
			const flags = target.instrumented ? ['-fsanitize=undefined', '-lm', '-lpthread'] : linkFlags;
			await compileC(target, [...machine, join(folder, 'program.o'), ...objects, '-o', out, ...flags]);
			const file = await readFile(out);
			await writeFile(out, target.instrumented ? file : cutElf(file));
			await rename(out, path);
			await sweep(dirname(path));
			return path;
		} finally {
			await rm(folder, {recursive: true, force: true});
		}
	});
}
