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
		if (flood.isNew(message, from, radio)) flood.passOn(message, from, radio, near.length);
		else if (place === 0) throw new Error('the first copy is new');
	time.nowMs = 1000;
	context.agenda.run(time.nowMs);
	return radios;
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
