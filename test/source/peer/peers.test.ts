// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex} from '../../../src/core/bytes.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {encodeUtf8} from '../../../src/core/text.ts';
import type {PeerBody, PeerMessage} from '../../../src/model/peer.ts';
import {nodeCrypto} from '../../../src/runtime/node/crypto.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {SimNetwork} from '../../../src/runtime/sim/network.ts';
import {simRuntime} from '../../../src/runtime/sim/runtime.ts';
import {type CredentialOptions, Credentials} from '../../../src/source/peer/credentials.ts';
import {linkLocalOf} from '../../../src/source/peer/link-local.ts';
import {Peers} from '../../../src/source/peer/peers.ts';
import {encodeLetter, PEER_BYTES_LIMIT, PEER_GROUP, PEER_PORT, readdress} from '../../../src/wire/peer/envelope.ts';
import {largeRecord} from '../../wire/peer/message.ts';

const community = fromHex('000102030405060708090a0b0c0d0e0f');
const usual: CredentialOptions = {network: 'valley', keys: [community], seed: undefined, allowed: []};
const hello: PeerBody = {
	kind: 'hello',
	live: {mhz: 5180, widthMhz: 20},
	heard: [],
	recordSeq: 1,
	round: 1,
	roundAgeMs: 0,
};
const record: PeerBody = {kind: 'record', record: largeRecord};
const INDEX = 10;

const hardwareOf = (host: string) => `02:00:00:00:00:${host.charCodeAt(0).toString(16)}`;

class Ether {
	readonly time = new VirtualTime();
	readonly sent: Uint8Array[] = [];
	readonly network: SimNetwork;

	constructor() {
		const hosts: string[] = [];
		this.network = new SimNetwork(this.time, {
			latencyMs: 1,
			random: seededRandom(1),
			links: {
				hearings: host => {
					if (!hosts.includes(host)) hosts.push(host);
					return (
						['a', 'b', 'c', 'evil']
							// The kernel gives a router what it said to everybody, too.
							.filter(other => other !== 'evil' || host !== 'evil')
							.map(other => ({host: other, interfaceIndex: INDEX, lossShare: 0, latencyMs: 1}))
					);
				},
				address: host => linkLocalOf(hardwareOf(host)),
			},
		});
		const tap = this.network.datagram(
			'evil',
			{family: 'ipv6', port: PEER_PORT},
			{message: b => this.sent.push(b), error() {}},
		);
		tap.join(PEER_GROUP, INDEX);
		this.inject = bytes => tap.send(bytes, PEER_GROUP, PEER_PORT, INDEX);
	}

	/** What somebody on the channel without a key can do. */
	readonly inject: (bytes: Uint8Array) => void;

	router(host: string, options: Partial<CredentialOptions> = {}, epoch = 1) {
		const log: string[] = [];
		const runtime = simRuntime({
			host,
			clock: this.time.clock(0),
			random: seededRandom(2),
			byteOrder: 'little',
			network: this.network,
			crypto: nodeCrypto,
			onLog: (_level, text) => log.push(text),
		});
		const credentials = new Credentials(nodeCrypto, {...usual, ...options});
		const id = credentials.ownNumber ?? credentials.numberFor(host);
		const heard: {message: PeerMessage; from: number; radio: number}[] = [];
		const outdated: number[] = [];
		const peers = new Peers(
			runtime,
			{credentials, identity: {id, epoch, isSure: true}, log: runtime.log},
			{
				message: (message, from, radio) => heard.push({message, from, radio}),
				outdated: newer => outdated.push(newer),
			},
		);
		peers.use([{index: INDEX, name: 'mesh0', radio: 0, mhz: 5180, address: hardwareOf(host)}]);
		peers.start();
		let seq = 0;
		const say = (body: PeerBody, hopsLeft = 0, via?: number) => {
			peers.send({origin: id, epoch, seq: ++seq, hopsLeft, via, body}, undefined);
			this.time.advance(5);
		};
		const use = (isNear: (address: string) => boolean) =>
			peers.use([{index: INDEX, name: 'mesh0', radio: 0, mhz: 5180, address: hardwareOf(host), isNear}]);
		return {peers, id, heard, log, say, credentials, outdated, use};
	}
}

