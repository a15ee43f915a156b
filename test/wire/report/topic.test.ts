// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {isNodeName, parseTopic, shardOf, topicFor, topicKinds} from '../../../src/wire/report/topic.ts';

test('topic: what is written is read', t => {
	for (const node of ['a', 'Casa_9', '-', 'x'.repeat(48)])
		for (const kind of topicKinds) t.deepEqual(parseTopic(topicFor(node, kind)), {node, kind});
});

test('topic: has its form, and the shard is that of the name', t => {
	t.is(topicFor('node-1', 't'), `mesh/v1/${shardOf('node-1')}/node-1/t`);
	for (const node of ['a', 'b', 'node-1']) {
		t.true(Number.isInteger(shardOf(node)));
		t.true(shardOf(node) >= 0 && shardOf(node) < 64);
	}
	// FNV-1a of 'a' is 0xe40c292c (draft-eastlake-fnv, appendix C): 0x2c is 44.
	t.is(shardOf('a'), 44);
});

test('topic: many nodes spread over all shards', t => {
	const counts = new Map<number, number>();
	for (let i = 0; i < 6400; i++) counts.set(shardOf(`node-${i}`), (counts.get(shardOf(`node-${i}`)) ?? 0) + 1);
	t.is(counts.size, 64);
	t.true(Math.max(...counts.values()) < 200);
});

const other = test.macro({
	title: (name = '') => `topic: ${name} is none of ours`,
	exec: (t, text: string) => t.is(parseTopic(text), undefined),
});
const good = topicFor('node-1', 't');
test('nothing', other, '');
test('another root', other, good.replace('mesh', 'home'));
test('another version', other, good.replace('v1', 'v2'));
test('another shard', other, 'mesh/v1/64/node-1/t');
test('a shard written otherwise', other, `mesh/v1/0${shardOf('node-1')}/node-1/t`);
test('another kind', other, good.replace(/t$/, 'T'));
test('no kind', other, good.slice(0, -2));
test('a level more', other, `${good}/x`);
test('a wildcard', other, good.replace('node-1', '+'));
test('a node without a name', other, 'mesh/v1/5//t');

test('node name: is what a level, a label and a file name all accept', t => {
	for (const name of ['a', 'A-z_09', 'x'.repeat(48)]) t.true(isNodeName(name), name);
	for (const name of ['', 'x'.repeat(49), 'a b', 'a/b', 'a+', '#', '.', 'ä', 'a\n', 'a\0'])
		t.false(isNodeName(name), name);
});
