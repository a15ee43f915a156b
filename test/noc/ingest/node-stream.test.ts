// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {DecodeError} from '../../../src/core/errors.ts';
import {NodeStream} from '../../../src/noc/ingest/node-stream.ts';
import {SyntheticNode} from '../../helper/synthetic-node.ts';

const router = (seed = 1) => new SyntheticNode({node: 'r1', seed, startMs: 1_700_000_000_000});

test('node stream: follows keyframe and deltas', t => {
	const node = router();
	const stream = new NodeStream();
	stream.hello(node.hello);
	for (let i = 0; i < 5; i++) {
		const outcome = stream.frame(node.next());
		t.is(outcome.kind, 'sample');
		if (outcome.kind === 'sample') t.deepEqual(outcome.frame.values, node.values);
	}
	t.deepEqual(stream.latest?.frame.values, node.values);
});

test('node stream: a frame that came before gives nothing again', t => {
	const node = router();
	const stream = new NodeStream();
	stream.hello(node.hello);
	const frames = [node.next(), node.next(), node.next()];
	for (const frame of frames) t.is(stream.frame(frame).kind, 'sample');
	for (const frame of frames) t.is(stream.frame(frame).kind, 'duplicate');
	t.is(stream.frame(node.next()).kind, 'sample');
});

test('node stream: drops deltas after a gap until a keyframe comes', t => {
	const node = router();
	const stream = new NodeStream();
	stream.hello(node.hello);
	stream.frame(node.next());
	node.next(); // lost
	t.is(stream.frame(node.next()).kind, 'gap');
	t.is(stream.frame(node.next()).kind, 'gap');
	t.is(stream.frame(node.next(true)).kind, 'sample');
	t.is(stream.frame(node.next()).kind, 'sample');
	t.deepEqual(stream.latest?.frame.values, node.values);
});

test('node stream: keeps frames that come before their hello', t => {
	const node = router();
	const stream = new NodeStream();
	t.is(stream.frame(node.next()).kind, 'waiting');
	t.is(stream.frame(node.next()).kind, 'waiting');
	const {released} = stream.hello(node.hello);
	t.deepEqual(
		released.map(outcome => outcome.kind),
		['sample', 'sample'],
	);
	t.is(stream.frame(node.next()).kind, 'sample');
});

test('node stream: what waits for a hello is bounded', t => {
	const node = router();
	const stream = new NodeStream();
	const kinds = Array.from({length: 500}, () => stream.frame(node.next()).kind);
	t.true(kinds.filter(kind => kind === 'waiting').length <= 64);
	t.is(kinds.at(-1), 'gap');
});

test('node stream: a restarted agent begins anew with a keyframe', t => {
	const before = router(1);
	const after = router(2);
	const stream = new NodeStream();
	stream.hello(before.hello);
	for (let i = 0; i < 10; i++) stream.frame(before.next());
	stream.hello(after.hello);
	const first = after.next();
	t.is(stream.frame(after.next()).kind, 'gap');
	t.is(stream.frame(first).kind, 'sample');
	t.is(stream.latest?.frame.boot, after.boot);
});

test('node stream: bytes that mean nothing change nothing', t => {
	const node = router();
	const stream = new NodeStream();
	stream.hello(node.hello);
	stream.frame(node.next());
	const good = node.next();
	for (let cut = 0; cut < good.length; cut++)
		t.throws(() => stream.frame(good.subarray(0, cut)), {instanceOf: DecodeError});
	t.is(stream.frame(good).kind, 'sample');
	t.deepEqual(stream.latest?.frame.values, node.values);
});

test('node stream: continues from a checkpoint as if it had read everything', t => {
	const node = router();
	const stream = new NodeStream();
	stream.hello(node.hello);
	for (let i = 0; i < 7; i++) stream.frame(node.next());
	const {hellos, keyframe, waiting} = stream.checkpoint();
	const fresh = new NodeStream();
	for (const hello of hellos) fresh.hello(hello);
	t.truthy(keyframe);
	if (keyframe !== undefined) fresh.frame(keyframe);
	t.is(waiting.length, 0);
	t.deepEqual(fresh.latest?.frame.values, stream.latest?.frame.values);
	t.is(fresh.latest?.frame.sequence, stream.latest?.frame.sequence);
	const next = node.next();
	t.deepEqual(fresh.frame(next), stream.frame(next));
});