test('peers: a message arrives with who sent it, on which radio, and is passed on in its own bytes', t => {
	const ether = new Ether();
	const [a, b, c] = [ether.router('a'), ether.router('b'), ether.router('c')];
	a.say(hello);
	b.say(hello);
	a.say(record, 3);
	t.is(b.heard.length, 2);
	t.like(b.heard[1], {from: a.id, radio: 0, message: {origin: a.id, seq: 2, hopsLeft: 3, via: undefined}});
	t.deepEqual(b.heard[1]?.message.body, record);
	const before = ether.sent.at(-1) as Uint8Array;
	const message = b.heard[1]?.message as PeerMessage;
	b.peers.send({...message, hopsLeft: 2, via: undefined}, 0);
	ether.time.advance(5);
	t.deepEqual(ether.sent.at(-1), readdress(before, 2, undefined));
	t.like(c.heard.at(-1), {from: b.id, message: {origin: a.id, hopsLeft: 2}});
	t.deepEqual(c.peers.counts, {...c.peers.counts, forged: 0, malformed: 0, stranger: 0});
});

test('peers: a body of a later release is handed on and passed on', t => {
	const ether = new Ether();
	const [a, b, c] = [ether.router('a'), ether.router('b'), ether.router('c')];
	a.say(hello);
	b.say(hello);
	const letter = {...a.credentials.signature, origin: a.id, epoch: 1, seq: 9, hopsLeft: 2, via: undefined};
	const bytes = encodeLetter(letter, {kind: 'other', number: 77}, encodeUtf8('what will be'));
	a.credentials.sign(bytes);
	ether.network.datagram('a', {family: 'ipv6'}, {message() {}, error() {}}).send(bytes, PEER_GROUP, PEER_PORT, INDEX);
	ether.time.advance(5);
	const {message} = b.heard.at(-1) as {message: PeerMessage};
	t.deepEqual(message.body, {kind: 'other', number: 77});
	b.peers.send({...message, hopsLeft: 1}, undefined);
	ether.time.advance(5);
	t.like(c.heard.at(-1), {from: b.id, message: {origin: a.id, body: {kind: 'other', number: 77}}});
});

test('peers: what is forged, cut, too long, of another network or without a key is counted, and said once', t => {
	const ether = new Ether();
	const [a, b] = [ether.router('a'), ether.router('b')];
	a.say(hello);
	const bytes = ether.sent[0] as Uint8Array;
	ether.time.advance(1);
	const count = b.heard.length;
	const changed = bytes.slice();
	changed[20] = (changed[20] as number) ^ 1;
	for (let i = 0; i < 3; i++) ether.inject(changed.with(18, 200));
	ether.inject(bytes.subarray(0, 12));
	ether.inject(new Uint8Array(PEER_BYTES_LIMIT + 1).fill(0x6d));
	ether.inject(bytes.with(6, 9));
	ether.inject(bytes.with(8, (bytes[8] as number) ^ 1));
	ether.inject(bytes.with(10, (bytes[10] as number) ^ 1).with(16, 7));
	ether.time.advance(5);
	t.is(b.heard.length, count);
	t.like(b.peers.counts, {forged: 3, malformed: 1, oversized: 1, version: 1, foreign: 1, 'not-allowed': 1});
	t.is(b.log.filter(line => line.includes('forged')).length, 1);
});

test('peers: what was said before is not heard again, however long ago, and after a new start neither', t => {
	const ether = new Ether();
	const [a, b] = [ether.router('a'), ether.router('b')];
	a.say(hello);
	a.say(record, 3);
	const [firstHello, firstRecord] = ether.sent as [Uint8Array, Uint8Array];
	for (let i = 0; i < 12; i++) {
		ether.time.advance(2000);
		a.say(hello);
	}
	const count = b.heard.length;
	ether.inject(firstRecord);
	ether.time.advance(3_600_000);
	ether.inject(firstHello);
	ether.inject(ether.sent.at(-1) as Uint8Array);
	ether.time.advance(5);
	t.is(b.heard.length, count);
	t.is(b.peers.counts.replayed, 3);
	const again = ether.router('a', {}, 2);
	again.say(hello);
	t.is(b.heard.length, count + 1);
	ether.inject(firstRecord);
	ether.time.advance(5);
	t.is(b.peers.counts.stale, 1);
	t.is(b.heard.length, count + 1);
});

