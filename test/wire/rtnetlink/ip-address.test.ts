// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex, toHex} from '../../../src/core/bytes.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {formatIpAddress, parseIpAddress} from '../../../src/wire/rtnetlink/ip-address.ts';

const vector = test.macro({
	title: (name = '') => `ip address: ${name}`,
	exec(t, text: string, hex: string) {
		t.is(formatIpAddress(fromHex(hex)), text);
		t.is(toHex(parseIpAddress(text)), hex);
	},
});

test('four numbers', vector, '192.0.2.255', 'c00002ff');
test('nothing but zeroes', vector, '::', '0'.repeat(32));
test('loopback', vector, '::1', `${'0'.repeat(31)}1`);
test('zeroes at the end', vector, 'fe80::', `fe80${'0'.repeat(28)}`);
test('zeroes in the midst', vector, '2001:db8::1', '20010db8000000000000000000000001');
test('of two runs the first', vector, '2001:db8::1:0:0:2', '20010db8000000000001000000000002');
test('one zero, which is not shortened', vector, '2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001');
test('no zero', vector, '1:2:3:4:5:6:7:8', '00010002000300040005000600070008');

const other = test.macro({
	title: (name = '') => `ip address: reads ${name}`,
	exec: (t, text: string, canonical: string) => t.is(formatIpAddress(parseIpAddress(text)), canonical),
});
test('upper case', other, '2001:DB8::A', '2001:db8::a');
test('zeroes in front', other, '2001:0db8::0001', '2001:db8::1');
test('IPv4 within IPv6', other, '::ffff:192.0.2.1', '::ffff:c000:201');

const refused = test.macro({
	title: (name = '') => `ip address: refuses ${name}`,
	exec(t, text: string) {
		t.like(
			t.throws(() => parseIpAddress(text), {instanceOf: DecodeError}),
			{code: 'syntax'},
		);
	},
});
test('nothing', refused, '');
test('three numbers', refused, '192.0.2');
test('a number above 255', refused, '192.0.2.256');
test('a number that may be octal', refused, '192.0.2.01');
test('a sign', refused, '192.0.2.-1');
test('two runs', refused, '1::2::3');
test('a run of nothing', refused, '1:2:3:4::5:6:7:8');
test('seven groups', refused, '1:2:3:4:5:6:7');
test('nine groups', refused, '1:2:3:4:5:6:7:8:9');
test('a group of five digits', refused, '12345::');
test('a group that is no number', refused, 'g::');
test('a colon at the end', refused, '1:2:3:4:5:6:7:');
test('IPv4 in the midst', refused, '::192.0.2.1:1');

test('ip address: refuses other lengths', t => {
	for (const length of [0, 3, 5, 8, 15, 17])
		t.like(
			t.throws(() => formatIpAddress(new Uint8Array(length)), {instanceOf: DecodeError}),
			{code: 'length'},
		);
});
