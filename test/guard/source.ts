// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Paths of every file that git tracks or would track, relative to the root. */
export function projectFiles(): string[] {
	const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {cwd: root});
	return list
		.toString()
		.split('\0')
		.filter(path => path !== '');
}

/** The text of a file. Absent: undefined when it was deleted and not yet committed. */
export function readText(path: string): string | undefined {
	try {
		return readFileSync(join(root, path), 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
}

export interface Source {
	readonly path: string;
	readonly text: string;
	/** Without comments and the contents of strings, line by line as they stand. */
	readonly code: string;
}

/** The TypeScript files below a folder. */
export function sources(folder: string): Source[] {
	return projectFiles()
		.filter(path => path.startsWith(`${folder}/`) && /\.tsx?$/.test(path))
		.flatMap(path => {
			const text = readText(path);
			return text === undefined ? [] : [{path, text, code: withoutComments(text)}];
		});
}

function withoutComments(text: string): string {
	return text
		.replace(/\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, ''))
		.replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

/** What a file imports: each specifier as it is written. */
export function importsOf(source: Source): string[] {
	const specifiers = /(?:\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g;
	return [...source.code.matchAll(specifiers)].flatMap(match => (match[1] === undefined ? [] : [match[1]]));
}
