// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {build, type Metafile, type Plugin} from 'esbuild';
import {extraSources} from './extras.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');

/** One ES module of a program. The first is where it starts; the others are imported by it, at once or on demand. */
export interface ProgramModule {
	readonly name: string;
	readonly text: string;
	/** In the file beside the binary: only parts that a router may do without need it. */
	readonly isExtra: boolean;
}

/**
 * Bundles an entry for the router's host into ES modules: one, and one more for each dynamic `import()` in the source,
 * so that what a router does not need is never read into its memory.
 *
 * `readable` keeps names and lines, for stack traces; else everything is as short as it gets.
 */
export async function bundle(entry: string, readable: boolean): Promise<readonly ProgramModule[]> {
	const result = await build({
		absWorkingDir: projectRoot,
		entryPoints: [entry],
		bundle: true,
		splitting: true,
		outdir: 'bundle',
		entryNames: 'program',
		chunkNames: '[name]-[hash]',
		write: false,
		metafile: true,
		format: 'esm',
		platform: 'neutral',
		target: 'es2023',
		external: ['mesh:host'],
		minify: !readable,
		legalComments: 'none',
		treeShaking: true,
		charset: 'utf8',
		logLevel: 'silent',
		...(readable ? {} : {plugins: [plainPrivates], mangleProps: /^_private_/}),
	}).catch((error: {errors?: {text: string; location?: {file: string; line: number} | null}[]}) => {
		const lines = (error.errors ?? []).map(
			each => `${each.location?.file ?? entry}:${each.location?.line ?? 0}: ${each.text}`,
		);
		throw new Error(lines.length === 0 ? String(error) : lines.join('\n'), {cause: error});
	});
	const resident = residentOf(result.metafile);
	return result.outputFiles
		.map(({path, text}) => ({
			name: basename(path),
			text: loadByHost(text),
			isExtra: !resident.has(basename(path)),
		}))
		.sort((a, b) => Number(b.name === 'program.js') - Number(a.name === 'program.js') || (a.name < b.name ? -1 : 1));
}

/** The names of the modules that are wanted without any extra part. */
function residentOf({outputs}: Metafile): ReadonlySet<string> {
	const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
	const reached = new Set<string>();
	const reach = (name: string): void => {
		const output = byName.get(name);
		if (output === undefined || reached.has(name) || extraSources.has(output.entryPoint ?? '')) return;
		reached.add(name);
		for (const {path} of output.imports) reach(basename(path));
	};
	reach('program.js');
	return reached;
}

const privateName = /(?<![\w$'"`&/])#([A-Za-z_]\w*)/g;

/**
 * Private fields become properties with names of a letter or two: for the engine a private name is a variable that every
 * method has to be handed, a property is looked up in the object's shape. Privacy is the compiler's business and was checked.
 */
const plainPrivates: Plugin = {
	name: 'plain-privates',
	setup: ({onLoad}) =>
		onLoad({filter: /[\\/]src[\\/].*\.ts$/}, async ({path}) => ({
			contents: (await readFile(path, 'utf8')).replaceAll(privateName, '_private_$1'),
			loader: 'ts',
		})),
};

/** Stripped bytecode does not know which file it came from, so the engine's own `import()` cannot resolve a name. */
function loadByHost(text: string): string {
	return text.replace(/\bimport\((?=["']\.\/)/g, 'loadModule(');
}

/** Parts of the engine that a program may do without, each tens of kilobytes. */
export function needsOf(text: string): {readonly date: boolean; readonly regexp: boolean} {
	return {date: /\bDate\b/.test(text), regexp: /\bRegExp\b/.test(text)};
}
