// SPDX-License-Identifier: Apache-2.0
import {fromHex, toHex} from '../../src/core/bytes.ts';
import type {PeerBody} from '../../src/model/peer.ts';
import {Credentials} from '../../src/source/peer/credentials.ts';
import {decodeBody, decodeLetter, encodeLetter, readdress} from '../../src/wire/peer/envelope.ts';
import type {ConformanceCase, Stage} from './case.ts';

// What one runtime signs, any other must take: the bytes are the same wherever they are made.

const community = fromHex('000102030405060708090a0b0c0d0e0f');
const seed = fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
const body: PeerBody = {
	kind: 'hello',
	live: {mhz: 5180, widthMhz: 20},
	heard: [1, 0xfffffffe],
	recordSeq: 12,
	round: 99,
	roundAgeMs: 1234,
};

/** The authenticator is that of Node's own `createHmac`. */
const byCommunity =
	'6d0000000000010059d25601020304050601bc28140200000001fffffffe0c63d209d0160bbb77a80a1a64baeb306ed35553';
const numberOfFirst = 1_339_927_126;

function letterBy(credentials: Credentials, origin: number): Uint8Array {
	const bytes = encodeLetter({...credentials.signature, origin, epoch: 5, seq: 6, hopsLeft: 0, via: undefined}, body);
	credentials.sign(bytes);
	return bytes;
}

function check({equal}: Stage, credentials: Credentials, bytes: Uint8Array): void {
	const letter = decodeLetter(bytes);
	equal(credentials.refusal(bytes, letter), undefined, 'what was signed is taken');
	equal(JSON.stringify(decodeBody(bytes, letter)), JSON.stringify(body), 'and says what it said');
	for (let at = 6; at < bytes.length; at++) {
		const changed = bytes.slice();
		changed[at] = (changed[at] as number) ^ 1;
		let isTaken = false;
		try {
			isTaken = credentials.refusal(changed, decodeLetter(changed)) === undefined;
		} catch {
			// refused before its authenticator is looked at
		}
		equal(isTaken, false, `byte ${at} changed`);
	}
}

export const peerCases: readonly ConformanceCase[] = [
	{
		name: "peer: a message by a community's key has the same bytes everywhere, and no byte of it can be changed",
		needs: ['crypto'],
		run(stage) {
			const {crypto} = stage.runtime;
			const credentials = new Credentials(crypto, {network: 'valley', keys: [community], seed: undefined, allowed: []});
			const bytes = letterBy(credentials, 0x01020304);
			stage.equal(toHex(bytes), byCommunity, 'the bytes');
			check(stage, credentials, bytes);
			check(stage, credentials, readdress(bytes, 0, 7));
			stage.equal(credentials.numberFor('02:00:00:00:00:01'), numberOfFirst, 'a number that says nothing');
		},
	},
	{
		name: 'peer: a message by a key of its own, from whoever is on the list',
		needs: ['crypto'],
		run(stage) {
			const {crypto} = stage.runtime;
			const options = {network: 'valley', keys: [], seed, allowed: []};
			const credentials = new Credentials(crypto, options);
			const bytes = letterBy(credentials, credentials.ownNumber ?? 0);
			const allowed = [crypto.ed25519PublicKey(seed)];
			const other = new Credentials(crypto, {...options, seed: undefined, allowed});
			stage.equal(other.refusal(bytes, decodeLetter(bytes)), undefined, 'it is on the list');
			const changed = bytes.slice();
			changed[20] = (changed[20] as number) ^ 1;
			stage.equal(other.refusal(changed, decodeLetter(changed)), 'forged', 'a changed byte');
			const nobody = new Credentials(crypto, {...options, seed: undefined});
			stage.equal(nobody.refusal(bytes, decodeLetter(bytes)), 'not-allowed', 'it is not on the list');
		},
	},
];
