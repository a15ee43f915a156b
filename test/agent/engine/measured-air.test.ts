// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {MeasuredAir} from '../../../src/agent/engine/measured-air.ts';
import type {NodeRecord} from '../../../src/model/peer.ts';

const recordOf = (live: readonly [number, number][], busy: readonly [number, number, number][]): NodeRecord => ({
	radios: live.map(([mhz, widthMhz]) => ({live: {mhz, widthMhz}, pinned: false})),
	links: [],
	channels: busy.map(([mhz, widthMhz, share]) => ({mhz, widthMhz, busy: share, blocked: false, radar: false})),
	pressure: 0,
	deploying: false,
	participation: 'active',
	backupMhz: 0,
});
const near = (value: number, wanted: number): boolean => Math.abs(value - wanted) <= 0.02;

test('measured air: neighbours are believed of the channel they are on, and of no other', t => {
	const air = new MeasuredAir();
	air.hearNeighbours(0, [
		recordOf(
			[[5180, 20]],
			[
				[5180, 20, 255],
				[5220, 20, 255],
			],
		),
		recordOf([[5180, 20]], [[5180, 20, 153]]),
	]);
	t.true(
		near(air.busyShare(0, undefined, 5180), 0.8 * (10 / 12) + 0.1 * (2 / 12)),
		`${air.busyShare(0, undefined, 5180)}`,
	);
	t.true(air.busyShare(0, undefined, 5220) < 0.5, 'what is usual, and not what somebody else says of it');
});

test('measured air: a wide channel is as busy by its parts as it was said to be', t => {
	const air = new MeasuredAir();
	air.hearNeighbours(0, [recordOf([[5190, 40]], [[5190, 40, 191]])]);
	const [low, high] = [5180, 5200].map(mhz => air.busyShare(0, undefined, mhz)) as [number, number];
	t.is(low, high);
	t.true(near(low, 0.5 * (10 / 12) + 0.1 * (2 / 12)), `${low}`);
});
