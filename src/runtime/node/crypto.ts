// SPDX-License-Identifier: Apache-2.0
import {createHash, createHmac, createPrivateKey, createPublicKey, randomBytes, sign, verify} from 'node:crypto';
import type {Crypto} from '../../port/port.ts';

const signatureBytes = 64;

// Node takes Ed25519 keys only in their DER wrappings, which are fixed bytes before the 32 of the key.
// Source: RFC 8410 section 4 (SubjectPublicKeyInfo) and section 7 (OneAsymmetricKey).
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKey(seed: Uint8Array) {
	if (seed.length !== 32) throw new RangeError('seed: not 32 bytes');
	return createPrivateKey({key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8'});
}

function own(bytes: Buffer): Uint8Array {
	return new Uint8Array(bytes);
}

export const nodeCrypto: Crypto = {
	randomBytes: length => own(randomBytes(length)),
	sha256: bytes => own(createHash('sha256').update(bytes).digest()),
	hmacSha256: (key, bytes) => own(createHmac('sha256', key).update(bytes).digest()),
	ed25519PublicKey: seed =>
		own(createPublicKey(privateKey(seed)).export({format: 'der', type: 'spki'}).subarray(publicPrefix.length)),
	ed25519Sign: (seed, message) => own(sign(null, message, privateKey(seed))),
	ed25519Verify(publicKey, message, signature) {
		if (publicKey.length !== 32) throw new RangeError('public key: not 32 bytes');
		if (signature.length !== signatureBytes) return false;
		const key = createPublicKey({key: Buffer.concat([publicPrefix, publicKey]), format: 'der', type: 'spki'});
		return verify(null, message, key, signature);
	},
};
