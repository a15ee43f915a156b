// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex, toHex} from '../../../src/core/bytes.ts';
import {
	address,
	attributes,
	bytes,
	type Decoded,
	type Fields,
	flag,
	i8,
	i32,
	keyed,
	list,
	mac,
	nested,
	numbers,
	s64,
	s64Clamped,
	type Table,
	text,
	u8,
	u16,
	u16s,
	u32,
	u32s,
	u64,
	u64Clamped,
	type Value,
} from '../../../src/wire/netlink/attributes.ts';
import {layout, orders} from '../../helper/layout.ts';
import {checkCut, checkRefused, checkVector} from '../../helper/vector.ts';

const inner = attributes('test.inner', {count: u32(1).required, on: flag(2)});
const everything = attributes('test.everything', {
	byte: u8(1),
	short: u16(2),
	word: u32(3),
	long: u64(4),
	signedByte: i8(5),
	signedWord: i32(6),
	signedLong: s64(7),
	on: flag(8),
	name: text(9),
	blob: bytes(10),
	mac: mac(11),
	inner: nested(12, inner),
	inners: list(13, inner),
	levels: keyed(14, i8),
	words: u32s(15),
	shorts: u16s(16),
	kinds: numbers(17),
	anyLong: u64Clamped(18),
	anySignedLong: s64Clamped(19),
	address: address(20),
});

const vector = test.macro({
	title: (name = '') => `attributes: read and rebuild ${name}`,
	exec<F extends Fields>(t: import('ava').ExecutionContext, table: Table<F>, form: string, value: Value<F>) {
		checkVector(t, table, form, value);
	},
});

test('nothing', vector, everything, '', {on: false});
test('8 bits, padded', vector, everything, '2:5 2:1 1:200 0:3', {byte: 200, on: false});
test('16 bits', vector, everything, '2:6 2:2 2:65535 0:2', {short: 65535, on: false});
test('32 bits with the top bit set', vector, everything, '2:8 2:3 4:0xfffffffe', {word: 0xfffffffe, on: false});
test('64 bits up to 2^53 - 1', vector, everything, '2:12 2:4 8:9007199254740991', {
	long: Number.MAX_SAFE_INTEGER,
	on: false,
});
test('a negative byte', vector, everything, '2:5 2:5 1:-92 0:3', {signedByte: -92, on: false});
test('a negative word', vector, everything, '2:8 2:6 4:-2000', {signedWord: -2000, on: false});
test('a negative long', vector, everything, '2:12 2:7 8:-9007199254740991', {
	signedLong: Number.MIN_SAFE_INTEGER,
	on: false,
});
test('a flag', vector, everything, '2:4 2:8', {on: true});
test('text', vector, everything, '2:10 2:9 t:mesh0 0:3', {name: 'mesh0', on: false});
test('bytes', vector, everything, '2:7 2:10 x:00ff01 0:1', {blob: fromHex('00ff01'), on: false});
test('a hardware address', vector, everything, '2:10 2:11 x:02004c5fa0b1 0:2', {
	mac: '02:00:4c:5f:a0:b1',
	on: false,
});
test('a short link address', vector, everything, '2:8 2:20 x:c0000201', {address: 'c0:00:02:01', on: false});
test('a table within', vector, everything, '2:16 2:12 2:8 2:1 4:7 2:4 2:2', {
	inner: {count: 7, on: true},
	on: false,
});
test('a list of tables', vector, everything, '2:28 2:13 2:12 2:0 2:8 2:1 4:7 2:12 2:1 2:8 2:1 4:8', {
	inners: [
		{count: 7, on: false},
		{count: 8, on: false},
	],
	on: false,
});
test('an empty list', vector, everything, '2:4 2:13', {inners: [], on: false});
test('values by chain', vector, everything, '2:20 2:14 2:5 2:0 1:-60 0:3 2:5 2:2 1:-71 0:3', {
	levels: new Map([
		[0, -60],
		[2, -71],
	]),
	on: false,
});
test('a row of words', vector, everything, '2:12 2:15 4:0x000fac04 4:1', {words: [0x000fac04, 1], on: false});
test('a row of shorts', vector, everything, '2:8 2:16 2:65535 2:1', {shorts: [65535, 1], on: false});
test('a set of numbers', vector, everything, '2:12 2:17 2:4 2:2 2:4 2:7', {kinds: [2, 7], on: false});
test('clamped longs within their range', vector, everything, '2:12 2:18 8:4294967296 2:12 2:19 8:-1', {
	anyLong: 2 ** 32,
	anySignedLong: -1,
	on: false,
});

