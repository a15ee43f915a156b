// SPDX-License-Identifier: Apache-2.0
// Configuration files: written by people, by other programs, and by a flash that fails.
import {DecodeError} from '../../src/core/errors.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import {applyDelta, withoutChanges} from '../../src/uci-parser/delta.ts';
import {
	changesText,
	exportPackage,
	exportText,
	findOption,
	type Package,
	packageText,
	parsePackage,
	parsePackages,
	UciDocument,
	UciError,
} from '../../src/uci-parser/index.ts';
import {encodeText, fromByteText, isName, toByteText} from '../../src/uci-parser/text.ts';
import type {Target} from './fuzzer.ts';

const file = encodeUtf8(`# head
config interface 'lan'	# trailing
	option device "br-lan"
	list ipaddr '10.0.0.1/8'
	list ipaddr 10.0.0.2\\ x
config rule; option name 'a b'
config rule
	option text 'two
lines' ; option q "it's \\"quoted\\""
`);
const changes = encodeUtf8(
	"x.lan.device='eth0'\n+x.cfg0492bd='rule'\n-x.lan.ipaddr='0'\n@x.lan='wan'\n^x.wan='2'\n|x.wan.l='it'\\''s'\n~x.wan.l='q'\n-x.wan\n",
);

function refusing<T>(path: string, read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (error instanceof UciError)
			throw new DecodeError('syntax', `${path} ${error.reason ?? error.message}`, error.byte);
		throw error;
	}
}

/** Types that libuci writes so that it reads them again. */
function isPlain({sections}: Package): boolean {
	return sections.every(({type}) => isName(type.replaceAll('-', '_')));
}

/** What a file says, or what is wrong with it and where. */
function outcomeOf(bytes: Uint8Array, positions: boolean): string {
	try {
		return exportText(parsePackage(bytes, 'x', {positions}), {names: true});
	} catch (error) {
		if (!(error instanceof UciError)) throw error;
		return `${error.reason ?? error.message} ${error.line} ${error.byte}`;
	}
}

export const uciTargets: readonly Target[] = [
	{
		name: 'uci.file',
		seeds: [
			file,
			encodeUtf8('package x\nconfig a b\n\toption c d'),
			encodeUtf8("\nconfig a 'b'\n\toption c 'd'\n\tlist l 'é'\n\tlist l 'f'\n\nconfig g\n\toption h 'i\nj'\n\n"),
		],
		decode(bytes) {
			const lenient = parsePackage(bytes, 'x', {strict: false});
			if (isPlain(lenient)) {
				const written = exportPackage(lenient, {names: true});
				const again = exportPackage(parsePackage(written, 'x'), {names: true});
				if (toByteText(again) !== toByteText(written)) throw new Error('another package comes back');
			}
			// With positions all is read word by word, without them most of it in larger pieces.
			if (outcomeOf(bytes, false) !== outcomeOf(bytes, true)) throw new Error('two ways of reading differ');
			const strict = refusing('uci.file', () => parsePackage(bytes, 'x', {positions: true}));
			return {strict, shown: packageText(strict).length > 0};
		},
	},
	{
		name: 'uci.import',
		seeds: [encodeUtf8("package a\nconfig t 's'\npackage b\nconfig t\n\toption o 'v'\n"), file],
		decode: bytes =>
			refusing('uci.import', () => parsePackages(bytes)).map(pkg => exportText(pkg, {header: true}).length),
	},
	{
		name: 'uci.delta',
		seeds: [changes],
		decode(bytes) {
			const pkg = parsePackage(file, 'x');
			const applied = applyDelta(pkg, bytes);
			return {
				applied,
				shown: changesText('x', pkg.saved),
				kept: withoutChanges(bytes, 'lan')?.length,
				text: exportText(pkg),
			};
		},
	},
	{
		// An option is set in the first section there is: everything else must be as it was.
		name: 'uci.document',
		seeds: [file],
		decode(bytes) {
			const document = refusing('uci.document', () => new UciDocument(bytes, 'x'));
			const [first] = document.package.sections;
			if (first === undefined) return document.package;
			const before = exportText({...document.package, sections: document.package.sections.slice(1)}, {names: true});
			for (const value of ['new', ['a', "it's"], '']) {
				refusing('uci.document', () => document.set(first.name, 'added', value));
				const [edited, ...others] = document.package.sections;
				const found = edited === undefined ? undefined : findOption(edited, 'added')?.value;
				if (JSON.stringify(found) !== JSON.stringify(value === '' ? undefined : value))
					throw new Error('is not what was set');
				if (exportText({...document.package, sections: others}, {names: true}) !== before)
					throw new Error('other sections changed');
			}
			return document.package;
		},
	},
	{
		name: 'uci.text',
		seeds: [
			encodeUtf8('aé€😀'),
			Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80),
			Uint8Array.of(0xef, 0xbb, 0xbf, 0x61),
		],
		decode(bytes) {
			const text = fromByteText(toByteText(bytes));
			if (toByteText(encodeText(text)) !== toByteText(bytes)) throw new Error('other bytes come back');
			return text.length === bytes.length ? {short: text} : {long: text};
		},
	},
];
