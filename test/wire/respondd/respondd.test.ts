// SPDX-License-Identifier: Apache-2.0
import {inflateRawSync} from 'node:zlib';
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import {deflate} from '../../../src/wire/respondd/deflate.ts';
import {readQuestion, writeAnswer} from '../../../src/wire/respondd/request.ts';

test('deflate: what it writes, zlib inflates to the same bytes, whatever they are', t => {
	const random = seededRandom(7);
	const cases: Uint8Array[] = [
		new Uint8Array(),
		new Uint8Array(1),
		new Uint8Array(100_000),
		encodeUtf8('abcabcabcabc'),
	];
	for (let i = 0; i < 200; i++) {
		const length = Math.floor(random() ** 3 * 5000);
		// From few letters, with many repeats of all lengths, to noise.
		const letters = 1 + Math.floor(random() * 256);
		const bytes = Uint8Array.from({length}, () => Math.floor(random() * letters));
		if (i % 3 === 0) bytes.copyWithin(Math.floor(length / 2), 0, Math.floor(length / 2));
		cases.push(bytes);
	}
	for (const [i, bytes] of cases.entries())
		t.deepEqual(new Uint8Array(inflateRawSync(deflate(bytes))), bytes, `case ${i} of seed 7`);
});

test('deflate: repeats from afar are found up to the window and not beyond', t => {
	const random = seededRandom(8);
	const noise = Uint8Array.from({length: 32_760}, () => Math.floor(random() * 256));
	for (const gap of [1, 8, 9, 5000]) {
		const bytes = new Uint8Array([
			...noise.subarray(0, 100),
			...noise.subarray(0, 32_660 + gap),
			...noise.subarray(0, 100),
		]);
		t.deepEqual(new Uint8Array(inflateRawSync(deflate(bytes))), bytes, `gap ${gap}`);
	}
});

test('deflate: a text that repeats its names becomes a third', t => {
	const links = Array.from({length: 12}, (_, i) => ({
		signal: -60 - i,
		inactive: 100 * i,
		peer: `02:00:00:00:00:0${i % 10}`,
	}));
	const text = encodeUtf8(JSON.stringify({node_id: '0200deadbeef', neighbours: links}));
	t.true(deflate(text).length < text.length / 3, `${deflate(text).length} of ${text.length}`);
});

for (const [text, names, isGet] of [
	['nodeinfo', ['nodeinfo'], false],
	['statistics', ['statistics'], false],
	['GET nodeinfo statistics neighbours', ['nodeinfo', 'statistics', 'neighbours'], true],
	['GET neighbours', ['neighbours'], true],
	['GET nodeinfo something', ['nodeinfo'], true],
	['GET nodeinfo\n', ['nodeinfo'], true],
] as const)
	test(`respondd: the question '${text.trim()}' is understood`, t => {
		t.deepEqual(readQuestion(encodeUtf8(text)), {names: [...names], isGet});
	});

for (const text of ['', 'GET', 'GET ', 'bogus', 'nodeinfo statistics', 'get nodeinfo', '\0', 'x'.repeat(300)])
	test(`respondd: the question '${text.slice(0, 20).replaceAll('\0', '\\0')}' has no answer`, t => {
		t.is(readQuestion(encodeUtf8(text)), undefined);
	});

test('respondd: an answer to GET is compressed and holds each name, one to a bare name is plain and holds it alone', t => {
	const answer = (name: string): object => ({of: name});
	const compressed = writeAnswer({names: ['nodeinfo', 'neighbours'], isGet: true}, answer);
	t.deepEqual(JSON.parse(inflateRawSync(compressed).toString()), {
		nodeinfo: {of: 'nodeinfo'},
		neighbours: {of: 'neighbours'},
	});
	const plain = writeAnswer({names: ['statistics'], isGet: false}, answer);
	t.deepEqual(JSON.parse(Buffer.from(plain).toString()), {of: 'statistics'});
});