test('attributes: a clamped long beyond 2^53 is the limit', t => {
	for (const order of orders) {
		const ones = order === 'little' ? 'x:00000000000000ff' : 'x:ff00000000000000';
		const value = everything.decode(layout(`2:12 2:18 ${ones} 2:12 2:19 ${ones}`, order), order);
		t.is(value.anyLong, Number.MAX_SAFE_INTEGER);
		t.is(value.anySignedLong, Number.MIN_SAFE_INTEGER);
	}
});

test('attributes: types that the table does not name are skipped', t => {
	for (const order of orders)
		t.deepEqual(inner.decode(layout('2:7 2:900 x:010203 0:1 2:8 2:1 4:5 2:4 2:3', order), order), {
			count: 5,
			on: false,
		});
});

test('attributes: a projection of a table reads the same bytes', t => {
	const word = attributes('test.projection', {word: everything.fields.word});
	for (const order of orders) {
		const whole = everything.encode({byte: 1, word: 9, name: 'x', levels: new Map([[0, -1]])}, order);
		t.deepEqual(word.decode(whole, order), {word: 9});
	}
});

test('attributes: of a type that comes twice the last counts', t => {
	for (const order of orders) t.is(inner.decode(layout('2:8 2:1 4:5 2:8 2:1 4:6', order), order).count, 6);
});

test('attributes: the bits for nesting and byte order are not part of the type', t => {
	for (const order of orders) t.is(inner.decode(layout('2:8 2:0xc001 4:5', order), order).count, 5);
});

test('attributes: the padding of the last one may be left out', t => {
	for (const order of orders) t.is(everything.decode(layout('2:5 2:1 1:3', order), order).byte, 3);
});

test('attributes: text ends at NUL, and without one at its end', t => {
	for (const order of orders) {
		t.is(everything.decode(layout('2:8 2:9 t:a 0:1 t:bc', order), order).name, 'a');
		t.is(everything.decode(layout('2:8 2:9 t:wlan', order), order).name, 'wlan');
		t.is(everything.decode(layout('2:7 2:9 x:c328 0:2', order), order).name, '\ufffd(');
	}
});

test('attributes: a table knows its type', t => {
	const value: Decoded<typeof inner> = {count: 1, on: false};
	// @ts-expect-error a flag is always there
	const unflagged: Decoded<typeof inner> = {count: 1};
	// @ts-expect-error so is what is required
	const empty: Decoded<typeof inner> = {on: true};
	// @ts-expect-error an absent field is not a property
	const undefinedField: Decoded<typeof everything> = {byte: undefined, on: true};
	t.deepEqual([value, unflagged, empty, undefinedField].length, 4);
});

const refused = test.macro({
	title: (name = '') => `attributes: refuse ${name}`,
	exec(t, form: string, expected: {code: string; path: string; offset?: number}) {
		checkRefused(t, (bytes, order) => everything.decode(bytes, order), form, expected);
	},
});

