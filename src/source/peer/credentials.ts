// SPDX-License-Identifier: Apache-2.0
import {readU16, readU32} from '../../core/bytes.ts';
import {encodeUtf8} from '../../core/text.ts';
import type {NodeId} from '../../model/peer.ts';
import type {Crypto} from '../../port/port.ts';
import {type Letter, SCHEME_ED25519, SCHEME_HMAC, signedPart} from '../../wire/peer/envelope.ts';

// Who may speak in a mesh, and how that is proven: by a key that all of a community share, or by a key of its own for each
// router, of which the others have a list. Both may be accepted at once, which is how a mesh goes from one to the other.

export interface CredentialOptions {
	/** Messages of another network are not ours, whoever signed them. */
	readonly network: string;
	/** The community's keys: all are accepted, the first is used. */
	readonly keys: readonly Uint8Array[];
	/** Of our own Ed25519 key, 32 bytes. Absent: the community's key is used. */
	readonly seed: Uint8Array | undefined;
	/** Public keys of those who may speak; our own need not be there. */
	readonly allowed: readonly Uint8Array[];
}

/** How many bytes of an HMAC are sent. */
const MAC_BYTES = 16;

export class Credentials {
	readonly network: number;
	/** Absent: without a key of its own a router has a number by its address, see `numberFor`. */
	readonly ownNumber: NodeId | undefined;
	readonly #crypto: Crypto;
	readonly #keys: readonly {readonly id: number; readonly key: Uint8Array}[];
	readonly #seed: Uint8Array | undefined;
	readonly #allowed: ReadonlyMap<NodeId, Uint8Array>;

	constructor(crypto: Crypto, {network, keys, seed, allowed}: CredentialOptions) {
		this.#crypto = crypto;
		this.network = readU16(crypto.sha256(encodeUtf8(`mesh ${network}`)), 0, 'big');
		this.#keys = keys.map(key => ({id: crypto.hmacSha256(key, encodeUtf8('key'))[0] ?? 0, key}));
		this.#seed = seed;
		const own = seed === undefined ? [] : [crypto.ed25519PublicKey(seed)];
		this.#allowed = new Map([...own, ...allowed].map(key => [numberOf(crypto.sha256(key)), key]));
		this.ownNumber = own[0] === undefined ? undefined : numberOf(crypto.sha256(own[0]));
	}

	/** A router's number where a community shares a key: it says nothing to who does not have that. */
	numberFor(address: string): NodeId {
		return numberOf(this.#crypto.hmacSha256(this.#keys[0]?.key ?? new Uint8Array(), encodeUtf8(`node ${address}`)));
	}

	/** What a letter of ours says of who signed it. */
	get signature(): Pick<Letter, 'network' | 'scheme' | 'key'> {
		const isOwn = this.#seed !== undefined;
		const {network} = this;
		return {network, scheme: isOwn ? SCHEME_ED25519 : SCHEME_HMAC, key: isOwn ? 0 : (this.#keys[0]?.id ?? 0)};
	}

	/** Fills in the authenticator. */
	sign(bytes: Uint8Array): void {
		const {signed, authenticator} = signedPart(bytes, this.signature.scheme);
		const seed = this.#seed;
		if (seed !== undefined) authenticator.set(this.#crypto.ed25519Sign(seed, signed));
		else
			authenticator.set(this.#crypto.hmacSha256(this.#keys[0]?.key ?? new Uint8Array(), signed).subarray(0, MAC_BYTES));
	}

	/** Absent: undefined where the origin is proven. */
	refusal(bytes: Uint8Array, {scheme, key, origin}: Letter): 'forged' | 'not-allowed' | undefined {
		const {signed, authenticator} = signedPart(bytes, scheme);
		const own = this.#allowed.get(origin);
		if (scheme === SCHEME_ED25519) {
			if (own === undefined) return 'not-allowed';
			return this.#crypto.ed25519Verify(own, signed, authenticator) ? undefined : 'forged';
		}
		// Who has a key of its own must not be spoken for by all who have the community's.
		if (own !== undefined) return 'not-allowed';
		const candidates = this.#keys.filter(({id}) => id === key);
		if (candidates.length === 0) return 'not-allowed';
		const isRight = candidates.some(({key: secret}) =>
			areEqual(this.#crypto.hmacSha256(secret, signed), authenticator),
		);
		return isRight ? undefined : 'forged';
	}
}

/** Compares what is sent of an HMAC in the same time, wherever the first difference is. */
function areEqual(whole: Uint8Array, sent: Uint8Array): boolean {
	let difference = sent.length ^ MAC_BYTES;
	for (let i = 0; i < MAC_BYTES; i++) difference |= (whole[i] as number) ^ (sent[i] ?? 0);
	return difference === 0;
}

/** 0 is nobody's number. */
function numberOf(hash: Uint8Array): NodeId {
	return readU32(hash, 0, 'big') || 1;
}
