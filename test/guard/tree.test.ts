// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {homedir} from 'node:os';
import test from 'ava';
import {version} from '../../src/agent/version.ts';
import {projectFiles, readText, root, sources} from './source.ts';

// Rules about the tree as a whole. Each is a sentence of the style page made to fail.

const clocksAndChance = /\b(?:Date\.now|performance\.now|setTimeout|setInterval|setImmediate|Math\.random)\b|'node:/;
/** The edges, where time, chance and Node come in. */
const edges = /^src\/(?:main|runtime)\/|^src\/noc\//;
/** Files that are mostly a table, or data. */
const tables = /^src\/(?:wire|model)\//;

test('tree: only the edges read a clock, draw chance or import Node', t => {
	for (const {path, code} of sources('src')) if (!edges.test(path)) t.notRegex(code, clocksAndChance, path);
	t.pass();
});

test('tree: no source file is longer than 400 lines, tables 800', t => {
	const long = ['src', 'scripts', 'test', 'qemu', 'luci-app'].flatMap(folder =>
		sources(folder)
			.map(({path, text}) => ({path, lines: text.split('\n').length, limit: tables.test(path) ? 800 : 400}))
			.filter(({lines, limit}) => lines > limit + 1),
	);
	t.deepEqual(long, []);
});

test('tree: every source file says its licence in its first line', t => {
	const without = projectFiles()
		.filter(
			path =>
				/^(?:src|scripts|test|qemu|luci-app)\/.*\.(?:tsx?|mjs|c|h|sh|css)$/.test(path) && !path.includes('/fixture/'),
		)
		.filter(
			path =>
				!/SPDX-License-Identifier: (?:Apache-2\.0|GPL-2\.0)/.test(
					(readText(path) ?? 'SPDX-License-Identifier: Apache-2.0').split('\n').slice(0, 2).join('\n'),
				),
		);
	t.deepEqual(without, []);
});

/** A path of the machine begins somewhere: `app/root/usr` is no folder of the user root. */
function contains(text: string, word: string): boolean {
	for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
		if (!word.startsWith('/') || !/[\w.}*-]/.test(text[at - 1] ?? '')) return true;
	return false;
}

test('tree: no package registry and no path of a machine is written anywhere', t => {
	const output = (program: string, ...words: string[]): string => {
		try {
			return execFileSync(program, words, {stdio: ['ignore', 'pipe', 'ignore']}).toString();
		} catch {
			return '';
		}
	};
	const addresses = `${output('npm', 'config', 'get', 'registry')}\n${output('apt-get', 'indextargets', '--format', '$(SITE)')}`;
	const hosts = [...addresses.matchAll(/:\/\/([^/\s]+)/g)].map(match => match[1] ?? '');
	const known = [['registry', 'npmjs', 'org'].join('.'), ['deb', 'debian', 'org'].join('.')];
	const forbidden = new Set([...hosts, ...known, root, `${homedir()}/`].filter(text => text.length > 3));
	for (const path of projectFiles()) {
		const text = readText(path) ?? '';
		for (const word of forbidden) t.false(contains(text, word), `${path} contains ${word}`);
	}
	t.pass();
});

test('tree: the lock file names no address', t => {
	t.notRegex(readText('package-lock.json') ?? '', /"resolved"/);
});

test('tree: the version stands in package.json and in the agent alike', t => {
	t.is(JSON.parse(readText('package.json') ?? '{}').version, version);
	t.regex(readText('CHANGELOG.md') ?? '', new RegExp(`^## ${version.replaceAll('.', '\\.')}`, 'm'));
});

test('tree: no test is skipped, left to do, expected to fail or alone', t => {
	for (const {path, code} of sources('test'))
		if (!path.startsWith('test/guard/')) t.notRegex(code, /\btest\.(?:skip|todo|failing|only)\b/, path);
	t.pass();
});
