// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {SlotDemand, usableShare} from '../../../src/engine/schedule/slot-demand.ts';

const MOST = 30;
const superframe = {slots: 32, slotUs: 5000};

test('slot demand: who is held back by its slots asks for all at once', t => {
	const demand = new SlotDemand(MOST);
	t.is(demand.take(0, undefined, 0), MOST, 'nothing is known yet');
	t.is(demand.take(0, undefined, 4000), 1);
	// One slot of 5 ms with a guard of 2 ms, and gaps between its frames.
	const usable = usableShare([3], superframe, 2000);
	t.is(demand.take(0.7 * usable, usable, 8000), MOST);
});

test('slot demand: who is idle twice in a row gives its slots away, whatever it sent when it stopped', t => {
	const demand = new SlotDemand(MOST);
	t.is(demand.take(0.6, 0.45, 0), MOST);
	t.is(demand.take(0.2, 0.45, 4000), MOST, 'it stopped somewhere in there');
	t.is(demand.take(0, 0.45, 8000), 1);
});

test('slot demand: who needs part of its slots keeps that part', t => {
	const demand = new SlotDemand(MOST);
	demand.take(0.1, 0.45, 0);
	t.is(demand.take(0.1, 0.45, 4000), 8);
	t.is(demand.take(0.1, 0.45, 8000), 8);
});

test('slot demand: who wakes up again and again keeps its slots for longer', t => {
	const demand = new SlotDemand(MOST);
	const heldMs: number[] = [];
	let nowMs = 0;
	for (let turn = 0; turn < 6; turn++) {
		demand.take(0.5, 0.45, nowMs);
		const sinceMs = nowMs;
		while (demand.take(0, 0.45, nowMs) > 1) nowMs += 4000;
		heldMs.push(nowMs - sinceMs);
		nowMs += 4000;
	}
	t.deepEqual(heldMs, [4000, 8000, 12_000, 16_000, 16_000, 16_000]);
	// After a minute of sleep that is forgotten.
	nowMs += 60_000;
	demand.take(0.5, 0.45, nowMs);
	demand.take(0, 0.45, nowMs);
	t.is(demand.take(0, 0.45, nowMs + 4000), 1);
});

test('slot demand: each run of slots leaves a guard less', t => {
	t.is(usableShare([0, 1, 2, 3], superframe, 2000), 18_000 / 160_000);
	t.is(usableShare([0, 2], superframe, 2000), 6000 / 160_000);
	t.is(usableShare([], superframe, 2000), 0);
});
