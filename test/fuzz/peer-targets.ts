// SPDX-License-Identifier: Apache-2.0
// What other routers of the mesh, and whoever plays one, can send.
import {Engine} from '../../src/engine/engine.ts';
import {Schedule} from '../../src/engine/schedule/schedule.ts';
import {usualSettings} from '../../src/engine/settings.ts';
import {readBody, writeBody} from '../../src/wire/peer/body.ts';
import {decodeBody, decodeLetter, encodeLetter, readdress, signedPart} from '../../src/wire/peer/envelope.ts';
import {bodies, largeRecord} from '../wire/peer/message.ts';
import type {Target} from './fuzzer.ts';

const letter = {network: 1, key: 1, origin: 2, epoch: 9, seq: 100, hopsLeft: 4, via: undefined};
const OWN = 1;

function encoded(body: Parameters<typeof writeBody>[1]): Uint8Array {
	const out: number[] = [];
	writeBody(out, body);
	return Uint8Array.from(out);
}

export const peerTargets: readonly Target[] = [
	{
		name: 'peer.letter',
		seeds: bodies.flatMap(body => [0, 1].map(scheme => encodeLetter({...letter, scheme}, body))),
		decode(bytes) {
			const read = decodeLetter(bytes);
			const {signed, authenticator} = signedPart(bytes, read.scheme);
			if (signed.length + authenticator.length + 6 !== bytes.length) throw new Error('a byte is in no part');
			const again = decodeLetter(readdress(bytes, 0, undefined));
			if (again.seq !== read.seq || again.bodyAt !== read.bodyAt) throw new Error('another hop makes another letter');
			return [read, decodeBody(bytes, read)];
		},
	},
	{
		// What a body says is written, and read again as the same.
		name: 'peer.body',
		seeds: bodies.map(encoded),
		decode(bytes) {
			const body = readBody(bytes, 0);
			const again = readBody(encoded(body), 0);
			if (JSON.stringify(again) !== JSON.stringify(body)) throw new Error('written and read again it is another');
			return body;
		},
	},
	{
		// An authentic neighbour that lies: the engine takes whatever can be said, and goes on.
		name: 'peer.engine',
		seeds: bodies.map(encoded),
		decode(bytes) {
			const body = readBody(bytes, 0);
			const engine = new Engine({
				id: OWN,
				epoch: 1,
				seed: 1,
				settings: {...usualSettings, participation: 'active'},
				schedule: (context, epoch) => new Schedule(context, epoch),
			});
			engine.step(0, {kind: 'division', radios: [{radio: 1}]});
			engine.step(0, {kind: 'channels', channels: largeRecord.channels});
			engine.step(0, {kind: 'radios', radios: largeRecord.radios.map(({live}) => live)});
			const hello = {
				kind: 'hello',
				live: {mhz: 5190, widthMhz: 40},
				heard: [OWN],
				recordSeq: 1,
				round: 1,
				roundAgeMs: 0,
			};
			const bodiesHeard = [hello as typeof body, body, hello as typeof body, body];
			let decisions = 0;
			bodiesHeard.forEach((said, i) => {
				const message = {origin: 2, epoch: 1, seq: i + 1, hopsLeft: 3, via: undefined, body: said};
				decisions += engine.step(10 + i, {kind: 'message', message, from: 2, radio: 1}).length;
			});
			for (let atMs = 1000; atMs <= 8000; atMs += 1000) decisions += engine.step(atMs, {kind: 'time'}).length;
			return [body.kind, decisions > 0];
		},
	},
];
