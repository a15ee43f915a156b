// SPDX-License-Identifier: Apache-2.0
/** The two kernels that are built here: User-Mode Linux, and a big-endian malta. */
import {copyFile, readFile, rm, writeFile} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {ensurePackages} from '../../scripts/debian.ts';
import {cached} from './cached.ts';
import {runWithProgress} from './progress.ts';
import {sourceInputs, unpackSource} from './source.ts';

interface Recipe {
	makeWords: string[];
	target: string;
	packages: string[];
}

const commonPackages = ['make', 'gcc', 'libc6-dev', 'flex', 'bison', 'bc', 'xz-utils', 'patch'];
const recipes: Record<'uml' | 'malta', Recipe> = {
	uml: {makeWords: ['ARCH=um'], target: 'linux', packages: commonPackages},
	malta: {
		makeWords: ['ARCH=mips', 'CROSS_COMPILE=mips-linux-gnu-'],
		target: 'vmlinux',
		packages: [...commonPackages, 'gcc-mips-linux-gnu'],
	},
};

/** Neither the moment nor who builds goes into the image. */
const reproducible = {
	KBUILD_BUILD_TIMESTAMP: '2026-01-01',
	KBUILD_BUILD_USER: 'mesh-noc',
	KBUILD_BUILD_HOST: 'bench',
};

function lostOptions(wanted: string, got: string): string[] {
	const have = new Set(got.split('\n'));
	return wanted.split('\n').filter(line => line.startsWith('CONFIG_') && !have.has(line));
}

/**
 * The path of a kernel, which is built on first use (some minutes) and cached.
 *
 * Errors: an option of the configuration that this source does not take, so that no bench runs without it.
 */
export async function kernel(name: 'uml' | 'malta'): Promise<string> {
	const recipe = recipes[name];
	const configPath = join(import.meta.dirname, `${name}.config`);
	const config = await readFile(configPath, 'utf8');
	const inputs = [name, config, JSON.stringify(recipe.makeWords), ...(await sourceInputs())];
	const folder = await cached(`kernel-${name}`, inputs, async fresh => {
		await ensurePackages(recipe.packages);
		console.log(`kernel-${name}: built once, then cached`);
		const tree = await unpackSource(fresh);
		const words = ['-C', tree, ...recipe.makeWords];
		const label = `kernel-${name}`;
		const env = {...reproducible, KCONFIG_ALLCONFIG: configPath};
		await runWithProgress(`${label} configuration`, 'make', [...words, 'allnoconfig'], {env});
		const got = await readFile(join(tree, '.config'), 'utf8');
		const lost = lostOptions(config, got);
		if (lost.length > 0) throw new Error(`${label}: the source does not take ${lost.join(' ')}`);
		const jobs = `-j${availableParallelism()}`;
		await runWithProgress(label, 'make', [...words, jobs, recipe.target], {env: reproducible});
		await copyFile(join(tree, recipe.target), join(fresh, 'kernel'));
		await writeFile(join(fresh, 'config'), got);
		await rm(tree, {recursive: true, force: true});
	});
	return join(folder, 'kernel');
}
