// SPDX-License-Identifier: Apache-2.0
import {createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify} from 'node:crypto';

// Keys and signatures as usign has them, by which opkg trusts a feed: a comment line, then base64 of "Ed", the key's
// number and the Ed25519 bytes. Source: OpenWrt usign, main.c; the layout is OpenBSD signify's.

const ALGORITHM = Buffer.from('Ed');
const NUMBER_BYTES = 8;
const SEED_BYTES = 32;
// RFC 8410: what stands before a seed or a public key in PKCS #8 and SPKI.
const privateHead = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicHead = Buffer.from('302a300506032b6570032100', 'hex');

export interface UsignKey {
	/** Names it: the file of the public key in /etc/opkg/keys is called so. */
	readonly number: string;
	/** Text of the secret key file. */
	readonly secretText: string;
	/** Text of the public key file. */
	readonly publicText: string;
}

const file = (comment: string, bytes: Uint8Array): string =>
	`untrusted comment: ${comment}\n${Buffer.from(bytes).toString('base64')}\n`;

function bytesOf(text: string): Buffer {
	const [comment = '', base64 = ''] = text.split('\n');
	const bytes = Buffer.from(base64, 'base64');
	if (!comment.startsWith('untrusted comment: ') || !bytes.subarray(0, 2).equals(ALGORITHM))
		throw new Error('usign: not a key or a signature');
	return bytes;
}

const privateKeyOf = (seed: Uint8Array): KeyObject =>
	createPrivateKey({key: Buffer.concat([privateHead, seed]), format: 'der', type: 'pkcs8'});
const publicBytesOf = (seed: Uint8Array): Buffer =>
	Buffer.from(createPublicKey(privateKeyOf(seed)).export({format: 'der', type: 'spki'}).subarray(publicHead.length));

/** The key of a seed of 32 random bytes. */
export function usignKey(seed: Uint8Array): UsignKey {
	const publicBytes = publicBytesOf(seed);
	const number = createHash('sha512').update(publicBytes).digest().subarray(0, NUMBER_BYTES);
	const secret = Buffer.concat([seed, publicBytes]);
	const checksum = createHash('sha512').update(secret).digest().subarray(0, 8);
	const text = number.toString('hex');
	return {
		number: text,
		secretText: file(
			`private key ${text}`,
			Buffer.concat([ALGORITHM, Buffer.from('BK'), Buffer.alloc(4 + 16), checksum, number, secret]),
		),
		publicText: file(`public key ${text}`, Buffer.concat([ALGORITHM, number, publicBytes])),
	};
}

/** Of a secret key file that has no passphrase. Errors: an Error that says what it is instead. */
export function readUsignKey(secretText: string): UsignKey {
	const bytes = bytesOf(secretText);
	const seedAt = 2 + 2 + 4 + 16 + 8 + NUMBER_BYTES;
	if (bytes.length !== seedAt + 64) throw new Error('usign: not a secret key');
	if (bytes.readUInt32BE(4) !== 0) throw new Error('usign: a key with a passphrase');
	const seed = bytes.subarray(seedAt, seedAt + SEED_BYTES);
	const number = bytes.subarray(seedAt - NUMBER_BYTES, seedAt);
	const text = number.toString('hex');
	const publicText = file(`public key ${text}`, Buffer.concat([ALGORITHM, number, publicBytesOf(seed)]));
	return {number: text, secretText, publicText};
}

/** The text of a signature file. */
export function signUsign({secretText, number}: UsignKey, message: Uint8Array): string {
	const seed = bytesOf(secretText).subarray(-64, -32);
	const signature = sign(null, message, privateKeyOf(seed));
	return file(`signed by key ${number}`, Buffer.concat([ALGORITHM, Buffer.from(number, 'hex'), signature]));
}

/** Whether a signature file is of this message and by this key. */
export function verifyUsign(publicText: string, message: Uint8Array, signatureText: string): boolean {
	const [key, signature] = [bytesOf(publicText), bytesOf(signatureText)];
	if (!key.subarray(2, 10).equals(signature.subarray(2, 10))) return false;
	const publicKey = createPublicKey({
		key: Buffer.concat([publicHead, key.subarray(10)]),
		format: 'der',
		type: 'spki',
	});
	return verify(null, message, publicKey, signature.subarray(10));
}
