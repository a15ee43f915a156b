// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {meshOf, runChannels} from '../../../src/lab/astral/channels.ts';
import {channelInstance, isFeasible, potentialOf} from '../../../src/lab/baseline/channel/instance.ts';
import {openTopology} from '../../../src/lab/topology/open.ts';
import {memoryIo} from '../memory-io.ts';

const altdorf = openTopology('freifunk-altdorf', 1, memoryIo());

test('ours: on Altdorf the routers come to a plan as good as the best known, lose no link, and retune each radio once', t => {
	t.timeout(60_000);
	const instance = channelInstance(altdorf, 8, 2);
	for (const seed of [1, 2]) {
		const {assignment, rounds, retunes} = runChannels(instance, seed, 0.05);
		t.true(isFeasible(instance, assignment));
		// The reference's best found is .240; greedy with the whole mesh in view leaves .353.
		t.true(potentialOf(instance, assignment) / instance.pairs <= 0.265, `seed ${seed}`);
		t.true(retunes <= 2 * 2 * altdorf.nodes.length);
		t.true(rounds > 1);
	}
});

test('ours: routers that only observe move nothing, and plan all the same', t => {
	t.timeout(60_000);
	const instance = channelInstance(altdorf, 8, 2);
	const mesh = meshOf(instance, 3, 0);
	for (const {engine} of mesh.members)
		engine.step(0, {
			kind: 'settings',
			settings: {
				participation: 'observe',
				pinned: [],
				homeMhz: [],
				isQuiet: false,
				leastGain: 0.1,
				retunesPerHour: 2,
			},
		});
	mesh.advance(400_000);
	t.is(mesh.retunes, 0);
	t.true(mesh.members.some(({engine}) => engine.own.known.record.links.some(({stamp}) => stamp > 1)));
});

test('ours: the same seed gives the same to the last message', t => {
	const instance = channelInstance(altdorf, 8, 2);
	const run = () => {
		const mesh = meshOf(instance, 9, 0.05);
		mesh.advance(90_000);
		return {messages: mesh.messages, plans: mesh.members.map(({engine}) => engine.own.known.record.links)};
	};
	t.deepEqual(run(), run());
});
