// SPDX-License-Identifier: Apache-2.0
import {
	createECDH,
	createHash,
	createHmac,
	createPrivateKey,
	createPublicKey,
	type KeyObject,
	verify,
} from 'node:crypto';
import {schemaBytes} from './adb.ts';

// Signatures of ADB files: ECDSA over SHA-512 with a P-256 key, made without chance (RFC 6979), so that the same package
// is the same bytes. Source: apk-tools 3.0, src/adb.c (adb_digest_v0_signature), src/crypto_openssl.c (key id).

const curve = 'prime256v1';
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const BYTES = 32;
const SHA512 = 4; // apk's number for it
const ID_BYTES = 16;

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
const toBytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(2 * BYTES, '0'), 'hex');
const sha512 = (...parts: readonly Uint8Array[]): Buffer => {
	const hash = createHash('sha512');
	for (const part of parts) hash.update(part);
	return hash.digest();
};

function inverse(value: bigint): bigint {
	let [a, b, x, y] = [value, order, 1n, 0n];
	while (b !== 0n) {
		const quotient = a / b;
		[a, b] = [b, a - quotient * b];
		[x, y] = [y, x - quotient * y];
	}
	return ((x % order) + order) % order;
}

/** The number that must be drawn anew for every message, drawn from key and message (RFC 6979, 3.2). */
function* nonces(secret: bigint, digest: Uint8Array): Generator<bigint> {
	const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer => {
		const mac = createHmac('sha512', key);
		for (const part of parts) mac.update(part);
		return mac.digest();
	};
	const seed = Buffer.concat([toBytes(secret), toBytes(toNumber(digest.subarray(0, BYTES)) % order)]);
	let value: Buffer = Buffer.alloc(64, 1);
	let key: Buffer = hmac(Buffer.alloc(64, 0), value, Buffer.of(0), seed);
	value = hmac(key, value);
	key = hmac(key, value, Buffer.of(1), seed);
	value = hmac(key, value);
	for (;;) {
		value = hmac(key, value);
		const nonce = toNumber(value.subarray(0, BYTES));
		if (nonce > 0n && nonce < order) yield nonce;
		key = hmac(key, value, Buffer.of(0));
		value = hmac(key, value);
	}
}

/** ECDSA of a message under SHA-512, in DER, the same at every call. */
export function signEcdsa(privateKey: KeyObject, message: Uint8Array): Buffer {
	const {d} = privateKey.export({format: 'jwk'});
	if (privateKey.asymmetricKeyDetails?.namedCurve !== curve || d === undefined)
		throw new Error('the key for .apk files must be an EC key on prime256v1');
	const secret = toNumber(Buffer.from(d, 'base64url'));
	const digest = sha512(message);
	const hashed = toNumber(digest.subarray(0, BYTES));
	for (const nonce of nonces(secret, digest)) {
		const point = createECDH(curve);
		point.setPrivateKey(toBytes(nonce));
		const r = toNumber(point.getPublicKey().subarray(1, 1 + BYTES)) % order;
		const s = (inverse(nonce) * (hashed + r * secret)) % order;
		if (r !== 0n && s !== 0n) return derOf(r, s);
	}
	throw new Error('there is always another nonce');
}

function derOf(r: bigint, s: bigint): Buffer {
	const integer = (value: bigint): Buffer => {
		const hex = value.toString(16);
		const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
		const body = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
		return Buffer.concat([Buffer.of(2, body.length), body]);
	};
	const body = Buffer.concat([integer(r), integer(s)]);
	return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

/** By which apk finds the key in /etc/apk/keys: the start of the SHA-512 of its point. */
function keyId(publicKey: KeyObject): Buffer {
	const {x = '', y = ''} = publicKey.export({format: 'jwk'});
	return sha512(Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')).subarray(0, ID_BYTES);
}

const signed = (schema: string, head: Uint8Array, database: Uint8Array): Buffer =>
	Buffer.concat([schemaBytes(schema), head, sha512(database)]);

/** The signature block of a database. */
export function signDatabase(privateKeyPem: string, schema: string, database: Uint8Array): Buffer {
	const key = createPrivateKey(privateKeyPem);
	const publicKey = createPublicKey(privateKeyPem);
	const head = Buffer.concat([Buffer.of(0, SHA512), keyId(publicKey)]);
	return Buffer.concat([head, signEcdsa(key, signed(schema, head, database))]);
}

/** Whether a signature block is of this database and by this key. */
export function verifyDatabase(publicKeyPem: string, schema: string, database: Uint8Array, block: Uint8Array): boolean {
	const key = createPublicKey(publicKeyPem);
	const head = Buffer.from(block.subarray(0, 2 + ID_BYTES));
	const known = Buffer.concat([Buffer.of(0, SHA512), keyId(key)]).equals(head);
	return known && verify('sha512', signed(schema, head, database), key, block.subarray(2 + ID_BYTES));
}
