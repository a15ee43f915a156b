// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex, toHex} from '../../../src/core/bytes.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {checksum, decodeEchoReply, encodeEchoRequest} from '../../../src/wire/probe/echo.ts';

test('checksum: is that of the example in RFC 1071 §3', t => {
	// 0001 + f203 + f4f5 + f6f7 = 2ddf0 -> ddf2, complemented 220d
	t.is(checksum(fromHex('0001 f203 f4f5 f6f7')), 0x220d);
});

test('checksum: an odd last byte counts as the high half of a word', t => {
	t.is(checksum(fromHex('01')), 0xfeff);
});

test('echo: an IPv4 request carries a checksum that makes the whole sum to zero', t => {
	const bytes = encodeEchoRequest('ipv4', {identifier: 0x1234, sequence: 7, payload: fromHex('6d657368')});
	// 0800 + 1234 + 0007 + 6d65 + 7368 = fb08, complemented 04f7
	t.is(toHex(bytes), '080004f712340007' + '6d657368');
	t.is(checksum(bytes), 0);
});

test('echo: an IPv6 request leaves the checksum to the kernel', t => {
	const bytes = encodeEchoRequest('ipv6', {identifier: 1, sequence: 2, payload: new Uint8Array()});
	t.is(toHex(bytes), '8000000000010002');
});

test('echo: a reply tells identifier, sequence and payload', t => {
	t.deepEqual(decodeEchoReply('ipv4', fromHex('0000 0000 1234 0007 6d')), {
		identifier: 0x1234,
		sequence: 7,
		payload: fromHex('6d'),
	});
	t.is(decodeEchoReply('ipv6', fromHex('8100 0000 1234 0007'))?.sequence, 7);
});

test('echo: whatever is no reply is passed over', t => {
	t.is(decodeEchoReply('ipv4', fromHex('0301 0000 0000 0000')), undefined); // host unreachable
	t.is(decodeEchoReply('ipv6', fromHex('8000 0000 0000 0000')), undefined);
});

test('echo: a message that ends too early is truncated', t => {
	const error = t.throws(() => decodeEchoReply('ipv4', fromHex('0000')), {instanceOf: DecodeError});
	t.like(error, {code: 'truncated', path: 'icmp.echo'});
});
