// SPDX-License-Identifier: Apache-2.0
import {fromHex, toHex} from '../../src/core/bytes.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import type {ConformanceCase} from './case.ts';

/** Source: FIPS 180-2, appendix B, and the empty text. */
const sha256Vectors: readonly [text: string, hex: string][] = [
	['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
	['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
	[
		'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
		'248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
	],
	['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
];

/** Source: RFC 4231, test cases 1, 2 and 6. */
const hmacVectors: readonly [keyHex: string, text: string, hex: string][] = [
	['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
	[
		toHex(encodeUtf8('Jefe')),
		'what do ya want for nothing?',
		'5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
	],
	[
		'aa'.repeat(131),
		'Test Using Larger Than Block-Size Key - Hash Key First',
		'60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
	],
];

interface SignatureVector {
	readonly seed: string;
	readonly publicKey: string;
	readonly message: string;
	readonly signature: string;
}

/** Source: RFC 8032, section 7.1, tests 1 to 3. */
const ed25519Vectors: readonly SignatureVector[] = [
	{
		seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
		publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
		message: '',
		signature:
			'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
	},
	{
		seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
		publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
		message: '72',
		signature:
			'92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
	},
	{
		seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
		publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
		message: 'af82',
		signature:
			'6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
	},
];

/** The order of Ed25519's base point, little-endian. Source: RFC 8032, section 5.1. */
const groupOrder = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** The same signature with its second half raised by the group's order: equal by arithmetic, forbidden by the RFC. */
function malleate(signature: Uint8Array): Uint8Array {
	const changed = signature.slice();
	let carry = 0;
	for (let i = 0; i < 32; i++) {
		carry += (changed[32 + i] ?? 0) + (groupOrder[i] ?? 0);
		changed[32 + i] = carry & 255;
		carry >>= 8;
	}
	return changed;
}

const needs = ['crypto'] as const;

export const cryptoCases: readonly ConformanceCase[] = [
	{
		name: 'crypto: SHA-256 gives the digests of FIPS 180',
		needs,
		run({runtime: {crypto}, equal}) {
			for (const [text, hex] of sha256Vectors) equal(toHex(crypto.sha256(encodeUtf8(text))), hex, text.slice(0, 20));
		},
	},
	{
		name: 'crypto: HMAC-SHA-256 gives the codes of RFC 4231',
		needs,
		run({runtime: {crypto}, equal}) {
			for (const [key, text, hex] of hmacVectors)
				equal(toHex(crypto.hmacSha256(fromHex(key), encodeUtf8(text))), hex, text);
		},
	},
	{
		name: 'crypto: Ed25519 derives, signs and verifies as RFC 8032 shows',
		needs,
		run({runtime: {crypto}, equal, ok}) {
			for (const {seed, publicKey, message, signature} of ed25519Vectors) {
				equal(toHex(crypto.ed25519PublicKey(fromHex(seed))), publicKey, 'public key');
				equal(toHex(crypto.ed25519Sign(fromHex(seed), fromHex(message))), signature, 'signature');
				ok(crypto.ed25519Verify(fromHex(publicKey), fromHex(message), fromHex(signature)), `refused ${signature}`);
			}
		},
	},
	{
		name: 'crypto: Ed25519 refuses any changed part, another length and a malleable signature',
		needs,
		run({runtime: {crypto}, ok}) {
			const vector = ed25519Vectors[2];
			if (vector === undefined) return;
			const publicKey = fromHex(vector.publicKey);
			const message = fromHex(vector.message);
			const signature = fromHex(vector.signature);
			for (const at of [0, 31, 32, 63]) {
				const changed = signature.slice();
				changed[at] = (changed[at] ?? 0) ^ 1;
				ok(!crypto.ed25519Verify(publicKey, message, changed), `accepted a change at ${at}`);
			}
			ok(!crypto.ed25519Verify(publicKey, fromHex('af83'), signature), 'accepted another message');
			ok(
				!crypto.ed25519Verify(fromHex(ed25519Vectors[0]?.publicKey ?? ''), message, signature),
				'accepted another key',
			);
			ok(!crypto.ed25519Verify(publicKey, message, signature.subarray(0, 63)), 'accepted 63 bytes');
			ok(!crypto.ed25519Verify(publicKey, message, malleate(signature)), 'accepted S + L');
		},
	},
	{
		name: 'crypto: keys of another length are an error',
		needs,
		run({runtime: {crypto}, ok}) {
			for (const call of [
				() => crypto.ed25519PublicKey(new Uint8Array(31)),
				() => crypto.ed25519Sign(new Uint8Array(33), new Uint8Array(1)),
				() => crypto.ed25519Verify(new Uint8Array(31), new Uint8Array(1), new Uint8Array(64)),
			]) {
				let threw = false;
				try {
					call();
				} catch {
					threw = true;
				}
				ok(threw, 'passed');
			}
		},
	},
	{
		name: 'crypto: random bytes have the length asked for and differ',
		needs,
		run({runtime: {crypto}, equal, ok}) {
			for (const length of [0, 1, 16, 4096]) equal(crypto.randomBytes(length).length, length, 'length');
			const draws = [crypto.randomBytes(16), crypto.randomBytes(16)].map(toHex);
			ok(draws[0] !== draws[1], 'repeats');
			ok(new Set(crypto.randomBytes(4096)).size > 200, 'values');
		},
	},
];
