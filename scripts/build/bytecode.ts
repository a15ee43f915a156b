// SPDX-License-Identifier: Apache-2.0
import {mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {cacheRoot, ensurePackages} from '../debian.ts';
import type {ProgramModule} from './bundle.ts';
import {compileUnit, exists, hashOf, keep, machineFlags, run, runProgram, sweep} from './compiler.ts';
import {withLock} from './lock.ts';
import {nativeTarget, type Target, targetOf} from './targets.ts';
import {compilerUnit, engineLibraryUnit} from './units.ts';

/**
 * The program that turns a module into bytecode of one byte order.
 *
 * Bytecode is written in the order of the machine it is compiled on, so for big-endian targets the same program is
 * built for MIPS and run by QEMU's user emulation: the engine itself stays the only one who knows the format.
 */
async function compilerProgram(target: Target): Promise<string> {
	const objects = (
		await Promise.all([engineLibraryUnit(target), compilerUnit()].map(async unit => compileUnit(target, await unit)))
	).flat();
	const path = join(cacheRoot(), 'objects', target.arch, `compile-${hashOf(...objects)}`);
	return withLock(`compile-${target.arch}`, async () => {
		if (await exists(path)) return path;
		const part = `${path}.part`;
		await run(['cc', ...machineFlags(target), '-static', '-s', ...objects, '-o', part, '-lm', '-lpthread']);
		await rename(part, path);
		return path;
	});
}

export interface Bytecode {
	readonly bytes: Uint8Array;
	/** Whether it holds regular expressions, so that the host must too. */
	readonly regexp: boolean;
}

/** Compiles the text of one ES module. Errors: an Error with the engine's own message. */
export async function compileBytecode(
	{name, text}: ProgramModule,
	byteOrder: Target['byteOrder'],
	strip: boolean,
): Promise<Bytecode> {
	const big = byteOrder === 'big';
	if (big) await ensurePackages(['qemu-user-static']);
	const program = await compilerProgram(big ? targetOf('mips_24kc') : nativeTarget);
	const path = join(cacheRoot(), 'bytecode', hashOf(program, name, text, String(strip)));
	if (!(await exists(path))) {
		await mkdir(dirname(path), {recursive: true});
		const part = await mkdtemp(`${path}.part-`);
		await writeFile(join(part, 'in.js'), text);
		const words = [join(part, 'in.js'), join(part, 'bytecode'), name, ...(strip ? ['STRIP'] : [])];
		try {
			const printed = big
				? await runProgram('qemu-mips-static', [program, ...words])
				: await runProgram(program, words);
			await writeFile(join(part, 'printed'), printed);
			await rename(part, path).catch(async (error: unknown) => {
				if (!(await exists(path))) throw error; // another build was faster
			});
			await sweep(dirname(path));
		} finally {
			await rm(part, {recursive: true, force: true});
		}
	}
	await keep(path);
	const printed = await readFile(join(path, 'printed'), 'utf8');
	return {bytes: await readFile(join(path, 'bytecode')), regexp: printed.includes('regexp')};
}
