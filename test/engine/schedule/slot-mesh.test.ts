// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {roundsBetween, SlotMesh} from '../../../src/lab/astral/slot-mesh.ts';
import {isConflictFree, largestClique, slotInstance} from '../../../src/lab/baseline/slot/instance.ts';
import {generate} from '../../../src/lab/topology/generate.ts';

const MOVES_PER_MESH = 100;
/** More than ten thousand transitions among them: some moves change nothing. */
const MESHES = 110;

function instanceOf(words: string, slots = 32, seed = 1) {
	const topology = generate(words, seed);
	if (topology === undefined) throw new RangeError(words);
	return slotInstance(topology, slots);
}

/** A mesh whose nodes have just been told of their conflicts. */
function begun(words: string, seed = 1, more: {loss?: number; farthest?: number} = {}) {
	const instance = instanceOf(words, 32, seed);
	const mesh = new SlotMesh({neighbours: instance.neighbours, slots: 32, slotUs: 5000, seed, ...more});
	instance.conflicts.forEach((list, place) => {
		for (const other of list) mesh.tell(place, other, true);
	});
	return {instance, mesh};
}

/** The same, at rest. */
function atRest(words: string, seed = 1, more: {loss?: number} = {}) {
	const {instance, mesh} = begun(words, seed, more);
	mesh.advance(15_000);
	return {instance, mesh};
}

test('slots: in ten thousand random transitions no slot ever has two owners in conflict (S1 to S5)', t => {
	t.timeout(600_000);
	let transitions = 0;
	let owned = 0;
	let grants = 0;
	for (let seed = 1; seed <= MESHES; seed++) {
		const random = seededRandom(seed);
		const draw = (below: number): number => Math.floor(random() * below);
		const {neighbours} = instanceOf(`random:${5 + draw(5)}`, 14, seed);
		const count = neighbours.length;
		const mesh = new SlotMesh({
			neighbours,
			slots: 14,
			slotUs: 5000,
			seed,
			loss: [0, 0.05, 0.3, 0.6][draw(4)] ?? 0,
			late: [0, 0.1, 0.5][draw(3)] ?? 0,
			lateMs: [1500, 4000, 45_000][draw(3)] ?? 0,
		});
		const cut = new Set<string>();
		// Some links are gone both ways, and some nodes hear nobody while all hear them.
		const deaf = new Set<number>();
		mesh.isCut = (a, b) => deaf.has(b) || cut.has(`${Math.min(a, b)} ${Math.max(a, b)}`);
		let doubly = 0;
		mesh.watch = () => {
			doubly += mesh.doublyOwned();
		};
		for (let move = 0; move < MOVES_PER_MESH; move++) {
			const [place, other] = [draw(count), draw(count)];
			const lot = random();
			if (lot < 0.45) {
				if (place === other) continue;
				// Both ends learn of it, at different times or never.
				const isConflict = random() < 0.65;
				mesh.tell(place, other, isConflict);
				if (random() < 0.9) mesh.at(mesh.nowMs + random() * 3000, () => mesh.tell(other, place, isConflict));
			} else if (lot < 0.5) mesh.kill(place);
			else if (lot < 0.63) mesh.revive(place, random() < 0.5);
			else if (lot < 0.8) for (let each = 0; each < count; each++) mesh.setDemand(each, 1 + draw(14));
			else if (lot < 0.85) deaf.add(place);
			else if (lot < 0.88) deaf.clear();
			else if (lot < 0.94) cut.add(`${Math.min(place, other)} ${Math.max(place, other)}`);
			else cut.clear();
			transitions++;
			mesh.advance([100, 1000, 3000, 8000, 31_000][draw(5)] ?? 0);
			if (doubly > 0) break;
		}
		for (const {slots} of mesh.members) {
			owned += slots.own.length;
			grants += slots.counts.plans;
		}
		t.is(doubly, 0, `seed ${seed}`);
	}
	t.log(`${transitions} transitions, ${grants} plans, ${owned} slots owned at the end`);
	t.true(transitions >= 10_000);
	t.true(owned > 1000, 'slots were owned, so the rule was tried');
});

for (const [words, seed] of [
	['chain:8', 1],
	['star:8', 1],
	['king:5x5', 1],
	['grid:8x8', 1],
	['random:40', 3],
] as const)
	test(`slots: ${words} agrees in at most its degree and ten rounds, and everybody has a fair share`, t => {
		const {instance, mesh} = atRest(words, seed);
		const degree = Math.max(...instance.conflicts.map(list => list.length));
		const rounds = roundsBetween(0, mesh.changedMs);
		t.true(rounds <= degree + 10, `${rounds} rounds`);
		const owned = mesh.members.map(member => member.slots.own);
		t.true(isConflictFree(instance, owned));
		for (const {slots} of mesh.members) t.true(slots.isSettled);
		t.true(Math.min(...owned.map(own => own.length)) >= 2);
	});

test('slots: five rounds after one change everybody has their slots again', t => {
	for (const words of ['chain:8', 'king:4x4', 'random:20'])
		for (let seed = 1; seed <= 4; seed++) {
			const {instance, mesh} = atRest(words, seed);
			const place = seed % instance.nodes;
			const other = (instance.conflicts[place] as Int32Array)[0] as number;
			for (const isConflict of [false, true]) {
				const fromMs = mesh.nowMs;
				mesh.tell(place, other, isConflict);
				mesh.tell(other, place, isConflict);
				mesh.advance(15_000);
				const rounds = roundsBetween(fromMs, mesh.changedMs);
				t.true(rounds <= 5, `${words}, seed ${seed}: ${rounds} rounds`);
			}
		}
});

