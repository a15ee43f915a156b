// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {concatBytes, fromHex} from '../../../src/core/bytes.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import {decodeElements, type Elements, encodeElement} from '../../../src/wire/nl80211/elements.ts';
import {checkCut} from '../../helper/vector.ts';

const vector = test.macro({
	title: (name = '') => `elements: reads ${name}`,
	exec(t, hex: string, value: Elements) {
		const bytes = fromHex(hex);
		t.deepEqual(decodeElements(bytes), value);
		const around = concatBytes([Uint8Array.of(9, 9, 9), bytes, Uint8Array.of(9)]);
		t.deepEqual(decodeElements(around, 3, 3 + bytes.length), value);
		checkCut(t, bytes, decodeElements);
	},
});

test('none', vector, '', {});
test('a name', vector, '00 04 6d657368', {ssid: 'mesh'});
test('a hidden name', vector, '00 00', {ssid: ''});
test('a name that is not UTF-8', vector, '00 02 ff41', {ssid: '\ufffdA'});
test('a channel', vector, '03 01 0b', {channel: 11});
test('a country', vector, '07 06 4553 20 010d14', {countryCode: 'ES'});
test('load', vector, '0b 05 0301 ff 0000', {load: {stations: 259, utilisation: 1}});
test('a switch that is coming', vector, '25 03 01 24 05', {
	channelSwitch: {stopTransmitting: true, channel: 36, count: 5},
});
test('40 MHz above', vector, `3d 16 06 05 ${'00'.repeat(20)}`, {
	htOperation: {channel: 6, secondary: 1, anyWidth: true},
});
test('40 MHz below', vector, `3d 16 0b 07 ${'00'.repeat(20)}`, {
	htOperation: {channel: 11, secondary: -1, anyWidth: true},
});
test('20 MHz', vector, `3d 16 01 00 ${'00'.repeat(20)}`, {htOperation: {channel: 1, secondary: 0, anyWidth: false}});
test('80 MHz', vector, 'c0 05 01 2a 00 0000', {vhtOperation: {width: 1, center0: 42, center1: 0}});
test('a mesh', vector, '72 04 6d657368 71 07 01 01 00 01 00 0f 09', {
	meshId: 'mesh',
	mesh: {connectedToGate: true, peerings: 7, acceptsPeerings: true},
});
test('6 GHz', vector, 'ff 0c 24 000002 00 0000 05 02 07 00 00', {
	heOperation: {channel: 5, width: 2, center0: 7, center1: 0},
});
test('6 GHz behind VHT and co-located parts', vector, 'ff 10 24 00c002 00 0000 aabbcc dd 05 03 07 0f 00', {
	heOperation: {channel: 5, width: 3, center0: 7, center1: 15},
});
test('HE without 6 GHz', vector, 'ff 07 24 000000 00 0000', {});
test("a vendor's own and an extension nobody knows", vector, 'dd 05 00904c0401 ff 01 63 ff 00', {});

test('elements: of one that comes twice the first counts', t => {
	t.deepEqual(decodeElements(fromHex('000161 000162 030101 030102')), {ssid: 'a', channel: 1});
});

const refused = test.macro({
	title: (name = '') => `elements: refuse ${name}`,
	exec(t, hex: string, code: string, path: string) {
		const error = t.throws(() => decodeElements(fromHex(hex)), {instanceOf: DecodeError});
		t.like(error, {code, path: `ieee80211.element${path}`});
	},
});
test('a header that is cut', refused, '000161 00', 'truncated', '');
test('one that runs past the end', refused, '0005 6d657368', 'truncated', '[0]');
test('a load that is too short', refused, '0b04 03000000', 'length', '[11]');
test('an HT operation that is too short', refused, `3d15 ${'00'.repeat(21)}`, 'length', '[61]');
test('6 GHz that is cut', refused, 'ff0b 24 000002 00 0000 05020700', 'length', '[255.36]');
test('an HE operation that is too short', refused, 'ff06 24 000002 00 00', 'length', '[255.36]');

test('elements: one of 255 bytes is the longest', t => {
	const name = 'x'.repeat(255);
	t.deepEqual(decodeElements(encodeElement(114, encodeUtf8(name))), {meshId: name});
	t.throws(() => encodeElement(114, new Uint8Array(256)), {instanceOf: RangeError});
});
