// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex, toHex} from '../../scripts/conformance/bytes.ts';
import {BlobError, type BlobTable, decodeTable, encodeTable, INT8, INT16, typed} from '../../src/ubus-ts/blobmsg.ts';
import {decodeFields, encodeFields} from '../../src/ubus-ts/fields.ts';
import * as m from '../../src/ubus-ts/message.ts';
import {readMonitored} from '../../src/ubus-ts/monitor.ts';

const vector = test.macro({
	title: (name = '') => `blobmsg: reads and rebuilds ${name}`,
	exec(t, hex: string, table: BlobTable, canBeBuilt = true) {
		const bytes = fromHex(hex.replaceAll(' ', ''));
		t.deepEqual(decodeTable(bytes), table);
		t.is(toHex(encodeFields(decodeFields(bytes))), toHex(bytes));
		if (canBeBuilt) t.is(toHex(encodeTable(table)), toHex(bytes));
	},
});

// From the recording of a reply with every type.
test('a boolean', vector, '87000011 0007 75385f7472756500 0000 01000000', {u8_true: true});
test('a byte that is no boolean', vector, '87000011 0006 75385f32303000 000000 c8000000', {u8_200: true}, false);
test('an int16', vector, '8600000e 0003 75313600 0000 beef 0000', {u16: -16657}, false);
test('an int32', vector, '85000014 0006 6933326e6567 00 000000 fffffffd', {i32neg: -3});
test('an int64 beyond a number', vector, '84000014 0003 753634 00 0000 1122334455667788', {u64: 1234605616436508552n});
test('a negative int64', vector, '84000018 0006 6936346e6567 00 000000 fffffffffffffffc', {i64neg: -4}, false);
test('a double', vector, '88000014 0003 64626c 00 0000 3ff8000000000000', {dbl: 1.5});
test('a string in UTF-8', vector, '83000013 0003 737472 00 0000 68c3a96c6c6f00 00', {str: 'héllo'});
test('null', vector, '8000000c 0004 6e756c6c 00 00', {null: null});
test('an empty name', vector, '8300000b 0000 00 00 6b7600 00', {'': 'kv'});
test(
	'nested tables and arrays',
	vector,
	'82000028 0001 74 00 81000020 0001 61 00 8500000c 0000 00 00 00000001 87000009 0000 00 00 00 000000',
	{t: {a: [1, false]}},
);

test('blobmsg: a name from a stranger does not change what objects are', t => {
	const table = decodeTable(encodeTable(JSON.parse('{"__proto__": {"evil": 1}, "a": 2}') as BlobTable));
	t.is((table as {evil?: unknown}).evil, undefined);
	t.deepEqual(Object.keys(table), ['__proto__', 'a']);
});

test('blobmsg: widths can be said', t => {
	t.is(
		toHex(encodeTable({a: typed(INT16, -2), b: typed(INT8, 200)})),
		'8600000a00016100fffe00008700000900016200c8000000',
	);
});

test('blobmsg: numbers take the narrowest width that JSON would have', t => {
	const types = (value: number): number => decodeFields(encodeTable({value}))[0]?.type ?? -1;
	t.deepEqual([1, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, 0.5, 2 ** 60].map(types), [5, 5, 4, 4, 8, 8]);
	for (const value of [2 ** 53 - 1, -(2 ** 53) + 1, -(2 ** 31) - 1, 2 ** 60, Number.NaN, -0.1])
		t.deepEqual(decodeTable(encodeTable({value})), {value});
});

test('blobmsg: a text ends at its zero byte, on both sides', t => {
	t.deepEqual(decodeTable(encodeTable({text: 'a\0b'})), {text: 'a'});
	t.deepEqual(decodeTable(fromHex('8300000c0001610061006200')), {a: 'a'});
});

for (const [what, hex, code] of [
	['an element longer than its table', '850000ff00016100', 'length'],
	['an element shorter than its header', '85000003', 'length'],
	['a name longer than its element', '8500000cffff610000000001', 'length'],
	['a name without its zero byte', '8500000c0001616100000001', 'length'],
	['an int32 of two bytes', '8500000a0001610000010000', 'length'],
	['a string without its zero byte', '8300000b0001610061626300', 'length'],
	['a type that there is not', '8900000c0001610000000001', 'type'],
] as const)
	test(`blobmsg: refuses ${what}`, t => {
		const error = t.throws(() => decodeTable(fromHex(hex)), {instanceOf: BlobError});
		t.is(error?.code, code);
	});

test('blobmsg: refuses nesting that would end the stack', t => {
	let table: BlobTable = {};
	for (let i = 0; i < 40; i++) table = {t: table};
	t.is(t.throws(() => decodeTable(encodeTable(table)), {instanceOf: BlobError})?.code, 'depth');
});

const frames = [
	new m.MessageWriter(m.HELLO, 0, 7).finish(),
	new m.MessageWriter(m.DATA, 1, 2).string(m.A_PATH, 'some.path').number(m.A_OBJECT, 0xdeadbeef).finish(),
	new m.MessageWriter(m.STATUS, 1, 2).number(m.A_STATUS, 4).finish(),
];
const stream = Uint8Array.from(frames.flatMap(frame => [...frame]));

for (const pieceBytes of [1, 2, 5, 12, 13, 1000])
	test(`messages: a stream in pieces of ${pieceBytes} bytes gives the same messages`, t => {
		const splitter = new m.MessageSplitter();
		const seen: unknown[] = [];
		for (let at = 0; at < stream.length; at += pieceBytes)
			t.true(
				splitter.push(stream.slice(at, at + pieceBytes), message =>
					seen.push([message.type, message.seq, message.peer, message.text(m.A_PATH), message.u32(m.A_OBJECT)]),
				),
			);
		t.deepEqual(seen, [
			[m.HELLO, 0, 7, undefined, undefined],
			[m.DATA, 1, 2, 'some.path', 0xdeadbeef],
			[m.STATUS, 1, 2, undefined, undefined],
		]);
	});

test('messages: attributes of a wrong kind count as absent, and of two the last one', t => {
	const message = new m.Message(
		fromHex(
			'000100010000000000000028 0100000600010000 0200000661620000 01000008000000050100000800000006'.replaceAll(' ', ''),
		),
	);
	t.is(message.text(m.A_PATH), undefined);
	t.is(message.u32(m.A_STATUS), 6);
});

test('monitor: a message of someone else is read out of it', t => {
	const inner = fromHex('040000096563686f00000000');
	const writer = new m.MessageWriter(m.MONITOR, 1, 0)
		.number(0, 0xabc)
		.number(1, 0x123)
		.number(3, 9)
		.number(4, m.INVOKE);
	writer.flag(2, true);
	writer.blob(5, undefined, inner);
	const seen = readMonitored(new m.Message(writer.finish()));
	t.like(seen, {client: 0xabc, isSent: true});
	t.deepEqual([seen?.message.type, seen?.message.peer, seen?.message.seq], [m.INVOKE, 0x123, 9]);
	t.is(readMonitored(new m.Message(frames[2] as Uint8Array)), undefined);
});
