// SPDX-License-Identifier: Apache-2.0
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectRoot} from './bundle.ts';
import {hashOf, hashOfFolder, type Unit} from './compiler.ts';
import {openSource} from './sources.ts';
import type {Target} from './targets.ts';

export const hostFolder = join(projectRoot, 'src', 'runtime', 'quickjs', 'host');

/** What is compiled into the host besides its fixed parts. */
export interface HostChoice {
	readonly date: boolean;
	readonly regexp: boolean;
	/** The developer's binary reads source text. */
	readonly parser: boolean;
	readonly memoryLimitBytes: number | undefined;
}

// No shared memory between threads: the router's agent has one.
const engineFlags = ['-D__STDC_NO_ATOMICS__=1'];
const engineFiles = ['quickjs.c', 'libregexp.c', 'libunicode.c', 'dtoa.c'];

/** `whole`: with its parser, for the compiler of bytecode and for developers; `library`: without it; `cut`: as cut.ts says. */
export type EngineKind = 'whole' | 'library' | 'cut';

/** The script engine. */
export async function engineUnit(target: Target, kind: EngineKind): Promise<Unit> {
	const source = await openSource('quickjs');
	// Only its JSON reads a number by the C library, whose way of doing it would be the only use of ten kilobytes.
	const cut = kind === 'cut' ? ['-Dstrtod=host_number'] : [];
	return {
		name: `engine-${kind}`,
		folder: source.folder,
		files: engineFiles,
		flags: [...target.engineCode, ...engineFlags, ...(kind === 'whole' ? [] : ['-DQJS_DISABLE_PARSER']), ...cut],
		inputs: source.sha256,
		mixed: 'quickjs.c',
		isCut: kind === 'cut',
	};
}

async function tlsInclude(): Promise<{flags: string[]; inputs: string}> {
	const source = await openSource('mbedtls');
	const configs = ['mbedtls-config.h', 'mbedtls-psa-config.h'].map(name => readFile(join(hostFolder, name)));
	return {
		flags: [`-I${join(source.folder, 'include')}`, `-I${hostFolder}`, '-DMBEDTLS_CONFIG_FILE="mbedtls-config.h"'],
		inputs: hashOf(source.sha256, ...(await Promise.all(configs))),
	};
}

export async function tlsUnit(target: Target): Promise<Unit> {
	const source = await openSource('mbedtls');
	const include = await tlsInclude();
	const folder = join(source.folder, 'library');
	const files = (await readdir(folder)).filter(name => name.endsWith('.c')).sort();
	return {name: 'mbedtls', folder, files, flags: [...target.smallCode, ...include.flags], inputs: include.inputs};
}

export async function signatureUnit(target: Target): Promise<Unit> {
	const source = await openSource('dropbear');
	const include = await tlsInclude();
	const ground = join(hostFolder, 'ed25519-ground.h');
	return {
		name: 'ed25519',
		folder: join(source.folder, 'src'),
		files: ['curve25519.c'],
		flags: [...target.smallCode, '-O2', ...include.flags, '-include', ground],
		inputs: hashOf(source.sha256, include.inputs, await readFile(ground)),
	};
}

const warnings = ['-Wall', '-Wextra', '-Werror'];
const speedFiles = ['bytes.c', 'memory.c'];

/** Our own C. Files whose loops everything else waits for are optimised for speed, and never into calls of themselves. */
export async function hostUnits(target: Target, choice: HostChoice): Promise<Unit[]> {
	const engine = await openSource('quickjs');
	const include = await tlsInclude();
	const inputs = hashOf(await hashOfFolder(hostFolder, ['.c', '.h']), engine.sha256, include.inputs);
	const files = (await readdir(hostFolder)).filter(name => name.endsWith('.c') && name !== 'compile.c').sort();
	const flags = [...warnings, ...include.flags, '-isystem', engine.folder];
	if (choice.date) flags.push('-DHOST_NEEDS_DATE');
	if (choice.regexp) flags.push('-DHOST_NEEDS_REGEXP');
	if (choice.parser) flags.push('-DHOST_HAS_PARSER');
	if (target.instrumented) flags.push('-fsanitize=undefined', '-DHOST_SYSTEM_MALLOC');
	if (choice.memoryLimitBytes !== undefined) flags.push(`-DMEMORY_LIMIT_BYTES=${choice.memoryLimitBytes}`);
	const small = files.filter(name => !speedFiles.includes(name));
	if (target.instrumented) return [{name: 'host', folder: hostFolder, files: small, flags: ['-O1', ...flags], inputs}];
	return [
		{name: 'host', folder: hostFolder, files: small, flags: [...target.smallCode, ...flags], inputs},
		{
			name: 'host-speed',
			folder: hostFolder,
			files: speedFiles,
			flags: ['-O2', '-fno-builtin', ...flags],
			inputs,
		},
	];
}

/** Has the engine in it: see compile.c. */
export async function compilerUnit(): Promise<Unit> {
	const engine = await openSource('quickjs');
	const inputs = hashOf(await readFile(join(hostFolder, 'compile.c')), engine.sha256);
	const flags = ['-O1', ...warnings, ...engineFlags, '-isystem', engine.folder];
	return {name: 'compile', folder: hostFolder, files: ['compile.c'], flags, inputs};
}

/** What the engine needs beside its largest file. */
export async function engineLibraryUnit(target: Target): Promise<Unit> {
	const {mixed, ...unit} = await engineUnit(target, 'whole');
	return {...unit, name: 'engine-library', files: engineFiles.filter(file => file !== mixed)};
}
