// SPDX-License-Identifier: Apache-2.0
import {join} from 'node:path';
import {build} from 'esbuild';

/** The minimal loader as one script for the browser. */
export async function buildMinimalLoader(): Promise<string> {
	const result = await build({
		entryPoints: [join(import.meta.dirname, 'loader.ts')],
		bundle: true,
		write: false,
		format: 'iife',
		platform: 'browser',
		target: 'es2022',
		charset: 'utf8',
		logLevel: 'silent',
	});
	return result.outputFiles[0]?.text ?? '';
}