test('a cut header', refused, '2:8 2:3 4:1 x:0800', {code: 'truncated', path: 'test.everything', offset: 8});
test('a cut payload', refused, '2:8 2:3 2:1', {code: 'truncated', path: 'test.everything.word', offset: 0});
test('a length below that of the header', refused, '2:3 2:3', {code: 'length', path: 'test.everything', offset: 0});
test('a length of zero, which would never end', refused, '2:0 2:0', {code: 'length', path: 'test.everything'});
test('a word of two bytes', refused, '2:6 2:3 2:1 0:2', {code: 'length', path: 'test.everything.word'});
test('a flag with a payload', refused, '2:5 2:8 1:1 0:3', {code: 'length', path: 'test.everything.on'});
test('a mac of five bytes', refused, '2:9 2:11 x:0102030405 0:3', {code: 'length', path: 'test.everything.mac'});
test('a row of words that is cut', refused, '2:10 2:15 4:1 x:0000 0:2', {
	code: 'length',
	path: 'test.everything.words',
});
test('2^53', refused, '2:12 2:4 8:9007199254740992', {code: 'range', path: 'test.everything.long'});
test('-2^53', refused, '2:12 2:7 8:-9007199254740992', {code: 'range', path: 'test.everything.signedLong'});
test('a table within that lacks what it must have', refused, '2:8 2:12 2:4 2:2', {
	code: 'missing',
	path: 'test.inner.count',
});
test('an attribute that runs past the one around it', refused, '2:12 2:12 2:12 2:1 4:5', {
	code: 'truncated',
	path: 'test.inner.count',
});
test('a list whose element is cut', refused, '2:8 2:13 2:12 2:0', {code: 'truncated', path: 'netlink.list'});
test('a list whose element is impossible', refused, '2:8 2:14 2:2 2:0', {code: 'length', path: 'netlink.list'});
test('a level of two bytes', refused, '2:12 2:14 2:6 2:0 2:5 0:2', {code: 'length', path: 'netlink.list'});

test('attributes: refuse a start beyond the end and an end beyond the bytes', t => {
	const path = {code: 'truncated', path: 'test.inner'};
	checkRefused(t, (bytes, order) => inner.decode(bytes, order, 12, 8), '2:8 2:1 4:5', path);
	checkRefused(t, (bytes, order) => inner.decode(bytes, order, 0, 9), '2:8 2:1 4:5', path);
});

test('attributes: encoding refuses what it cannot say', t => {
	// @ts-expect-error count is required
	t.throws(() => inner.encode({}, 'little'), {instanceOf: RangeError});
	t.throws(() => everything.encode({mac: '02:00:00'}, 'little'), {instanceOf: RangeError});
	t.throws(() => everything.encode({mac: '02:00:00:00:00:zz'}, 'little'), {instanceOf: RangeError});
	t.throws(() => everything.encode({blob: new Uint8Array(65532)}, 'little'), {instanceOf: RangeError});
	t.notThrows(() => everything.encode({blob: new Uint8Array(65531)}, 'little'));
});

test('attributes: undefined is the same as absent', t => {
	t.is(toHex(everything.encode({byte: undefined, on: undefined}, 'little')), '');
});

test('attributes: a table with a type twice is a mistake', t => {
	t.throws(() => attributes('test.twice', {a: u8(1), b: u8(1)}), {instanceOf: RangeError});
});

test('attributes: a whole table survives every direction', t => {
	const value: Decoded<typeof everything> = {
		byte: 1,
		short: 2,
		word: 3,
		long: 2 ** 40,
		signedByte: -1,
		signedWord: -2,
		signedLong: -(2 ** 40),
		on: true,
		name: 'wlan0-mesh',
		blob: fromHex('0102030405'),
		mac: '02:00:00:00:00:01',
		inner: {count: 1, on: false},
		inners: [{count: 2, on: true}],
		levels: new Map([[3, -90]]),
		words: [1, 2, 3],
		shorts: [1, 2, 3],
		kinds: [1, 7],
		anyLong: 5,
		anySignedLong: -5,
		address: '02:00:00:00:00:00:00:00',
	};
	for (const order of orders) {
		const bytes = everything.encode(value, order);
		t.deepEqual(everything.decode(bytes, order), value);
		checkCut(t, bytes, cut => everything.decode(cut, order));
	}
});
