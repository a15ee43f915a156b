// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {basename, extname} from 'node:path';
import {fileURLToPath} from 'node:url';

export interface WebFile {
	readonly bytes: Uint8Array;
	readonly type: string;
	/** Its name carries the hash of its content. */
	readonly immutable: boolean;
}

/** What the server hands out: path → file. */
export type WebFiles = ReadonlyMap<string, WebFile>;

const page = new URL('./page/', import.meta.url);
const types: Readonly<Record<string, string>> = {
	'.css': 'text/css; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.svg': 'image/svg+xml',
};

let built: Promise<WebFiles> | undefined;

/** Builds the page once: one script and one style sheet, named by their content, and the HTML that names them. */
export function buildWeb(): Promise<WebFiles> {
	built ??= build();
	return built;
}

async function build(): Promise<WebFiles> {
	const esbuild = await import('esbuild');
	const result = await esbuild.build({
		entryPoints: [fileURLToPath(new URL('main.tsx', page))],
		bundle: true,
		minify: true,
		write: false,
		outdir: '/assets',
		entryNames: '[name]-[hash]',
		format: 'esm',
		target: 'es2022',
		jsx: 'automatic',
		jsxImportSource: 'preact',
		legalComments: 'none',
		logLevel: 'silent',
	});
	const files = new Map<string, WebFile>();
	const links: string[] = [];
	for (const {path, contents} of result.outputFiles) {
		const extension = extname(path);
		const address = `/assets/${basename(path)}`;
		files.set(address, {bytes: contents, type: types[extension] ?? 'application/octet-stream', immutable: true});
		if (extension === '.js') links.push(`<script type="module" src="${address}"></script>`);
		else if (extension === '.css') links.push(`<link rel="stylesheet" href="${address}">`);
	}
	const icon = await readFile(new URL('icon.svg', page));
	files.set('/icon.svg', {bytes: icon, type: types['.svg'] ?? '', immutable: false});
	const html = (await readFile(new URL('index.html', page), 'utf8')).replace('<!-- assets -->', links.sort().join(''));
	files.set('/', {bytes: Buffer.from(html), type: 'text/html; charset=utf-8', immutable: false});
	return files;
}
