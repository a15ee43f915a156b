// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {pendingMoves, smallestStep} from '../../../src/engine/channel/moves.ts';
import {channelOf} from '../../../src/lab/astral/channels.ts';
import {chainOf} from '../chain.ts';

/** All on 0 and 1; the first link is to go to 2, the second to 3. */
const {mesh, first} = chainOf(
	[2, 3],
	[
		[0, 1],
		[0, 1],
		[0, 1],
	],
);
const moves = pendingMoves(first.id, first.record);

test('moves: a radio goes where the plan wants one, and the step asks all who hear it', t => {
	t.deepEqual(
		moves.map(({radio, to}) => [radio, to.mhz]),
		[[0, channelOf(2).mhz]],
	);
	const step = smallestStep(mesh, moves, () => true);
	t.deepEqual(step?.moves, moves, 'on the other channel the link stays as it is');
	t.deepEqual([...(step?.members ?? [])].sort(), [1, 2]);
	t.false(step?.isJoining);
});

test('moves: where nobody may move there is no step', t => {
	t.is(
		smallestStep(mesh, moves, () => false),
		undefined,
	);
});

test('moves: with one radio each, all who would lose a link by it move together', t => {
	const chain = chainOf([2, 2], [[0], [0], [0]]);
	const own = pendingMoves(1, chain.first.record);
	const step = smallestStep(chain.mesh, own, () => true);
	t.deepEqual(step?.moves.map(({node}) => node).sort(), [1, 2, 3]);
	t.is(
		smallestStep(chain.mesh, own, ({node}) => node !== 3),
		undefined,
		'one of them may not',
	);
});

test('moves: a step joins whom it brings to one channel', t => {
	const apart = chainOf([2], [[0], [2]]);
	const step = smallestStep(apart.mesh, pendingMoves(1, apart.first.record), (_move, isJoining) => isJoining);
	t.true(step?.isJoining);
});
