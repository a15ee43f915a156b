// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex, toHex} from '../../src/core/bytes.ts';
import {DecodeError} from '../../src/core/errors.ts';
import {seededRandom} from '../../src/core/random.ts';
import {decodeAnswer, encodeQuestion, typeA, typeAaaa} from '../../src/runtime/quickjs/name-message.ts';

const question = encodeQuestion(0x1234, 'a.test', typeA);
// The question, then its name by pointer with 192.0.2.1, then 192.0.2.2 under a name in full.
const answer = fromHex(
	`1234 8180 0001 0002 0000 0000 01 61 04 74657374 00 0001 0001
	c00c 0001 0001 0000003c 0004 c0000201
	01 61 04 74657374 00 0001 0001 0000003c 0004 c0000202`,
);

test('dns: a question has its form', t => {
	t.is(toHex(question), '1234010000010000000000000161047465737400' + '00010001');
	t.deepEqual(encodeQuestion(0x1234, 'a.test.', typeA), question);
});

test('dns: addresses are read behind pointers and full names', t => {
	t.deepEqual(decodeAnswer(answer, question), {code: 0, addresses: ['192.0.2.1', '192.0.2.2']});
});

test('dns: IPv6 addresses are read', t => {
	const six = encodeQuestion(1, 'a', typeAaaa);
	const message = fromHex(
		'0001 8180 0001 0001 0000 0000 0161 00 001c 0001 c00c 001c 0001 00000000 0010 fe800000000000000000000000000001',
	);
	t.deepEqual(decodeAnswer(message, six).addresses, ['fe80:0:0:0:0:0:0:1']);
});

test('dns: a name that is not there has code 3 and no addresses', t => {
	const message = question.slice();
	message[2] = 0x81;
	message[3] = 0x83;
	t.deepEqual(decodeAnswer(message, question), {code: 3, addresses: []});
});

test('dns: the case of the question may change', t => {
	const message = answer.slice();
	message[13] = 0x41;
	t.is(decodeAnswer(message, question).addresses.length, 2);
});

for (const [what, at, value] of [
	['another id', 1, 0x35],
	['a query instead of an answer', 2, 0x01],
	['another name', 13, 0x62],
	['another type', 21, 0x1c],
] as const)
	test(`dns: ${what} is refused`, t => {
		const message = answer.slice();
		message[at] = value;
		t.like(
			t.throws(() => decodeAnswer(message, question), {instanceOf: DecodeError}),
			{code: 'sequence'},
		);
	});

test('dns: an answer cut anywhere is refused', t => {
	for (let length = 0; length < answer.length; length++)
		t.throws(() => decodeAnswer(answer.subarray(0, length), question), {instanceOf: DecodeError}, String(length));
});

test('dns: names that DNS cannot carry are refused', t => {
	for (const name of ['', '.', 'a..b', 'x'.repeat(64), `${'x'.repeat(60)}.`.repeat(5), 'ñ', 'a b', 'a\0'])
		t.throws(() => encodeQuestion(1, name, typeA), {instanceOf: DecodeError}, JSON.stringify(name));
});

test('dns: random changes give an answer or a DecodeError, never anything else', t => {
	const seed = 20_261_121;
	const random = seededRandom(seed);
	for (let round = 0; round < 20_000; round++) {
		const message = answer.slice(0, 1 + Math.floor(random() * answer.length));
		for (let i = 0; i < 3; i++) message[Math.floor(random() * message.length)] = Math.floor(random() * 256);
		try {
			decodeAnswer(message, question);
		} catch (error) {
			if (!(error instanceof DecodeError)) t.fail(`seed ${seed}, round ${round}: ${String(error)}`);
		}
	}
	t.pass();
});
