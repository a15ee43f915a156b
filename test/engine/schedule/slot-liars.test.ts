// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {idOf, SlotMesh} from '../../../src/lab/astral/slot-mesh.ts';
import {slotInstance} from '../../../src/lab/baseline/slot/instance.ts';
import {generate} from '../../../src/lab/topology/generate.ts';
import type {SlotRecord} from '../../../src/model/slots.ts';

/** A mesh in which one node says something else. */
function withLiar(words: string, liar: number, lie: (record: SlotRecord) => SlotRecord | undefined) {
	const topology = generate(words, 1);
	if (topology === undefined) throw new RangeError(words);
	const {neighbours, conflicts} = slotInstance(topology, 30);
	const mesh = new SlotMesh({neighbours, slots: 30, slotUs: 5000, seed: 3});
	mesh.twist = (place, record) => (place === liar ? lie(record) : record);
	conflicts.forEach((list, place) => {
		for (const other of list) mesh.tell(place, other, true);
	});
	return mesh;
}

const everything = Array.from({length: 30}, (_, slot) => slot);
const owned = (mesh: SlotMesh, place: number): number => mesh.members[place]?.slots.own.length ?? 0;

test('liars: who claims everything is found out, and the others have at least their base', t => {
	for (const lie of [
		(record: SlotRecord) => ({...record, own: everything, claims: []}),
		(record: SlotRecord) => ({...record, own: [], claims: everything}),
		(record: SlotRecord) => ({...record, own: everything, claims: [], demand: 1}),
	]) {
		const mesh = withLiar('star:4', 1, lie);
		mesh.advance(60_000);
		for (const place of [0, 2, 3, 4]) t.true(owned(mesh, place) >= 6, `${place} has ${owned(mesh, place)}`);
		t.is(mesh.doublyOwned(), 0);
	}
});

test('liars: who owns everything is named, and its word counts for nothing for a while', t => {
	const mesh = withLiar('chain:2', 1, record => ({...record, own: everything, claims: []}));
	mesh.advance(60_000);
	t.deepEqual(mesh.unfair, [{by: 0, node: idOf(1)}]);
	t.is(mesh.members[0]?.slots.counts.unfair, 1);
	t.deepEqual(mesh.members[0]?.slots.partners, []);
	t.false(mesh.members[0]?.slots.isDivided, 'nobody else is there, so all slots are open');
});

test('liars: a weight of four is the most there is to win', t => {
	const mesh = withLiar('star:4', 1, record => ({...record, weight: 4}));
	mesh.advance(30_000);
	for (const place of [0, 2, 3, 4]) t.true(owned(mesh, place) >= 3, `${place} has ${owned(mesh, place)}`);
});

test('liars: who never confirms leaves its partners with open slots only, and others as they are', t => {
	const mesh = withLiar('chain:4', 0, record => ({
		...record,
		conflicts: record.conflicts.map(each => ({...each, version: 0})),
	}));
	mesh.advance(60_000);
	t.is(owned(mesh, 1), 0);
	t.true(owned(mesh, 3) >= 10, 'node 3 is in no conflict with it');
});

test('liars: confirmations of what was never said count for nothing', t => {
	const mesh = withLiar('chain:2', 1, record => ({
		...record,
		conflicts: record.conflicts.map(each => ({...each, version: each.version + 1_000_000})),
	}));
	mesh.advance(20_000);
	t.is(owned(mesh, 0), 0);
});

test('liars: contradictions from one record to the next stop nobody', t => {
	let turn = 0;
	const mesh = withLiar('chain:5', 2, record => {
		turn++;
		const own = everything.filter(slot => (slot + turn) % 3 === 0);
		return {...record, own, claims: [], conflicts: turn % 2 === 0 ? [] : record.conflicts};
	});
	mesh.advance(120_000);
	t.is(mesh.doublyOwned(), 0);
	// It never keeps to anything: those in conflict with it have what they can agree on, those that are not have all.
	for (const {slots} of mesh.members) t.true(slots.own.length <= 30);
});

test('liars: records of another superframe, or of another channel, are not taken', t => {
	const other = withLiar('chain:2', 1, record => ({...record, slots: 16}));
	other.advance(10_000);
	t.true((other.members[0]?.slots.counts.unlike ?? 0) > 0);
	t.deepEqual(other.members[0]?.slots.partners, []);
	const elsewhere = withLiar('chain:2', 1, record => ({...record, mhz: 5240}));
	elsewhere.advance(10_000);
	t.deepEqual(elsewhere.members[0]?.slots.partners, []);
});
