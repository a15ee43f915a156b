// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {UciDocument, UciError} from '../../src/uci-parser/index.ts';
import {encodeText} from '../../src/uci-parser/text.ts';

const source = `# Wireless of the roof.

config wifi-device 'radio0'	# the 2.4 GHz one
	option channel '1'	# agreed in the assembly
	option band 2g
	list  hint "a"
	# between
	list hint b

config wifi-iface
	option ssid "Fünf' Äcker"; option mode mesh
`;

const edits = test.macro({
	title: (what = '') => `document: ${what}`,
	exec(t, edit: (document: UciDocument) => void, from: string, to: string) {
		const document = new UciDocument(encodeText(source), 'wireless');
		edit(document);
		t.true(source.includes(from));
		t.is(new TextDecoder().decode(document.bytes), source.replace(from, to));
	},
});

test(
	'an option changes and its comment stays',
	edits,
	document => document.set('radio0', 'channel', '11'),
	"option channel '1'	#",
	"option channel '11'	#",
);
test(
	'a value is quoted',
	edits,
	document => document.set('radio0', 'band', "it's 2g"),
	'option band 2g',
	"option band 'it'\\''s 2g'",
);
test(
	'a new option stands behind the last of its section',
	edits,
	document => document.set('radio0', 'country', 'AR'),
	'	list hint b\n',
	"	list hint b\n	option country 'AR'\n",
);
test(
	'a list is replaced where it began',
	edits,
	document => document.set('radio0', 'hint', ['x', 'y']),
	'	list  hint "a"\n	# between\n	list hint b\n',
	"	list hint 'x'\n	list hint 'y'\n	# between\n",
);
test('an option goes with its line', edits, document => document.set('radio0', 'band', ''), '	option band 2g\n', '');
test(
	'the second statement of a line changes alone',
	edits,
	document => document.set(document.package.sections[1]?.name ?? '', 'mode', 'ap'),
	'option mode mesh',
	"option mode 'ap'",
);
test(
	'the first statement of a line goes with its semicolon',
	edits,
	document => document.set(document.package.sections[1]?.name ?? '', 'ssid', ''),
	'	option ssid "Fünf\' Äcker"; option mode mesh',
	'	 option mode mesh',
);
test(
	'a section comes at the end',
	edits,
	document => {
		document.addSection('wifi-iface', 'mesh0');
		document.set('mesh0', 'mode', 'mesh');
	},
	'; option mode mesh\n',
	"; option mode mesh\n\nconfig wifi-iface 'mesh0'\n	option mode 'mesh'\n",
);
test('document: a section goes, and the comments in it stay', t => {
	const document = new UciDocument(encodeText(source), 'wireless');
	document.removeSection('radio0');
	const left = '# Wireless of the roof.\n\n	# between\n\nconfig wifi-iface\n';
	t.true(new TextDecoder().decode(document.bytes).startsWith(left));
});

test('document: a file without a line end at its end can be added to', t => {
	const document = new UciDocument(encodeText("config a 'b'\n\toption c d"), 'x');
	document.set('b', 'e', 'f');
	t.is(new TextDecoder().decode(document.bytes), "config a 'b'\n\toption c d\n\toption e 'f'\n");
});

test('document: an empty file can be filled', t => {
	const document = new UciDocument(new Uint8Array(0), 'x');
	const name = document.addSection('agent');
	t.regex(name, /^cfg01[0-9a-f]{4}$/);
	document.set(name, 'a', ['1', '2']);
	t.is(new TextDecoder().decode(document.bytes), "config agent\n\tlist a '1'\n\tlist a '2'\n");
});

test('document: refuses what libuci would not read', t => {
	const document = new UciDocument(encodeText(source), 'wireless');
	for (const attempt of [
		() => document.set('radio0', 'bad-name', '1'),
		() => document.set('radio0', 'a', '\u0001'),
		() => document.set('nothing', 'a', '1'),
		() => document.addSection('two words'),
		() => document.addSection('t', 'radio0'),
		() => new UciDocument(encodeText('config t\n\toption'), 'x'),
		() => new UciDocument(encodeText('config t\n\0'), 'x'),
	])
		t.throws(attempt, {instanceOf: UciError});
	t.is(new TextDecoder().decode(document.bytes), source);
});
