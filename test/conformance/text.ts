// SPDX-License-Identifier: Apache-2.0
import {fromHex} from '../../src/core/bytes.ts';
import {DecodeError} from '../../src/core/errors.ts';
import {decodeUtf8, decodeUtf8Strict, encodeUtf8} from '../../src/core/text.ts';
import type {ConformanceCase} from './case.ts';

/** Bytes, and what they mean when read leniently. `valid`: strictly too, and they are what the text encodes to. */
const vectors: readonly {readonly hex: string; readonly text: string; readonly valid?: boolean}[] = [
	{hex: '', text: '', valid: true},
	{hex: '6d657368', text: 'mesh', valid: true},
	{hex: '00', text: '\u0000', valid: true},
	{hex: 'c3b1', text: 'ñ', valid: true},
	{hex: 'e282ac', text: '€', valid: true},
	{hex: 'f09f9880', text: '😀', valid: true},
	{
		hex: '7f c280 dfbf e0a080 efbfbf f0908080 f48fbfbf',
		text: '\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}',
		valid: true,
	},
	{hex: 'ed9fbf ee8080', text: '\ud7ff\ue000', valid: true},
	{hex: '80', text: '\ufffd'},
	{hex: 'c0af', text: '\ufffd\ufffd'}, // longer than needed
	{hex: 'e080af', text: '\ufffd\ufffd\ufffd'},
	{hex: 'f08080af', text: '\ufffd\ufffd\ufffd\ufffd'},
	{hex: 'eda080', text: '\ufffd\ufffd\ufffd'}, // a surrogate
	{hex: 'f4908080', text: '\ufffd\ufffd\ufffd\ufffd'}, // above U+10FFFF
	{hex: 'f5808080', text: '\ufffd\ufffd\ufffd\ufffd'},
	{hex: 'ff41fe', text: '\ufffdA\ufffd'},
	{hex: 'e282', text: '\ufffd'}, // cut short: one replacement for the part that was well-formed
	{hex: 'f09f98', text: '\ufffd'},
	{hex: 'f09f9841', text: '\ufffdA'},
	{hex: 'e28241e282ac', text: '\ufffdA€'},
	{hex: 'c341', text: '\ufffdA'},
	{hex: 'efbbbf41', text: 'A'}, // a byte order mark is no text
];

export const textCases: readonly ConformanceCase[] = [
	{
		name: 'text: every vector decodes leniently as WHATWG says',
		run({equal}) {
			for (const {hex, text} of vectors) equal(decodeUtf8(fromHex(hex)), text, hex);
		},
	},
	{
		name: 'text: valid vectors encode back, strictly decoded',
		run({equal}) {
			for (const {hex, text, valid} of vectors) {
				if (!valid) continue;
				equal(decodeUtf8Strict(fromHex(hex), 'text'), text, hex);
				equal(encodeUtf8(text), fromHex(hex), hex);
			}
		},
	},
	{
		name: 'text: invalid vectors are refused when read strictly',
		run({ok}) {
			for (const {hex, text} of vectors) {
				if (!text.includes('\ufffd')) continue;
				let refused = false;
				try {
					decodeUtf8Strict(fromHex(hex), 'text');
				} catch (error) {
					refused = error instanceof DecodeError && error.code === 'syntax';
				}
				ok(refused, `${hex} passed`);
			}
		},
	},
	{
		name: 'text: a part of an array is read alone',
		run({equal}) {
			equal(decodeUtf8(fromHex('41 e282ac 42').subarray(1, 4)), '€', 'part');
		},
	},
	{
		name: 'text: lone surrogates encode as the replacement character',
		run({equal}) {
			equal(encodeUtf8('a\ud800b'), fromHex('61 efbfbd 62'), 'high');
			equal(encodeUtf8('\udc00'), fromHex('efbfbd'), 'low');
			equal(encodeUtf8('\udc00\ud800'), fromHex('efbfbd efbfbd'), 'swapped');
		},
	},
	{
		name: 'text: a long text of mixed widths survives the round trip',
		run({equal}) {
			const text = 'señal €5 😀 '.repeat(5000);
			equal(decodeUtf8(encodeUtf8(text)) === text, true, 'round trip');
		},
	},
];
