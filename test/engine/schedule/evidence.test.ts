// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Evidence} from '../../../src/engine/schedule/evidence.ts';
import type {HiddenPair} from '../../../src/model/slots.ts';

const [US, NEAR, RECEIVER, FAR, OTHER] = [1, 2, 3, 4, 5];
const conflict: HiddenPair = {
	a: US,
	b: FAR,
	receiver: RECEIVER,
	lossBoth: 0.6,
	lossOne: 0,
	confidence: 0.8,
	ageMs: 0,
};

/** NEAR sends to us, we send to RECEIVER, which hears FAR: so what we acknowledge is heard where FAR's frames arrive. */
function chain({
	loss,
	slots,
	otherSends = false,
}: {
	loss: number;
	slots: Record<number, number[]>;
	otherSends?: boolean;
}) {
	const evidence = new Evidence(US, node => ({
		ownLow: (slots[node] ?? []).reduce((bits, slot) => bits | (1 << slot), 0),
		ownHigh: 0,
	}));
	let answered: readonly {readonly a: number; readonly b: number}[] = [];
	for (let nowMs = 4000; nowMs <= 24_000; nowMs += 4000) {
		evidence.hearHello(NEAR, [US], nowMs);
		evidence.hearHello(RECEIVER, [US, FAR], nowMs);
		if (otherSends) evidence.hearHello(OTHER, [US], nowMs);
		const record = {mhz: 5180, durationMs: 4000, active: 60, hidden: []};
		if (otherSends) evidence.hearLosses(OTHER, {...record, links: []}, nowMs);
		evidence.hearLosses(NEAR, {...record, links: [{peer: US, frames: 300, loss: Math.round(255 * loss)}]}, nowMs);
		answered = evidence.answered([conflict], nowMs);
	}
	return answered.map(({a, b}) => [a, b]);
}

test('evidence: who is lost on in slots that the far end has, too, is hidden from it by what we acknowledge', t => {
	t.deepEqual(chain({loss: 0.4, slots: {[NEAR]: [0, 1], [FAR]: [1, 2]}}), [[NEAR, FAR]]);
});

test('evidence: acknowledgements count for nothing where few frames are lost, as with aggregates', t => {
	t.deepEqual(chain({loss: 0.05, slots: {[NEAR]: [0, 1], [FAR]: [1, 2]}}), []);
});

test('evidence: what is lost without slots, or in others than the far end’s, is not acknowledgements’ work', t => {
	t.deepEqual(chain({loss: 0.4, slots: {[FAR]: [1, 2]}}), []);
	t.deepEqual(chain({loss: 0.4, slots: {[NEAR]: [0, 1], [FAR]: [2]}}), []);
});

test('evidence: while somebody sends whom we hear and the sender does not, that one is to blame', t => {
	t.deepEqual(chain({loss: 0.4, slots: {[NEAR]: [0, 1], [FAR]: [1, 2]}, otherSends: true}), []);
	t.deepEqual(chain({loss: 0.4, slots: {[NEAR]: [0, 1], [FAR]: [1, 2], [OTHER]: [5]}, otherSends: true}), [
		[NEAR, FAR],
	]);
});