test('peers: a flood from an address without a hello is refused before its signatures cost anything', t => {
	const ether = new Ether();
	const [a, b] = [ether.router('a'), ether.router('b')];
	a.say(hello);
	const forged = (ether.sent[0] as Uint8Array).with(-1, 0);
	for (let i = 0; i < 500; i++) ether.inject(forged.with(18, i & 127));
	ether.time.advance(5);
	t.true(b.peers.counts['too-many'] > 400);
	t.true(b.peers.counts.forged <= 61);
	a.say(record, 3);
	t.is(b.heard.length, 2, 'a neighbour that is known is heard all the same');
});

test('peers: a neighbour may say so much and no more', t => {
	const ether = new Ether();
	const [a, b] = [ether.router('a'), ether.router('b')];
	for (let i = 0; i < 400; i++)
		a.peers.send({origin: a.id, epoch: 1, seq: i + 1, hopsLeft: 0, via: undefined, body: hello}, undefined);
	ether.time.advance(5);
	t.true(b.heard.length >= 200 && b.heard.length <= 310, `${b.heard.length}`);
	t.true(b.peers.counts['too-many'] >= 90);
});

test('peers: what only one is to pass on goes to that one, where it was heard last', t => {
	const ether = new Ether();
	const [a, b, c] = [ether.router('a'), ether.router('b'), ether.router('c')];
	for (const each of [a, b, c]) each.say(hello);
	const answer: PeerBody = {kind: 'answer', transaction: {leader: b.id, number: 1}, refusal: undefined};
	const tapped = ether.sent.length;
	a.say(answer, 3, b.id);
	t.is(ether.sent.length, tapped, 'nobody else hears it');
	t.like(b.heard.at(-1)?.message, {via: b.id, body: answer});
	ether.time.advance(20_000);
	a.say(answer, 3, b.id);
	t.is(ether.sent.length, tapped + 1, 'everybody does where it was not heard for long');
	t.is(c.heard.filter(({message}) => message.body.kind === 'answer').length, 0);
});

test('peers: what a router passes on comes back from the kernel, and is nobody’s', t => {
	const ether = new Ether();
	const [a, b] = [ether.router('a'), ether.router('b')];
	a.say(hello);
	b.say(hello);
	const none = {...b.peers.counts};
	for (let i = 0; i < 100; i++) {
		a.say(record, 3);
		b.peers.send({...(b.heard.at(-1)?.message as PeerMessage), hopsLeft: 2}, undefined);
		ether.time.advance(60);
	}
	// Said once more, long after: a stranger who did that would be counted.
	ether.time.advance(20_000);
	b.peers.send({...(b.heard[1]?.message as PeerMessage), hopsLeft: 2}, undefined);
	ether.time.advance(5);
	t.deepEqual(b.peers.counts, none);
	t.deepEqual(b.log, []);
});

test('peers: who speaks from our own address is heard where it has our number and a later start', t => {
	const ether = new Ether();
	const after = ether.router('a', {}, 3);
	const before = ether.router('a', {}, 50);
	before.say(hello);
	t.deepEqual([after.outdated, before.outdated], [[50], []]);
	const forged = (ether.sent[0] as Uint8Array).with(-1, 0);
	ether.network.datagram('a', {family: 'ipv6'}, {message() {}, error() {}}).send(forged, PEER_GROUP, PEER_PORT, INDEX);
	ether.time.advance(5);
	t.is(after.peers.counts.forged, 1);
});

test('peers: who is heard only because the kernel forwards is nobody’s neighbour', t => {
	const ether = new Ether();
	const [a, b, c] = [ether.router('a'), ether.router('b'), ether.router('c')];
	b.use(address => address === linkLocalOf(hardwareOf('a')));
	a.say(hello);
	c.say(hello);
	a.say(record, 3);
	c.say(record, 3);
	t.deepEqual(
		b.heard.map(({from}) => from),
		[a.id, a.id],
	);
	t.like(b.peers.counts, {distant: 2, stranger: 0});
	t.deepEqual(b.log, [], 'where a kernel forwards that is nothing to tell');
	b.use(() => false);
	a.say(record, 3);
	t.is(b.heard.length, 2, 'nor is who was one and is heard only so now');
});

