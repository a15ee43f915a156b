// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {transform} from 'esbuild';
import {projectRoot} from './bundle.ts';

// LuCI's modules are function bodies: directives `'require NAME as WORD'` first, then code, then the `return` of a class.
// Ours are TypeScript modules that import and export; here they become that form, one file each, to be read by people.

const licence = '// SPDX-License-Identifier: Apache-2.0';
/** Lines as long as the longest of LuCI's own files. */
const width = ['--line-width=200', '--expand=never', '--trailing-commas=none'];
const run = promisify(execFile);

/**
 * The text LuCI loads for one TypeScript module.
 *
 * Shape:  `import x from 'luci:NAME'` becomes `'require NAME as x'`; `import * as x from '../module/FILE.ts'` becomes
 *         `'require astral-mesh.FILE as x'`; `luci:globals` vanishes, LuCI has these names everywhere; `export default`
 *         is returned; exported names are returned as one `baseclass.extend({…})`.
 * Errors: an Error naming the line, for any other import.
 */
export async function compileModule(path: string, source: string): Promise<string> {
	const {code} = await transform(source, {...form, loader: 'ts', sourcefile: path});
	return toLuciForm(await format(code.replaceAll('/* @__PURE__ */ ', ''), width), path);
}

/** The style sheet as it is loaded: what only people need is left out. */
export async function compileStyle(source: string): Promise<string> {
	const {code} = await transform(source, {loader: 'css', minify: true, legalComments: 'none', charset: 'utf8'});
	return `/* SPDX-License-Identifier: Apache-2.0 */\n${code}`;
}

const form = {
	format: 'esm',
	target: 'es2020',
	charset: 'utf8',
	legalComments: 'none',
	logLevel: 'silent',
} as const;

/** As the project's own code, or with other arguments. */
export async function format(code: string, flags: readonly string[] = []): Promise<string> {
	const biome = join(projectRoot, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
	const running = run(process.execPath, [biome, 'format', ...flags, '--stdin-file-path=scripts/module.ts'], {
		cwd: projectRoot,
	});
	running.child.stdin?.end(code);
	return (await running).stdout;
}

/** Works on formatted text only: an import stands on lines of its own, and the one export list comes last. */
export function toLuciForm(code: string, path: string): string {
	const requires: string[] = [];
	let body = code.replace(/^import ([^;]*?)\s*from '([^']+)';\n/gm, (line, names: string, specifier: string) => {
		const required = requirementOf(names, specifier);
		if (required === undefined) throw new Error(`${path}: LuCI cannot load ${line.trim()}`);
		if (required !== '') requires.push(required);
		return '';
	});
	// OpenWrt's jsmin takes a template literal inside another one for the end of the first.
	if (/`[^`]*\$\{[^}]*`/.test(body)) throw new Error(`${path}: a template literal stands inside another one`);
	if (/^import\b/m.test(body)) throw new Error(`${path}: an import is not of a form that LuCI can load`);
	body = body.replace(/^export \{([^}]*)\};\n*$/m, (_, list: string) => {
		const names = list
			.split(',')
			.map(name => name.trim())
			.filter(name => name !== '');
		const main = names.find(name => name.endsWith(' as default'));
		if (main !== undefined) return `return ${main.slice(0, -' as default'.length)};\n`;
		requires.unshift('baseclass');
		return `return baseclass.extend({${names.join(', ')}});\n`;
	});
	// One name less to read: the class is returned where it is made.
	body = body.replace(/^var (\w+) = ([\s\S]*?^\}?\);\n)\s*return \1;\n$/m, 'return $2');
	const head = ["'use strict';", ...requires.map(name => `'require ${name}';`)];
	const spaced = body.trim().replace(/\n(?=(?:async )?function \w|return )/g, '\n\n');
	return `${licence}\n${head.join('\n')}\n\n${spaced}\n`;
}

/** Absent: undefined where LuCI has no way to load it; empty where nothing needs to be loaded. */
function requirementOf(names: string, specifier: string): string | undefined {
	if (specifier === 'luci:globals') return '';
	const [, runtime] = /^luci:([\w.]+)$/.exec(specifier) ?? [];
	if (runtime !== undefined && /^\w+$/.test(names)) return names === runtime ? runtime : `${runtime} as ${names}`;
	const [, own] = /^\.\.?\/(?:module\/)?([\w-]+)\.ts$/.exec(specifier) ?? [];
	const [, word] = /^\* as (\w+)$/.exec(names) ?? [];
	return own !== undefined && word !== undefined ? `astral-mesh.${own} as ${word}` : undefined;
}
