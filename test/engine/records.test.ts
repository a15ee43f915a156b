// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Engine} from '../../src/engine/engine.ts';
import {usualSettings} from '../../src/engine/settings.ts';
import {channelOf} from '../../src/lab/astral/channels.ts';
import type {NodeId, NodeRecord, PeerMessage} from '../../src/model/peer.ts';

const OWN = 1;
const STRANGER = 9;

/** One engine alone, and the numbers of the records it sends. */
function alone() {
	const engine = new Engine({id: OWN, epoch: 1, seed: 5, settings: usualSettings});
	const said: {readonly atMs: number; readonly seq: number; readonly links: readonly NodeId[]}[] = [];
	let nowMs = 0;
	let seq = 0;
	const step = (input: Parameters<Engine['step']>[1]): void => {
		for (const decision of engine.step(nowMs, input))
			if (decision.kind === 'send' && decision.message.body.kind === 'record' && decision.message.origin === OWN)
				said.push({
					atMs: nowMs,
					seq: decision.message.seq,
					links: decision.message.body.record.links.map(({peer}) => peer),
				});
	};
	const advance = (untilMs: number): void => {
		while (engine.nextMs <= untilMs) {
			nowMs = Math.max(nowMs, engine.nextMs);
			step({kind: 'time'});
		}
		nowMs = untilMs;
	};
	const hear = (origin: NodeId, body: PeerMessage['body'], from = origin): void =>
		step({
			kind: 'message',
			message: {origin, epoch: 1, seq: ++seq, hopsLeft: 2, via: undefined, body},
			from,
			radio: 0,
		});
	const record = (links: readonly NodeId[], channel = 0): NodeRecord => ({
		radios: [{live: channelOf(channel), pinned: false}],
		links: links.map(peer => ({peer, weight: 16, planMhz: 0, stamp: 0})),
		channels: [],
		pressure: 0,
		deploying: false,
		participation: 'active',
		backupMhz: 0,
	});
	step({kind: 'channels', channels: [{...channelOf(0), busy: 0, blocked: false, radar: false}]});
	step({kind: 'radios', radios: [channelOf(0)]});
	return {engine, said, advance, hear, record, nowMs: () => nowMs};
}

test('records: each is said twice, as it may get lost, unless a newer one takes its place', t => {
	const {said, advance} = alone();
	advance(5000);
	const [last, other] = said.slice(-2);
	t.is(last?.seq, other?.seq);
	t.true((other?.atMs ?? 0) - (last?.atMs ?? 0) === 700);
	const times = said.map(({seq}) => said.filter(each => each.seq === seq).length);
	t.is(times[0], 1, 'the first was replaced at once');
	t.true(times.every(each => each <= 2));
});

test('records: who had not been heard of for long is told ours within seconds, however many come', t => {
	const {said, advance, hear, record, nowMs} = alone();
	advance(20_000);
	const before = said.length;
	for (let stranger = STRANGER; stranger < STRANGER + 20; stranger++)
		hear(stranger, {kind: 'record', record: record([])}, 2);
	advance(nowMs() + 1100 + 700);
	t.is(said.length - before, 2, 'once for all, and that twice');
	const first = said.length;
	hear(STRANGER, {kind: 'record', record: record([])}, 2);
	advance(nowMs() + 5000);
	t.is(said.length, first, 'who was heard of is not');
	advance(nowMs() + 101_000);
	const late = said.length;
	hear(STRANGER, {kind: 'record', record: record([])}, 2);
	advance(nowMs() + 6000);
	t.true(said.length > late);
});

test('records: a former neighbour is believed that it sees us, a stranger and a neighbour’s old word are not', t => {
	const {engine, advance, hear, record, nowMs} = alone();
	const hello = {kind: 'hello', live: channelOf(0), heard: [OWN], recordSeq: 1, round: 1, roundAgeMs: 0} as const;
	hear(STRANGER, {kind: 'record', record: record([OWN])}, 2);
	t.deepEqual(engine.own.peers, [], 'never a neighbour');
	hear(7, hello);
	hear(7, {kind: 'record', record: record([OWN])});
	t.deepEqual(engine.own.peers, [7]);
	advance(nowMs() + 70_000);
	t.deepEqual(engine.own.peers, [], 'forgotten');
	hear(7, {kind: 'record', record: record([OWN])}, 2);
	t.deepEqual(engine.own.peers, [], 'it has not forgotten us yet');
	hear(7, {kind: 'record', record: record([])}, 2);
	hear(7, {kind: 'record', record: record([OWN])}, 2);
	t.deepEqual(engine.own.peers, [7], 'it sees us anew');
});

test('records: a former neighbour that comes back to another channel is looked for there', t => {
	const hello = {kind: 'hello', live: channelOf(0), heard: [OWN], recordSeq: 1, round: 1, roundAgeMs: 0} as const;
	const afterAbsence = (absentMs: number, channel: number): readonly NodeId[] => {
		const {engine, advance, hear, record, nowMs} = alone();
		hear(7, hello);
		hear(7, {kind: 'record', record: record([OWN])});
		advance(nowMs() + absentMs);
		t.deepEqual(engine.own.peers, [], 'forgotten');
		hear(7, {kind: 'record', record: record([], channel)}, 2);
		return engine.own.peers;
	};
	t.deepEqual(afterAbsence(150_000, 3), [7]);
	t.deepEqual(afterAbsence(150_000, 0), [], 'on a channel of ours it would be heard');
	t.deepEqual(afterAbsence(70_000, 3), [], 'who was never gone and is not heard is out of sight');
});
