// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {type ByteOrder, concatBytes, toHex} from '../../../src/core/bytes.ts';
import {attributes, u32} from '../../../src/wire/netlink/attributes.ts';
import {
	type Acknowledgement,
	decodeAcknowledgement,
	encodeAcknowledgement,
	encodeMessage,
	encodeRequest,
	MessageCursor,
	NLMSG_DONE,
	NLMSG_ERROR,
	requestFlags,
	setSequence,
} from '../../../src/wire/netlink/message.ts';
import {layout, orders} from '../../helper/layout.ts';
import {checkCut, checkRefused} from '../../helper/vector.ts';

interface Seen {
	type: number;
	flags: number;
	sequence: number;
	port: number;
	body: string;
}

function read(bytes: Uint8Array, order: ByteOrder): Seen[] {
	const cursor = new MessageCursor(bytes, order);
	const seen: Seen[] = [];
	while (cursor.next()) {
		const {type, flags, sequence, port, start, end} = cursor;
		seen.push({type, flags, sequence, port, body: toHex(bytes.subarray(start, end))});
	}
	return seen;
}

test('message: a datagram of two is read without copying', t => {
	for (const order of orders) {
		const bytes = layout('4:18 2:16 2:2 4:7 4:99 x:0102 0:2 4:20 2:3 2:2 4:7 4:99 4:0', order);
		t.deepEqual(read(bytes, order), [
			{type: 16, flags: 2, sequence: 7, port: 99, body: '0102'},
			{type: 3, flags: 2, sequence: 7, port: 99, body: '00000000'},
		]);
		checkCut(t, bytes, cut => read(cut, order));
	}
});

test('message: an empty datagram has none', t => {
	t.deepEqual(read(new Uint8Array(), 'big'), []);
});

const refused = test.macro({
	title: (name = '') => `message: refuses ${name}`,
	exec(t, form: string, code: string, offset: number) {
		checkRefused(t, read, form, {code, path: 'netlink.message', offset});
	},
});
test('a cut header', refused, '4:16 2:3 2:0 4:1', 'truncated', 0);
test('a length below that of the header', refused, '4:15 2:3 2:0 4:1 4:1', 'length', 0);
test('a length of zero, which would never end', refused, '4:0 2:3 2:0 4:1 4:1', 'length', 0);
test('a length beyond the datagram', refused, '4:16 2:3 2:0 4:1 4:1 4:24 2:3 2:0 4:1 4:1', 'truncated', 16);
test('a length beyond 2^31', refused, '4:0xfffffff0 2:3 2:0 4:1 4:1', 'truncated', 0);

test('message: a request is built of header, fixed part and attributes', t => {
	const table = attributes('test.table', {word: u32(3)});
	for (const order of orders) {
		const header = {type: 18, flags: requestFlags('dump')};
		const bytes = encodeRequest(order, header, Uint8Array.of(1, 2, 3), table, {word: 5});
		setSequence(bytes, 0x01020304, order);
		t.is(toHex(bytes), toHex(layout('4:28 2:18 2:0x301 4:0x01020304 4:0 x:010203 0:1 2:8 2:3 4:5', order)));
	}
});

test('message: its length is that of the body, its bytes are aligned', t => {
	for (const order of orders) {
		const bytes = encodeMessage(order, {type: 1, flags: 0, sequence: 2, port: 3}, sink => sink.push(Uint8Array.of(9)));
		t.is(toHex(bytes), toHex(layout('4:17 2:1 2:0 4:2 4:3 1:9 0:3', order)));
	}
});

test('message: a single request asks for an acknowledgement, a dump does not', t => {
	t.is(requestFlags('do'), 0x5);
	t.is(requestFlags('dump'), 0x301);
	t.is(requestFlags('do', 0x400), 0x405);
});

function acknowledgement(bytes: Uint8Array, order: ByteOrder): Acknowledgement {
	const cursor = new MessageCursor(bytes, order);
	cursor.next();
	return decodeAcknowledgement(cursor);
}

const acknowledged = test.macro({
	title: (name = '') => `acknowledgement: reads ${name}`,
	exec(t, form: string, expected: Acknowledgement) {
		for (const order of orders) {
			const bytes = layout(form, order);
			t.deepEqual(acknowledgement(bytes, order), expected, order);
			checkCut(t, bytes, cut => acknowledgement(cut, order));
		}
	},
});

test('consent', acknowledged, '4:36 2:2 2:0x100 4:7 4:99 4:0 4:28 2:16 2:5 4:7 4:0', {errno: 0});
test('a refusal', acknowledged, '4:36 2:2 2:0x100 4:7 4:99 4:-19 4:28 2:16 2:5 4:7 4:0', {errno: 19});
test('the end of a dump, and its error', acknowledged, '4:20 2:3 2:2 4:7 4:99 4:-4', {errno: 4});
test('an empty end of a dump, as old kernels send', acknowledged, '4:16 2:3 2:2 4:7 4:99', {errno: 0});
test(
	'words, and where the request is wrong',
	acknowledged,
	'4:52 2:2 2:0x300 4:7 4:99 4:-22 4:24 2:16 2:5 4:7 4:0 2:8 2:1 t:bad 0:1 2:8 2:2 4:20',
	{errno: 22, text: 'bad', offset: 20},
);
test(
	'words behind the whole request',
	acknowledged,
	'4:52 2:2 2:0x200 4:7 4:99 4:-22 4:22 2:16 2:5 4:7 4:0 x:0102030405060000 2:8 2:1 t:bad 0:1',
	{errno: 22, text: 'bad'},
);
test(
	'which attribute is missing',
	acknowledged,
	'4:52 2:2 2:0x300 4:7 4:99 4:-22 4:24 2:16 2:5 4:7 4:0 2:8 2:5 4:24 2:8 2:6 4:16',
	{errno: 22, missingType: 24, missingNest: 16},
);
test('words at the end of a dump', acknowledged, '4:28 2:3 2:0x202 4:7 4:99 4:-16 2:8 2:1 t:bsy 0:1', {
	errno: 16,
	text: 'bsy',
});

test('acknowledgement: refuses a positive error', t => {
	checkRefused(t, acknowledgement, '4:36 2:2 2:0x100 4:7 4:99 4:19 4:28 2:16 2:5 4:7 4:0', {
		code: 'range',
		path: 'netlink.acknowledgement.errno',
	});
});

test('acknowledgement: refuses a request within that is longer than the message', t => {
	checkRefused(t, acknowledgement, '4:36 2:2 2:0x200 4:7 4:99 4:-22 4:28 2:16 2:5 4:7 4:0', {
		code: 'length',
		path: 'netlink.acknowledgement.request',
	});
});

test('acknowledgement: what is built is read back', t => {
	const values: Acknowledgement[] = [{errno: 0}, {errno: 22, text: 'no', offset: 24}, {errno: 22, missingType: 3}];
	for (const order of orders)
		for (const value of values)
			for (const type of [NLMSG_ERROR, NLMSG_DONE]) {
				const bytes = encodeAcknowledgement(order, {type, sequence: 7, port: 9}, value);
				t.deepEqual(acknowledgement(bytes, order), value);
				t.deepEqual(acknowledgement(concatBytes([bytes, bytes]), order), value);
			}
});
