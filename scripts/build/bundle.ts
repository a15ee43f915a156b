// SPDX-License-Identifier: Apache-2.0
import {join} from 'node:path';
import {build} from 'esbuild';

export const projectRoot = join(import.meta.dirname, '..', '..');

/**
 * Bundles an entry for the router's host into the text of one ES module.
 *
 * `readable` keeps names and lines, for stack traces; else everything is as short as it gets.
 */
export async function bundle(entry: string, readable: boolean): Promise<string> {
	const result = await build({
		absWorkingDir: projectRoot,
		entryPoints: [entry],
		bundle: true,
		write: false,
		format: 'esm',
		platform: 'neutral',
		target: 'es2023',
		external: ['mesh:host'],
		minify: !readable,
		legalComments: 'none',
		treeShaking: true,
		charset: 'utf8',
		logLevel: 'silent',
	}).catch((error: {errors?: {text: string; location?: {file: string; line: number} | null}[]}) => {
		const lines = (error.errors ?? []).map(
			each => `${each.location?.file ?? entry}:${each.location?.line ?? 0}: ${each.text}`,
		);
		throw new Error(lines.length === 0 ? String(error) : lines.join('\n'), {cause: error});
	});
	return result.outputFiles[0]?.text ?? '';
}

/** Parts of the engine that a program may do without, each tens of kilobytes. */
export function needsOf(text: string): {readonly date: boolean; readonly regexp: boolean} {
	return {date: /\bDate\b/.test(text), regexp: /\bRegExp\b/.test(text)};
}
