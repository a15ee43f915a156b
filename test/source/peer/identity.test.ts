// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {PortError} from '../../../src/core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../../src/core/text.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {SimFiles} from '../../../src/runtime/sim/files.ts';
import {airTimeUs} from '../../../src/source/peer/air-time.ts';
import {Allowance} from '../../../src/source/peer/allowance.ts';
import {beginIdentity} from '../../../src/source/peer/identity.ts';
import {Replays} from '../../../src/source/peer/replay.ts';

const SANE_MS = 1_735_689_600_000 + 1000 * 5000;

function begin(files: SimFiles, wallMs: number) {
	const log: string[] = [];
	const port = {
		files,
		clock: new VirtualTime().clock(wallMs),
		log: {write: (_: string, text: string) => log.push(text)},
	};
	return {...beginIdentity(port as never, '/etc/mesh', 77), log};
}

test('identity: an epoch grows at each start, by the file and by the clock', t => {
	const files = new SimFiles();
	t.like(begin(files, SANE_MS), {id: 77, epoch: 5000, isSure: true});
	t.like(begin(files, SANE_MS), {epoch: 5001});
	t.like(begin(files, 0), {epoch: 5002, isSure: true});
	t.like(begin(files, SANE_MS + 10_000_000), {epoch: 15_000});
	t.is(decodeUtf8(files.read('/etc/mesh') ?? new Uint8Array()), 'epoch 15000 id 77\n');
});

test('identity: a lost or broken file is made up for by the clock; without both it says so', t => {
	for (const text of ['', 'epoch', 'epoch x id y', 'epoch -4 id 99999999999', '\u0000\u0001', 'epoch 1e400'])
		for (const [wallMs, isSure] of [
			[SANE_MS, true],
			[0, false],
		] as const) {
			const files = new SimFiles();
			if (text !== '') files.set('/etc/mesh', encodeUtf8(text));
			t.like(begin(files, wallMs), {id: 77, epoch: isSure ? 5000 : 1, isSure}, text);
		}
});

test('identity: the number stays although what it was made of changes', t => {
	const files = new SimFiles();
	files.set('/etc/mesh', encodeUtf8('epoch 4 id 123\n'));
	t.is(begin(files, 0).id, 123);
});

test('identity: a file that cannot be written is said, and stops nothing', t => {
	const files = new SimFiles();
	files.replace = () => {
		throw new PortError('no-space', 'the flash is full');
	};
	const {epoch, log} = begin(files, SANE_MS);
	t.is(epoch, 5000);
	t.is(log.length, 1);
});

test('replays: copies of one message pass for a moment; what was followed long ago does not', t => {
	const replays = new Replays();
	const say = (nowMs: number, seq: number, epoch = 1) => {
		const refusal = replays.refusal(nowMs, 5, epoch, seq);
		if (refusal === undefined) replays.note(nowMs, 5, epoch, seq);
		return refusal;
	};
	t.is(say(0, 10), undefined);
	t.is(say(10, 10), undefined, 'a copy');
	t.is(say(20, 9), 'replayed', 'from before we knew it');
	t.is(say(1000, 12), undefined);
	t.is(say(1200, 11), undefined, 'overtaken on the way');
	t.is(say(1300, 12), undefined);
	t.is(say(6001 + 300, 12), 'replayed', 'nothing new since');
	for (let seq = 13; seq < 40; seq++) t.is(say(6000 + 500 * seq, seq), undefined);
	t.is(say(6000 + 500 * 40, 15), 'replayed');
	t.is(say(6000 + 500 * 40, 38), undefined);
	t.is(say(26_001, 1, 2), undefined, 'a new start');
	t.is(say(26_002, 99, 1), 'stale');
});

test('replays: the table is bounded, and who is heard keeps its place', t => {
	const replays = new Replays();
	for (let id = 1; id <= 512; id++) replays.note(0, id, 1, 1);
	t.is(replays.refusal(1000, 513, 1, 1), 'too-many');
	replays.note(3_000_000, 1, 1, 2);
	t.is(replays.refusal(3_600_001, 513, 1, 1), undefined);
	t.is(replays.refusal(3_600_001, 1, 1, 1), 'replayed', 'heard within the hour');
});

test('allowance: fills with time, and never over its store', t => {
	const allowance = new Allowance(0, 10, 20);
	for (let i = 0; i < 20; i++) t.true(allowance.take(0));
	t.false(allowance.take(50));
	t.true(allowance.take(100));
	t.is(allowance.left(10_000_000), 20);
	allowance.owe(10_000_000, 1000);
	t.is(allowance.left(10_000_000), -20);
});

test('air time: 300 bytes take 0.7 ms of 5 GHz and 3.8 ms of 2.4 GHz', t => {
	// 122 µs around the frame and (300 + 108) bytes at 6 Mbit/s; 552 µs and the same at 1 Mbit/s.
	t.is(airTimeUs(300, 5180), 122 + (8 * 408) / 6);
	t.is(airTimeUs(300, 2437), 552 + 8 * 408);
	// To one receiver: 166 µs around the frame and the acknowledgement, and the same at 24 Mbit/s.
	t.is(airTimeUs(300, 5180, true), 166 + (8 * 408) / 24);
});
