// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex, toHex} from '../../../src/core/bytes.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import type {PeerBody} from '../../../src/model/peer.ts';
import {type Body, readBody, writeBody} from '../../../src/wire/peer/body.ts';
import {
	decodeBody,
	decodeLetter,
	encodeLetter,
	PEER_BYTES_LIMIT,
	readdress,
	SCHEME_ED25519,
	SCHEME_HMAC,
	signedPart,
} from '../../../src/wire/peer/envelope.ts';
import {bodies, largeRecord, proposal} from './message.ts';

const letter = {
	network: 0x1234,
	scheme: SCHEME_HMAC,
	key: 7,
	origin: 0xcafe0001,
	epoch: 40_000_000,
	seq: 513,
	hopsLeft: 3,
	via: undefined,
} as const;

function encoded(body: Body): Uint8Array {
	const out: number[] = [];
	writeBody(out, body);
	return Uint8Array.from(out);
}

const vector = test.macro({
	title: (name = '') => `peer body: reads and writes ${name}`,
	exec(t, hex: string, body: PeerBody) {
		t.is(toHex(encoded(body)), hex.replaceAll(' ', ''));
		t.deepEqual(readBody(fromHex(hex), 0), body);
	},
});

test(
	'a hello',
	vector,
	// kind, 5180 MHz, 20 MHz, two that are heard, record 12, round 99, 1234 ms old
	'01 bc28 14 02 00000001 fffffffe 0c 63 d209',
	bodies[0] as PeerBody,
);
test('an agreement', vector, '04 00000003 04 00', bodies[3] as PeerBody);
test('a refusal', vector, '04 00000003 04 09', bodies[4] as PeerBody);
test('a verdict', vector, '05 01 00000003 04 b009', bodies[5] as PeerBody);
test('a word of radar', vector, '07 8c29 14 bc28 880e', bodies[7] as PeerBody);
test(
	'what a router says of time',
	vector,
	// kind, flags, number, then times; -64 and 20,000 with their signs folded in
	'09 03 05 c0843d 8080e2c4f2a29903 5a 00000001 80b48913 ac02 02 00000002 7f c0b802 0c 01 00000002 04 8201',
	bodies[8] as PeerBody,
);
test(
	'slots',
	vector,
	// kind, 5180 MHz, 32 slots of 5 ms, version 7, slots 0 1 2 9, slot 3, demand 4, weight 1, two in conflict
	'08 bc28 20 8827 07 02 0702 01 08 04 01 02 00000002 01 ac02 00000009 00 00',
	bodies[9] as PeerBody,
);
test(
	'losses',
	vector,
	'0a bc28 a01f 5a 01 00000002 9003 8001 01 00000002 00000003 8001 05 c801',
	bodies[10] as PeerBody,
);
test(
	'a record',
	vector,
	'02 01 01 01 bc28 14 01 00000009 10 dc28 05 01 02 bc28 14 80 01 00 00 bc28'.replace('80 01', '8001'),
	{
		kind: 'record',
		record: {
			radios: [{live: {mhz: 5180, widthMhz: 20}, pinned: true}],
			links: [{peer: 9, weight: 16, planMhz: 5212, stamp: 5}],
			channels: [{mhz: 5180, widthMhz: 20, busy: 128, blocked: false, radar: true}],
			pressure: 0,
			deploying: true,
			participation: 'active',
			backupMhz: 5180,
		},
	},
);

for (const body of bodies)
	test(`peer body: a ${body.kind} comes back as it was ${JSON.stringify(body).length}`, t => {
		t.deepEqual(readBody(encoded(body), 0), body);
		const bytes = encodeLetter(letter, body);
		t.deepEqual(decodeBody(bytes, decodeLetter(bytes)), body);
	});

test('peer body: a record of three radios, ten links and 24 channels is far below 400 bytes', t => {
	const bytes = encodeLetter(letter, {kind: 'record', record: largeRecord});
	t.true(bytes.length < 320, `${bytes.length} bytes`);
	t.log(`${bytes.length} bytes`);
});

test('peer body: a proposal of a dense ball fits into one datagram', t => {
	const members = Array.from({length: 45}, (_, i) => ({id: (i * 0x9e3779b1) >>> 0, seq: 20_000 + i}));
	const links = Array.from({length: 110}, (_, i) => ({
		a: members[i % 45]?.id ?? 0,
		b: members[(i * 7 + 1) % 45]?.id ?? 0,
		mhz: 5180 + 20 * (i % 8),
	}));
	const bytes = encodeLetter(letter, {kind: 'propose', proposal: {...proposal, members, links}});
	t.true(bytes.length <= PEER_BYTES_LIMIT, `${bytes.length} bytes`);
});

test('peer body: what a later release put behind a body is left alone', t => {
	for (const body of bodies) t.deepEqual(readBody(Uint8Array.from([...encoded(body), 1, 2, 3, 250]), 0), body);
});

test('peer body: a kind of a later release is one to be passed on', t => {
	t.deepEqual(readBody(fromHex('2a 01 02 03'), 0), {kind: 'other', number: 42});
});

test('peer body: words of a later release read as the safest', t => {
	const observe = encoded({kind: 'record', record: {...largeRecord, links: [], channels: [], radios: []}});
	const place = observe.length - 3;
	const later = observe.slice();
	later[place] = 99;
	t.like(readBody(later, 0), {record: {participation: 'observe'}});
	t.like(readBody(fromHex('04 00000003 04 63'), 0), {refusal: 'unknown'});
});

