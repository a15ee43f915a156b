// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {
	isMarked,
	type Original,
	OUR_MARK,
	placementOf,
	readOriginals,
	writeOriginals,
} from '../../../src/actuator/slot-gate/queues.ts';
import {CLSACT, CLSACT_HANDLE, type Qdisc, ROOT} from '../../../src/wire/rtnetlink/qdisc.ts';

const MESH = 3;
const root = (kind: string, handle: number, more: Partial<Qdisc> = {}): Qdisc => ({
	interfaceIndex: MESH,
	handle,
	parent: ROOT,
	info: 2,
	kind,
	...more,
});

test("queues: the kernel's own queue needs no record", t => {
	for (const queues of [
		[],
		[root('noqueue', 0)],
		[root('fq_codel', 0)],
		[root('mq', 0)],
		[root('htb', 1, {interfaceIndex: 9})],
	])
		t.deepEqual(placementOf(queues, MESH, 'mesh0'), {original: undefined, obstacle: undefined});
});

test("queues: an owner's queue is kept with its number and its options", t => {
	const options = Uint8Array.of(8, 0, 1, 0, 1, 2, 3, 4);
	t.deepEqual(placementOf([root('fq_codel', 0x8001_0000, {options})], MESH, 'mesh0'), {
		original: {kind: 'fq_codel', handle: 0x8001_0000, options},
		obstacle: undefined,
	});
});

test("queues: what could not be put back, or is another's, is an obstacle with a sentence", t => {
	t.regex(placementOf([root('htb', 0x1_0000)], MESH, 'mesh0').obstacle ?? '', /mesh0 .*htb/);
	t.regex(placementOf([root('fq', OUR_MARK + 0x7_0000)], MESH, 'mesh0').obstacle ?? '', /another agent/);
	const hook = {interfaceIndex: MESH, handle: CLSACT_HANDLE, parent: CLSACT, info: 1, kind: 'clsact'};
	t.regex(placementOf([root('noqueue', 0), hook], MESH, 'mesh0').obstacle ?? '', /filters of another program/);
});

test('queues: only numbers that begin with our byte are ours', t => {
	t.true(isMarked(OUR_MARK));
	t.true(isMarked(OUR_MARK + 0xff_0000));
	t.false(isMarked(0x8001_0000));
	t.false(isMarked(0));
});

test('queues: a record is read as it was written', t => {
	const originals: Original[] = [
		{interfaceIndex: 3, queue: undefined},
		{interfaceIndex: 12, queue: {kind: 'cake', handle: 0x8001_0000, options: Uint8Array.of(1, 2, 255)}},
		{interfaceIndex: 13, queue: {kind: 'pfifo', handle: 0x1_0000, options: new Uint8Array()}},
	];
	t.deepEqual(readOriginals(writeOriginals(originals)), originals);
});

test('queues: lines of a record that make no sense are left out', t => {
	for (const line of [
		'',
		'mesh0',
		'-3',
		'0',
		'99999999999',
		'3 htb 1 ',
		'3 fq 0 ',
		'3 fq 65536 ',
		'3 fq 1 0g',
		'3 fq 1 123',
		'3 fq x ',
	])
		t.deepEqual(readOriginals(`${line}\n`), [], line);
});
