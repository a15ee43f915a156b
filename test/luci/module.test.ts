// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {buildLuci, generatedFiles} from '../../scripts/build/luci.ts';
import {toLuciForm} from '../../scripts/build/luci-module.ts';
import {readPo} from '../../scripts/build/luci-translation.ts';

const bytesAllowed = 40 * 1024;
const languages = ['de', 'es', 'pt'];
const app = join(import.meta.dirname, '..', '..', 'luci-app');

test('module: imports become directives and the default export is returned', t => {
	const code = `import {E, _} from 'luci:globals';
import view from 'luci:view';
import * as page from '../module/page.ts';
var x_default = view.extend({
	render() {
		return E('p', {}, page.text(_('a')));
	},
});
export {x_default as default};
`;
	t.is(
		toLuciForm(code, 'x.ts'),
		`// SPDX-License-Identifier: Apache-2.0
'use strict';
'require view';
'require astral-mesh.page as page';

return view.extend({
	render() {
		return E('p', {}, page.text(_('a')));
	},
});
`,
	);
});

test('module: exported names are returned as one class', t => {
	const made = toLuciForm('function a() {}\nconst b = 1;\nexport {a, b};\n', 'x.ts');
	t.regex(made, /^\/\/.*\n'use strict';\n'require baseclass';\n/);
	t.regex(made, /\nreturn baseclass\.extend\(\{a, b\}\);\n$/);
});

test('module: an import that LuCI could not load is refused', t => {
	for (const line of ["import {a} from './a.ts';", "import a from 'preact';", "import 'luci:view';"])
		t.throws(() => toLuciForm(`${line}\n`, 'x.ts'), {message: /^x\.ts: /}, line);
});

test('app: what stands in the tree is what its sources make', async t => {
	for (const [path, text] of await generatedFiles())
		t.is(await readFile(join(app, path), 'utf8').catch(() => ''), text, `${path}: npm run build -- --luci`);
});

test('app: no script gives an element a style of its own, which a policy would refuse', async t => {
	for (const [path, text] of await generatedFiles()) t.notRegex(text, /\bstyle['"]?\s*[:,]|\.style\b|innerHTML/, path);
});

test(`app: scripts and style are ${bytesAllowed} bytes at most, before gzip`, async t => {
	const {files} = await buildLuci();
	const sizes = files.filter(({path}) => path.startsWith('www/')).map(({path, bytes}) => ({path, bytes: bytes.length}));
	const sum = sizes.reduce((total, {bytes}) => total + bytes, 0);
	t.log(`${sum} bytes`);
	t.true(sizes.length >= 8);
	t.true(sum <= bytesAllowed, `${sum} bytes: ${JSON.stringify(sizes)}`);
});

test('app: every text of its own is translated, and keeps the places for values', async t => {
	const {messages} = readPo(await readFile(join(app, 'po', 'templates', 'astral-mesh.pot'), 'utf8'));
	for (const language of languages) {
		const catalogue = readPo(await readFile(join(app, 'po', language, 'astral-mesh.po'), 'utf8'));
		const translated = new Map(catalogue.messages.map(message => [message.id, message]));
		t.regex(catalogue.pluralForms, /^nplurals=2; /, language);
		t.deepEqual(
			[...translated.keys()].filter(id => !messages.some(message => message.id === id)),
			[],
			language,
		);
		// What an option is for may be said in English until a translator has been there.
		for (const {id, plural} of messages.filter(({places}) => places?.some(place => place.startsWith('luci-app/')))) {
			const texts = translated.get(id)?.texts ?? [];
			t.is(texts.filter(text => text !== '').length, plural === undefined ? 1 : 2, `${language}: ${id}`);
			for (const text of texts) t.deepEqual(placesOf(text), placesOf(id), `${language}: ${id}`);
		}
	}
});

function placesOf(text: string): string[] {
	return [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
}
