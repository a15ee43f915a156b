// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {LEASE_MS} from '../../../src/agent/engine/gates.ts';
import type {SlotPicture} from '../../../src/model/slot-picture.ts';
import {AgentMesh} from '../../helper/agent-mesh.ts';

// Agents with time division on kernels that cannot hold frames: what they tell, agree on and refuse.

const setup = {
	links: [
		[0, 1],
		[1, 2],
		[2, 3],
	] as const,
	routers: 4,
	radiosMhz: [5180, 5260],
	channelsMhz: [5180, 5260],
	settings: {pinnedRadios: 'phy0 phy1'},
};

const slotsOf = async (mesh: AgentMesh, place: number): Promise<readonly SlotPicture[]> =>
	(await mesh.ask(place, 'plan')).slots ?? [];

test.serial(
	'slots: a kernel that cannot hold frames is said on the bus and in the log, and the clocks agree all the same',
	async t => {
		const mesh = new AgentMesh({...setup, settings: {...setup.settings, timeDivision: 'all'}});
		await mesh.start();
		await mesh.pass(90_000);
		for (const place of [0, 1, 2, 3]) {
			const pictures = await slotsOf(mesh, place);
			t.is(pictures.length, 2);
			for (const {state, sentences, open, routers, errorUs} of pictures) {
				t.is(state, 'unable');
				t.regex(sentences[0] ?? '', /^This radio cannot be gated: this program has no way to eBPF where it runs[.;]/);
				t.deepEqual([open, routers], [[], []]);
				// A way of 2 ms each, of which nobody knows how it is shared between there and back.
				t.true((errorUs ?? 1e9) < 6000, `${errorUs}`);
			}
		}
		const times = await Promise.all([0, 1, 2, 3].map(async place => (await slotsOf(mesh, place))[0]?.sentences.at(-1)));
		t.is(times.filter(text => text === 'The others keep the time of this router.').length, 1);
		t.is(
			times.filter(text => /^It keeps the time of [0-9a-f]{8}, [123] hops? away, by messages/.test(text ?? '')).length,
			3,
		);
		const log = mesh.routers[0]?.log ?? [];
		t.is(log.filter(line => line.includes('cannot be gated')).length, 4);
		mesh.stop();
	},
);

test.serial('slots: only what the owner named is asked for, and nothing unless participation is active', async t => {
	const mesh = new AgentMesh(setup);
	await mesh.start(
		place => [{timeDivision: 'phy1'}, {timeDivision: 'all', participation: 'observe'}, {}, {}][place] ?? {},
	);
	await mesh.pass(20_000);
	t.deepEqual(
		(await slotsOf(mesh, 0)).map(({radio}) => radio),
		['phy1'],
	);
	t.deepEqual(await slotsOf(mesh, 1), []);
	t.deepEqual(await slotsOf(mesh, 2), []);
	t.true(mesh.routers[1]?.log.some(line => line.includes("no radio's time is divided: participation is not active")));
	mesh.stop();
});

test.serial(
	'slots: with three of ten messages lost a neighbour is still heard within a gate’s lease, for twenty minutes',
	async t => {
		const mesh = new AgentMesh({
			...setup,
			links: [[0, 1]],
			routers: 2,
			radiosMhz: [5180],
			lossShare: 0.3,
			settings: {...setup.settings, timeDivision: 'all'},
		});
		await mesh.start();
		await mesh.pass(30_000);
		let [before, silentS, longestS] = [0, 0, 0];
		for (let second = 0; second < 1200; second++) {
			await mesh.pass(1000);
			const {messages} = await mesh.ask(0, 'neighbours');
			silentS = messages?.received === before ? silentS + 1 : 0;
			before = messages?.received ?? 0;
			longestS = Math.max(longestS, silentS);
		}
		t.true(longestS < LEASE_MS / 1000, `nobody was heard for ${longestS} s`);
		mesh.stop();
	},
);
