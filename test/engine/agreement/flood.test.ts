// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {Flood} from '../../../src/engine/agreement/flood.ts';
import type {NodeId, PeerMessage} from '../../../src/model/peer.ts';
import {testContext} from '../context.ts';

const ORIGIN = 100;
const message: PeerMessage = {
	origin: ORIGIN,
	epoch: 1,
	seq: 7,
	hopsLeft: 3,
	via: undefined,
	body: {kind: 'revert', transaction: {leader: ORIGIN, number: 1}},
};

/** Who hears whom around a node, by radio: its neighbours, and whom those hear. Copies come from senders; answers radios. */
function passedOn(
	near: readonly ReadonlyMap<NodeId, readonly NodeId[]>[],
	copies: readonly {readonly from: NodeId; readonly radio: number}[],
): readonly (number | undefined)[] {
	const radios: (number | undefined)[] = [];
	const {context, time} = testContext({forward: (_message, radio) => radios.push(radio)});
	const flood = new Flood(context, {
		heardOn: radio => [...(near[radio]?.keys() ?? [])],
		heardBy: (neighbour, radio) => near[radio]?.get(neighbour) ?? [],
	});
	for (const [place, {from, radio}] of copies.entries())
		if (flood.look(message, from, radio) === 'new') flood.passOn(message, from, radio, near.length);
		else if (place === 0) throw new Error('the first copy is new');
	time.nowMs = 1000;
	context.agenda.run(time.nowMs);
	return radios;
}

/** The hops left of what is sent, for copies that arrive with so many left, at once or after the last was passed on. */
function hopsSent(copies: readonly number[], pauseMs: number): readonly number[] {
	const hops: number[] = [];
	const {context, time} = testContext({forward: ({hopsLeft}) => hops.push(hopsLeft)});
	const flood = new Flood(context, {heardOn: () => [9], heardBy: () => []});
	for (const [place, hopsLeft] of copies.entries()) {
		const copy = {...message, hopsLeft};
		if (flood.look(copy, place, 0) !== 'old') flood.passOn(copy, place, 0, 1);
		time.nowMs += pauseMs;
		context.agenda.run(time.nowMs);
	}
	time.nowMs += 1000;
	context.agenda.run(time.nowMs);
	return hops;
}

const crowd = [2, 3, 4, 5];
const heardByCrowd = new Map(crowd.map(node => [node, [1, ...crowd.filter(other => other !== node)]]));
const fromAll = crowd.map(from => ({from, radio: 0}));

test('flood: in a crowd where all heard it, nobody need pass it on', t => {
	t.deepEqual(passedOn([heardByCrowd], fromAll), []);
});

test('flood: who joins two crowds passes on what only one of them heard, however often', t => {
	t.deepEqual(passedOn([new Map([...heardByCrowd, [9, [1]]])], fromAll), [0]);
});

test('flood: one copy is not enough for a neighbour, as it may be lost', t => {
	t.deepEqual(passedOn([heardByCrowd], fromAll.slice(0, 1)), [0]);
	t.deepEqual(passedOn([heardByCrowd], fromAll.slice(0, 2)), []);
});

test('flood: who heard it on another channel has heard it', t => {
	t.deepEqual(passedOn([heardByCrowd, new Map([[5, [1]]])], fromAll), []);
	t.deepEqual(passedOn([heardByCrowd, new Map([[9, [1]]])], fromAll), [1]);
});

test('flood: a radio that hears nobody yet sends all the same', t => {
	t.deepEqual(passedOn([heardByCrowd, new Map()], fromAll), [1]);
});

test('flood: the origin need not be told', t => {
	t.deepEqual(passedOn([new Map([...heardByCrowd, [ORIGIN, [1]]])], fromAll), []);
});

test('flood: of copies that come together the one with the most hops left is passed on', t => {
	t.deepEqual(hopsSent([1, 3, 2], 0), [2]);
});

test('flood: where a longer way was faster, the copy with more hops left is passed on too', t => {
	t.deepEqual(hopsSent([1, 3], 1000), [0, 2]);
	t.deepEqual(hopsSent([3, 3, 1], 1000), [2], 'one with as many or fewer is not');
	t.deepEqual(hopsSent([0, 3], 1000), [2], 'what ended here goes on');
});