test('slots: with a tenth of the messages lost everybody gets there all the same', t => {
	for (let seed = 1; seed <= 5; seed++) {
		const {instance, mesh} = atRest('random:15', seed, {loss: 0.1});
		mesh.advance(90_000);
		const owned = mesh.members.map(member => member.slots.own);
		t.true(isConflictFree(instance, owned), `seed ${seed}`);
		t.true(Math.min(...owned.map(own => own.length)) >= 2, `seed ${seed}: ${owned.map(own => own.length)}`);
	}
});

test('slots: who is gone leaves its slots after the lease, not before', t => {
	const {mesh} = atRest('chain:3');
	const slots = mesh.members[1]?.slots;
	const before = slots?.own.length ?? 0;
	mesh.kill(0);
	const goneMs = mesh.nowMs;
	let outageMs = 0;
	while (mesh.nowMs < goneMs + 40_000) {
		mesh.advance(100);
		if ((slots?.own.length ?? 0) > before) t.true(mesh.nowMs - goneMs > 25_000);
		if (slots?.own.length === 0) outageMs += 100;
	}
	t.true((slots?.own.length ?? 0) > before);
	// Its last word was of what we said before: so long, and until all agreed anew, there are open slots only.
	t.true(outageMs <= 8000, `${outageMs} ms`);
});

test('slots: who hears nobody any more owns nothing when its lease is over (S3)', t => {
	const {mesh} = atRest('chain:2');
	t.is(mesh.members[0]?.slots.own.length, 16);
	// It is heard, and hears nothing.
	mesh.isCut = from => from === 1;
	mesh.advance(31_000);
	t.deepEqual(mesh.members[0]?.slots.own, []);
	t.is(mesh.doublyOwned(), 0);
});

test('slots: who leaves a conflict takes nothing from the other end before that one knows (S4)', t => {
	let left = 0;
	let grown = 0;
	for (let seed = 1; seed <= 12; seed++) {
		const random = seededRandom(seed);
		const {instance, mesh} = atRest(`random:${4 + Math.floor(random() * 5)}`, seed);
		let taken = 0;
		// Nobody comes in here, so S2 has no part in it: who has not left, and counts on another, has its slots to itself.
		mesh.watch = () => {
			for (const {slots, conflicts} of mesh.members)
				for (const other of mesh.members) {
					if (!conflicts.has(other.place) || !slots.partners.includes(other.id)) continue;
					const own = slots.own;
					for (const slot of other.slots.own) if (own.includes(slot)) taken++;
				}
		};
		const before = mesh.members.map(({slots}) => slots.own.length);
		for (let turn = 0; turn < 4; turn++) {
			const place = Math.floor(random() * instance.nodes);
			const near = [...(mesh.members[place]?.conflicts ?? [])];
			const other = near[Math.floor(random() * near.length)];
			if (other === undefined) continue;
			left++;
			// The other end hears of it late, or its own end of the conflict goes on for a while.
			const isDeaf = random() < 0.7;
			mesh.isCut = (_, to) => isDeaf && to === other;
			mesh.tell(place, other, false);
			mesh.advance(500 + 20_000 * random());
			mesh.isCut = () => false;
			mesh.tell(other, place, false);
			mesh.advance(8000);
		}
		mesh.advance(40_000);
		grown += mesh.members.filter(({slots}, place) => slots.own.length > (before[place] as number)).length;
		t.is(taken, 0, `seed ${seed}`);
	}
	t.true(left > 20 && grown > 5, `${left} left, ${grown} have more since`);
});

test('slots: the same mesh with the same seed does the same', t => {
	const run = () => atRest('random:12', 5, {loss: 0.05}).mesh;
	const [one, other] = [run(), run()];
	t.deepEqual(
		one.members.map(member => member.slots.own),
		other.members.map(member => member.slots.own),
	);
	t.is(one.messages, other.messages);
	t.is(one.changedMs, other.changedMs);
});

test('slots: a node has its slots in few runs', t => {
	const {mesh} = atRest('king:5x5');
	const runs = mesh.members.map(({slots}) => slots.own.filter((slot, i, own) => own[i - 1] !== slot - 1).length);
	t.true(runs.reduce((sum, each) => sum + each, 0) / runs.length < 2);
});

test('slots: a mesh fifty hops wide agrees as fast as a small one, and gives everyone its share', t => {
	const {instance, mesh} = begun('grid:50x3');
	mesh.advance(6000);
	t.true(mesh.members.every(({slots}) => slots.isSettled));
	t.true(mesh.members.every(({slots}) => slots.own.length >= Math.floor(32 / largestClique(instance))));
});

test('slots: where neighbours see different parts of a mesh they settle slot by slot, and call nobody unfair', t => {
	for (const seed of [1, 2, 3]) {
		const {mesh} = begun('grid:50x3', seed, {farthest: 9});
		mesh.advance(60_000);
		t.deepEqual(mesh.unfair, []);
		t.true(Math.min(...mesh.members.map(({slots}) => slots.own.length)) >= 2);
	}
});
