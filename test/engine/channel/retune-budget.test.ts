// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {RetuneBudget} from '../../../src/engine/channel/retune-budget.ts';
import type {EngineContext} from '../../../src/engine/context.ts';
import {OwnNode} from '../../../src/engine/own-node.ts';
import type {Known} from '../../../src/engine/view/neighbourhood.ts';
import {Neighbourhood} from '../../../src/engine/view/neighbourhood.ts';
import {channelOf} from '../../../src/lab/astral/channels.ts';
import {testContext} from '../context.ts';

const HOUR_MS = 3_600_000;
const PEER = 2;

/** A node with so many radios, each on a channel of its own that is planned for a neighbour. */
function node(radios: number, more: Partial<EngineContext> = {}) {
	const {context, time} = testContext(more);
	const own = new OwnNode(context, 1);
	const channels = Array.from({length: 6}, (_, index) => channelOf(index));
	const loud = new Set<number>();
	const tellChannels = (): void =>
		own.setChannels(
			channels.map((channel, index) => ({...channel, busy: loud.has(index) ? 200 : 0, blocked: false, radar: false})),
		);
	tellChannels();
	own.setRadios(channels.slice(0, radios));
	for (let radio = 0; radio < radios; radio++) {
		own.hear(PEER + radio, radio, [1]);
		own.plan(PEER + radio, channelOf(radio).mhz, 1);
	}
	const budget = new RetuneBudget(context, own);
	const spent = () => own.radios.map((_, radio) => budget.isSpent(radio));
	const neighbourhood = new Neighbourhood();
	/** The mesh with a neighbour that means another channel, or the same. */
	const meshWith = (planMhz: number) => {
		const known: Known = {
			id: PEER,
			epoch: 1,
			seq: time.nowMs + 1,
			heardMs: time.nowMs,
			record: {
				...own.known.record,
				links: [{peer: 1, weight: 16, planMhz, stamp: 1}],
				radios: [{live: channelOf(5), pinned: false}],
			},
		};
		neighbourhood.take(known);
		return neighbourhood.meshWith(own.known);
	};
	return {own, budget, spent, time, meshWith, loud, tellChannels};
}

test('retune budget: twice an hour, and the last move of a node is kept', t => {
	const {budget, spent, time} = node(2);
	t.deepEqual(spent(), [false, false]);
	budget.spend(0);
	t.deepEqual(spent(), [false, false], 'three moves left: two may be planned with');
	time.nowMs = 60_000;
	budget.spend(1);
	t.deepEqual(spent(), [false, true], 'two left: one, of the radio that has stood longer');
	budget.spend(0);
	t.deepEqual(spent(), [true, true]);
	time.nowMs = HOUR_MS + 1;
	t.deepEqual(spent(), [false, true], 'the first move is an hour ago');
	time.nowMs = 2 * HOUR_MS;
	t.deepEqual(spent(), [false, false]);
});

test('retune budget: the last moves are of radios that a plan wants elsewhere, then of those on a loud channel', t => {
	const {own, budget, spent, time, loud, tellChannels} = node(2);
	budget.spend(0);
	time.nowMs = 1000;
	budget.spend(1);
	loud.add(1);
	tellChannels();
	t.deepEqual(spent(), [true, false]);
	own.plan(PEER, channelOf(4).mhz, 2);
	t.deepEqual(spent(), [false, true]);
});

test('retune budget: a single radio keeps nothing back', t => {
	const {budget, spent} = node(1);
	budget.spend(0);
	t.deepEqual(spent(), [false]);
	budget.spend(0);
	t.deepEqual(spent(), [true]);
});

test('retune budget: moves before a restart count', t => {
	const {spent, time} = node(2, {
		movedBefore: [
			{radio: 1, atMs: -1000},
			{radio: 1, atMs: -HOUR_MS + 1000},
		],
	});
	t.deepEqual(spent(), [false, true]);
	time.nowMs = 1000;
	t.deepEqual(spent(), [false, false]);
});

test('retune budget: a link without a channel may have the last move, and after 32 s as many again', t => {
	const {budget, spent, time, meshWith} = node(2);
	for (const radio of [0, 0, 1]) budget.spend(radio);
	t.deepEqual(spent(), [true, true]);
	budget.look(meshWith(channelOf(3).mhz));
	t.deepEqual(spent(), [true, false]);
	budget.spend(1);
	t.deepEqual(spent(), [true, true]);
	time.nowMs = 31_999;
	budget.look(meshWith(channelOf(3).mhz));
	t.deepEqual(spent(), [true, true]);
	time.nowMs = 32_000;
	budget.look(meshWith(channelOf(3).mhz));
	t.deepEqual(spent(), [false, false]);
	for (const radio of [0, 0, 1, 1]) budget.spend(radio);
	t.deepEqual(spent(), [true, true], 'and no more');
});