test('peer body: numbers that cannot be are written as the nearest that can', t => {
	const body = readBody(encoded({kind: 'radar', mhz: 1e9, widthMhz: -5, backupMhz: Number.NaN, leftS: 1.6}), 0);
	t.deepEqual(body, {kind: 'radar', mhz: 65_535, widthMhz: 0, backupMhz: 0, leftS: 2});
});

test('peer body: lists that are too long, and places that are not there, are refused', t => {
	const code = (hex: string) => t.throws(() => readBody(fromHex(hex), 0), {instanceOf: DecodeError}).code;
	t.is(code('01 bc28 14 41'), 'limit');
	t.is(code('01 bc28 14 02 000000'), 'truncated');
	// A link between members 0 and 1, of whom there is one.
	t.is(code('03 00000001 01 01 00000002 01 00 01 01 bc28 01 00 01 00 00'), 'range');
});

test('peer body: slots that cannot be are refused', t => {
	const code = (hex: string) => t.throws(() => readBody(fromHex(hex), 0), {instanceOf: DecodeError}).code;
	const head = '08 bc28 20 8827 07';
	t.is(code(`${head} 09 000000000000000001 00 04 01 00`), 'length', 'more bytes than any frame has slots');
	t.is(code(`${head} 02 0100 00 04 01 00`), 'length', 'a byte that says nothing');
	t.is(code(`${head} 02 01`), 'truncated');
	t.is(code(`${head} 05 0000000001 00 04 01 00`), 'range', 'slot 32 of 32');
	t.is(code(`${head} 00 05 0000000001 04 01 00`), 'range', 'slot 32 of 32 is claimed');
	t.is(code(`${head} 01 03 01 02 04 01 00`), 'range', 'in use and claimed');
	t.is(code(`${head} 00 00 04 05 00`), 'range', 'a weight of five');
	t.is(code(`${head} 00 00 04 01 02 00000002 00 00 00000002 00 00`), 'range', 'the same neighbour twice');
	t.is(code('08 bc28 41 8827 07 00 00 04 01 00'), 'range', '65 slots');
});

test('peer letter: what is signed leaves out what changes on the way', t => {
	const bytes = encodeLetter(letter, bodies[0] as PeerBody);
	const before = signedPart(bytes, SCHEME_HMAC);
	const on = readdress(bytes, 1, 0x01020304);
	t.deepEqual(signedPart(on, SCHEME_HMAC).signed, before.signed);
	t.is(before.authenticator.length, 16);
	t.is(
		signedPart(encodeLetter({...letter, scheme: SCHEME_ED25519}, bodies[0] as PeerBody), 1).authenticator.length,
		64,
	);
	t.like(decodeLetter(on), {...letter, hopsLeft: 1, via: 0x01020304, reach: 3});
	t.is(bytes[1], 3, 'the original stays as it is');
});

test('peer letter: goes no farther than its origin said', t => {
	const bytes = encodeLetter(letter, bodies[0] as PeerBody);
	t.is(t.throws(() => decodeLetter(readdress(bytes, 4, undefined)), {instanceOf: DecodeError}).code, 'range');
});

test('peer letter: more than fourteen hops are 63 at most, and nobody can make more of them', t => {
	const far = encodeLetter({...letter, hopsLeft: 63}, bodies[0] as PeerBody);
	t.like(decodeLetter(far), {hopsLeft: 63, reach: 63});
	t.like(decodeLetter(encodeLetter({...letter, hopsLeft: 20}, bodies[0] as PeerBody)), {hopsLeft: 20, reach: 63});
	t.like(decodeLetter(encodeLetter({...letter, hopsLeft: 14}, bodies[0] as PeerBody)), {hopsLeft: 14, reach: 14});
	t.like(decodeLetter(encodeLetter({...letter, hopsLeft: 99}, bodies[0] as PeerBody)), {hopsLeft: 63});
	t.is(t.throws(() => decodeLetter(readdress(far, 64, undefined)), {instanceOf: DecodeError}).code, 'range');
});

test('peer letter: says what it is, or is refused', t => {
	const bytes = encodeLetter(letter, bodies[0] as PeerBody);
	const code = (change: (copy: Uint8Array) => Uint8Array | undefined) => {
		const copy = bytes.slice();
		const changed = change(copy) ?? copy;
		return t.throws(() => decodeLetter(changed), {instanceOf: DecodeError}).code;
	};
	t.is(
		code(copy => copy.with(0, 0)),
		'type',
	);
	t.is(
		code(copy => copy.with(6, 2)),
		'version',
	);
	t.is(
		code(copy => copy.with(7, 0x23)),
		'version',
	);
	t.is(
		code(copy => copy.subarray(0, 14)),
		'truncated',
	);
	t.is(
		code(copy => copy.subarray(0, 25)),
		'truncated',
	);
	t.is(
		code(() => Uint8Array.from([...bytes, ...new Uint8Array(PEER_BYTES_LIMIT)])),
		'limit',
	);
	t.is(
		code(copy => void copy.fill(0, 11, 15)),
		'range',
	);
	t.is(
		code(() => new Uint8Array()),
		'type',
	);
});
