// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {hashOf, messagesOf, readPo, writeLmo, writePo} from '../../scripts/build/luci-translation.ts';
import {lmoEntries} from './lmo.ts';

// Made by LuCI's own po2lmo from the texts below.
const real =
	'6e706c7572616c733d323b20706c7572616c3d286e20213d2031293b4f63757061646f0043616e616c6573207472616e7175' +
	'696c6f733a20c2ab6c6962726573c2bb0000c3b600007b636f756e747d20766563696e6f00007b636f756e747d2076656369' +
	'6e6f73000000000000000000000000000000001c235976d000000001000000240000001e400bf94300000002000000580000' +
	'000f49e80a3a00000002000000480000000e63e59523000000010000001c00000007aaed0581000000010000004400000002' +
	'00000068';

const po = `msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Busy"
msgstr "Ocupado"

msgid "Quiet channels — \\"free\\""
msgstr "Canales tranquilos: «libres»"

msgid "Noise"
msgstr "Noise"

msgid "ä"
msgstr "ö"

msgid "Spectrum"
msgstr ""

msgid "{count} neighbour"
msgid_plural "{count} neighbours"
msgstr[0] "{count} vecino"
msgstr[1] "{count} vecinos"
`;

test('catalogue: has the bytes that po2lmo writes', t => {
	t.is(Buffer.from(writeLmo(readPo(po))).toString('hex'), real);
});

test('catalogue: gives each text under the hash of what it translates', t => {
	const texts = new Map(lmoEntries(writeLmo(readPo(po))).map(({key, text}) => [key, text]));
	t.is(texts.get(hashOf('Busy')), 'Ocupado');
	t.is(texts.get(hashOf('{count} neighbour\u00021')), '{count} vecinos');
	t.is(texts.get(0), 'nplurals=2; plural=(n != 1);');
	t.false(texts.has(hashOf('Spectrum')), 'what is not translated has no entry');
});

test('catalogue: a PO file is the same after reading and writing', t => {
	const catalogue = readPo(po);
	const byText = ({messages}: typeof catalogue) => new Map(messages.map(({id, texts}) => [id, texts]));
	t.deepEqual(Object.fromEntries(byText(readPo(writePo(catalogue)))), Object.fromEntries(byText(catalogue)));
	t.is(writePo(readPo(writePo(catalogue))), writePo(catalogue));
});

test('catalogue: a text that a tool wrapped is one text', t => {
	const {messages} = readPo('msgid ""\n"one "\n"two"\nmsgstr ""\n"eins "\n"zwei"\n');
	t.deepEqual(messages, [{id: 'one two', texts: ['eins zwei']}]);
});

test('texts: are found where a source gives them to _ and N_', t => {
	const source = `page.say(_('a'), _("it's"), N_(list.length, '{n} peer', '{n} peers')); not_('b'); _('a')`;
	t.deepEqual(messagesOf(new Map([['x.ts', source]])), [
		{id: 'a', texts: [], places: ['x.ts']},
		{id: "it's", texts: [], places: ['x.ts']},
		{id: '{n} peer', plural: '{n} peers', texts: [], places: ['x.ts']},
	]);
});