test('peers: another than a hello from who never said hello is a stranger’s', t => {
	const ether = new Ether();
	const [a, b] = [ether.router('a'), ether.router('b')];
	a.say(record, 3);
	t.is(b.heard.length, 0);
	t.is(b.peers.counts.stranger, 1);
});

test('peers: a hello cannot be sent farther than one hop', t => {
	const ether = new Ether();
	const [a, b] = [ether.router('a'), ether.router('b')];
	a.say(hello, 2);
	t.is(b.heard.length, 0);
	a.say(hello);
	ether.inject(readdress(ether.sent.at(-1) as Uint8Array, 3, undefined));
	ether.time.advance(5);
	t.is(b.heard.length, 1);
	t.is(b.peers.counts.malformed, 2);
});

test('peers: keys are exchanged one router after the other, and nobody is lost meanwhile', t => {
	const ether = new Ether();
	const next = fromHex('ff0102030405060708090a0b0c0d0e0f');
	const a = ether.router('a', {keys: [community]});
	const b = ether.router('b', {keys: [community, next]});
	const c = ether.router('c', {keys: [next, community]});
	a.say(hello);
	c.say(hello);
	t.is(b.heard.length, 2);
	t.is(c.heard.length, 1, 'the new key is used while the old one is accepted');
	t.is(a.heard.length, 0);
	t.is(a.peers.counts['not-allowed'], 1);
});

test('peers: with keys of their own only those on the list are heard, and nobody speaks for them', t => {
	const ether = new Ether();
	const [one, two, three] = [1, 2, 3].map(byte => new Uint8Array(32).fill(byte)) as [
		Uint8Array,
		Uint8Array,
		Uint8Array,
	];
	const allowed = [one, two].map(seed => nodeCrypto.ed25519PublicKey(seed));
	const a = ether.router('a', {keys: [], seed: one, allowed});
	const b = ether.router('b', {keys: [community], seed: two, allowed});
	const c = ether.router('c', {keys: [community], seed: three, allowed});
	a.say(hello);
	t.is(b.heard.length, 1);
	t.is(b.heard[0]?.message.origin, a.id);
	c.say(hello);
	t.is(b.peers.counts['not-allowed'], 1);
	const impostor = ether.router('c', {keys: [community]});
	const letter = {...impostor.credentials.signature, origin: a.id, epoch: 9, seq: 9, hopsLeft: 0, via: undefined};
	const bytes = encodeLetter(letter, hello);
	impostor.credentials.sign(bytes);
	ether.inject(bytes);
	ether.time.advance(5);
	t.is(b.peers.counts['not-allowed'], 2, 'who has a key of its own is not spoken for by who has the shared one');
	const forged = (ether.sent[0] as Uint8Array).with(-1, 1);
	ether.inject(forged.with(15, 2));
	ether.time.advance(5);
	t.is(b.peers.counts.forged, 1);
});

test('peers: a router that hears itself of a later epoch learns that it forgot one', t => {
	const ether = new Ether();
	const before = ether.router('a', {}, 50);
	const b = ether.router('b');
	before.say(hello);
	const after = ether.router('a', {}, 3);
	ether.inject(ether.sent[0] as Uint8Array);
	ether.time.advance(5);
	t.deepEqual(after.outdated, [50]);
	after.say(hello);
	t.is(b.peers.counts.stale, 1, 'until it takes up a later one');
});

test('peers: where the air is used up, records wait and the newest of each is sent', t => {
	const ether = new Ether();
	const [a, b] = [ether.router('a'), ether.router('b')];
	a.say(hello);
	for (let i = 0; i < 900; i++) {
		a.say(record, 3);
		ether.time.advance(20);
	}
	const heard = b.heard.length;
	// 22 s of 1 %, and half a minute's in store, at some 0.66 ms a record.
	t.true(heard > 300 && heard < 900, `${heard}`);
	a.say(hello);
	t.is(b.heard.length, heard + 1, 'a hello does not wait');
	ether.time.advance(60_000);
	t.is(a.peers.waiting, 0);
	t.true(b.heard.some(({message}) => message.seq === 901));
});
