// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {DividedMesh, gateOf} from '../../../src/lab/astral/divided-mesh.ts';
import {generate} from '../../../src/lab/topology/generate.ts';
import {graphOf, type Topology} from '../../../src/lab/topology/topology.ts';

const LEAVES = 5;

/** Leaves that hear the middle only, and all send to it; after minutes in which each sent now and then. */
function star(isDivided: boolean): DividedMesh {
	const leaves = Array.from({length: LEAVES}, (_, leaf) => leaf + 1);
	const neighbours = [leaves, ...leaves.map(() => [0])];
	const mesh = new DividedMesh({neighbours, flows: leaves.map(from => ({from, to: 0})), seed: 2, isDivided});
	const random = seededRandom(2);
	for (let turn = 0; turn < (isDivided ? 30 : 1); turn++) {
		mesh.setActive(() => random() < 0.5);
		mesh.advance(8);
	}
	mesh.setActive(() => true);
	mesh.advance(16);
	return mesh;
}

test('divided mesh: five hidden leaves get three times as much and more, and their sum as well; without a clock all is open', t => {
	const [mesh, csma] = [star(true), star(false)];
	const [ours, theirs] = [mesh.measure(12), csma.measure(12)].map(flows => flows.map(({bps}) => bps)) as [
		number[],
		number[],
	];
	const sum = (list: readonly number[]): number => list.reduce((all, each) => all + each, 0);
	t.is(mesh.gated, LEAVES);
	t.is(csma.gated, 0);
	t.true(Math.min(...ours) >= 3 * Math.min(...theirs), `${Math.min(...ours)} beside ${Math.min(...theirs)} bit/s`);
	t.true(sum(ours) >= 1.5 * sum(theirs), `${sum(ours)} beside ${sum(theirs)} bit/s`);
	const known = mesh.timeOf;
	mesh.timeOf = () => undefined;
	mesh.advance(4);
	t.is(mesh.gated, 0);
	mesh.timeOf = known;
	mesh.advance(4);
	t.is(mesh.gated, LEAVES);
	// One goes: its slots are the others' after its lease.
	mesh.isUp[1] = false;
	mesh.setActive(flow => flow !== 0);
	mesh.advance(60);
	const left = mesh.measure(12).map(({bps}) => bps);
	t.true(sum(left) > 0.9 * sum(ours), `${sum(left)} bit/s without the one that is gone`);
});

test('divided mesh: on a grid those who hear each other share out slots as well, and the worst flow gets three times as much', t => {
	const {neighbours: near} = graphOf(generate('grid:3x3', 1) as Topology);
	const neighbours = near.map(list => [...list]);
	const flows = neighbours.map((list, from) => {
		const to = [...list].sort((a, b) => (neighbours[b]?.length ?? 0) - (neighbours[a]?.length ?? 0) || a - b)[0];
		return {from, to: to as number};
	});
	const worst = [true, false].map(isDivided => {
		const mesh = new DividedMesh({neighbours, flows, seed: 1, isDivided});
		const random = seededRandom(1);
		for (let turn = 0; turn < (isDivided ? 30 : 1); turn++) {
			mesh.setActive(() => random() < 0.5);
			mesh.advance(8);
		}
		mesh.setActive(() => true);
		mesh.advance(16);
		const got = mesh.measure(12).map(({bps}) => bps);
		for (let place = 0; place < neighbours.length && isDivided; place++)
			for (const other of neighbours[place] ?? [])
				mesh.wantedOf(place)?.own.forEach((isOwn, slot) => {
					t.false(isOwn && mesh.wantedOf(other)?.own[slot] === true, `${place} and ${other} share slot ${slot}`);
				});
		return Math.min(...got);
	});
	t.true((worst[0] as number) >= 3 * (worst[1] as number), `${worst} bit/s`);
});

test('divided mesh: a gate has nothing start in the guard, and takes open slots where it has none', t => {
	const marks = (slots: readonly number[]) => Array.from({length: 8}, (_, slot) => slots.includes(slot));
	const wanted = {superframe: {slots: 8, slotUs: 5000}, guardUs: 2000, open: marks([6, 7])};
	t.deepEqual(gateOf({...wanted, own: marks([0, 1, 3])}).openings, [
		{fromUs: 0, toUs: 8000},
		{fromUs: 15_000, toUs: 18_000},
	]);
	t.deepEqual(gateOf({...wanted, own: marks([])}).openings, [{fromUs: 30_000, toUs: 38_000}]);
});
