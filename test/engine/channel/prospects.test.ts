// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {hashOf} from '../../../src/engine/channel/prospects.ts';
import {chainOf} from '../chain.ts';

const hashOfChain = (planned: readonly (number | undefined)[]) =>
	hashOf(
		chainOf(
			planned,
			Array.from({length: planned.length + 1}, () => [0, 1]),
		).mesh,
	);
const whole = hashOfChain([0, 1, 2, 0, 1]);

test('prospects: who joins or leaves within three hops is a reason to look anew, farther away it is not', t => {
	t.not(hashOfChain([0, 1]).links, whole.links, 'the router three hops away left');
	t.is(hashOfChain([0, 1, 2]).links, whole.links, 'one four hops away left');
});

test('prospects: another channel is another plan, but no other links', t => {
	const other = hashOfChain([0, 4, 2, 0, 1]);
	t.not(other.plan, whole.plan);
	t.is(other.links, whole.links);
	t.deepEqual(hashOfChain([0, 1, 2, 0, 4]), whole, 'a link between routers farther away');
});

test('prospects: a link that has no channel any more is a reason to look anew', t => {
	t.not(hashOfChain([0, undefined, 2, 0, 1]).links, whole.links);
});
