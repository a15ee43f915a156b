// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {carriersOf, type Surroundings} from '../../../src/actuator/slot-gate/carriers.ts';
import {CLSACT, type Qdisc, ROOT} from '../../../src/wire/rtnetlink/qdisc.ts';
import type {StackedLink} from '../../../src/wire/rtnetlink/stacked-link.ts';

const on = {name: 'mesh0', index: 3};
const OURS = 0xa512_0000;
const UP = 1;
const link = (index: number, name: string, more: Partial<StackedLink> = {}): StackedLink => ({
	index,
	flags: UP,
	name,
	transmitQueues: 2,
	...more,
});
const vlan = (index: number, more: Partial<StackedLink> = {}): StackedLink =>
	link(index, `mesh0_${index}`, {link: 3, info: {kind: 'vlan'}, master: 9, ...more});
const queue = (interfaceIndex: number, kind: string, handle: number, parent: number = ROOT): Qdisc => ({
	interfaceIndex,
	kind,
	handle,
	parent,
	info: 0,
});
const around = (links: readonly StackedLink[], more: Partial<Surroundings> = {}): Surroundings => ({
	links: [link(3, 'mesh0'), link(9, 'bat0'), ...links],
	queues: [queue(3, 'noqueue', 0)],
	addresses: [],
	...more,
});

test('carriers: all that stands on a radio’s interface and is up, with the queues that they have', t => {
	const theirs = {...queue(21, 'fq_codel', 0x8001_0000), options: Uint8Array.of(1)};
	const carriers = carriersOf(
		on,
		around([vlan(20), vlan(21), vlan(22, {flags: 0}), vlan(23, {link: 4}), vlan(24, {linkNamespace: 1})], {
			queues: [theirs],
		}),
	);
	t.deepEqual(carriers, [
		{name: 'mesh0_20', index: 20, original: undefined},
		{name: 'mesh0_21', index: 21, original: {kind: 'fq_codel', handle: 0x8001_0000, options: Uint8Array.of(1)}},
	]);
});

for (const [title, surroundings, reason] of [
	['an interface that is gone', {...around([vlan(20)]), links: [vlan(20)]}, /mesh0 is gone/],
	['nothing that stands on it', around([]), /none is up on mesh0/],
	['a VLAN that is down', around([vlan(20, {flags: 0})]), /none is up on mesh0/],
	['too many of them', around([1, 2, 3, 4, 5, 6, 7, 8, 9].map(each => vlan(20 + each))), /9 interfaces stand on mesh0/],
	[
		'a port of a mesh or bridge',
		{...around([vlan(20)]), links: [link(3, 'mesh0', {master: 9}), link(9, 'bat0'), vlan(20)]},
		/mesh0 itself is a port of bat0/,
	],
	['one transmit queue', around([vlan(20), vlan(21, {transmitQueues: 1})]), /mesh0_21 on mesh0 has one transmit queue/],
	[
		'an address of IPv4',
		around([vlan(20)], {
			addresses: [{family: 2, prefixLength: 24, flags: 0, scope: 253, interfaceIndex: 3}],
		}),
		/mesh0 itself has an address/,
	],
	[
		'an address of IPv6 that reaches far',
		around([vlan(20)], {
			addresses: [{family: 10, prefixLength: 64, flags: 0, scope: 0, interfaceIndex: 3}],
		}),
		/mesh0 itself has an address/,
	],
	[
		'a queue below that holds frames',
		around([vlan(20)], {queues: [queue(3, 'cake', 0x8001_0000)]}),
		/mesh0 has a queue of its own, cake/,
	],
	[
		'a queue that could not be put back',
		around([vlan(20)], {queues: [queue(20, 'htb', 0x1_0000)]}),
		/mesh0_20 has a queue of its own, htb/,
	],
	[
		'filters of somebody',
		around([vlan(20)], {queues: [queue(20, 'clsact', 0xffff_0000, CLSACT)]}),
		/mesh0_20 has filters of another program/,
	],
	[
		'a gate of another agent',
		around([vlan(20)], {queues: [queue(20, 'taprio', 0xa501_0000)]}),
		/mesh0_20 has the gate of another agent/,
	],
] as const satisfies readonly (readonly [string, Surroundings, RegExp])[])
	test(`carriers: ${title} is a reason`, t => t.regex(String(carriersOf(on, surroundings)), reason));

test('carriers: link-local addresses of IPv6 are on every interface', t => {
	const addresses = [{family: 10, prefixLength: 64, flags: 0, scope: 253, interfaceIndex: 3}];
	t.is(carriersOf(on, around([vlan(20)], {addresses})).length, 1);
});

test('carriers: where our gate stands another queue is none of ours', t => {
	const ours = around([vlan(20)], {queues: [queue(20, 'taprio', OURS), queue(20, 'pfifo', 0, OURS + 1)]});
	t.deepEqual(carriersOf(on, ours, OURS), [{name: 'mesh0_20', index: 20, original: undefined}]);
	const other = around([vlan(20)], {queues: [queue(20, 'fq_codel', 0x8001_0000)]});
	t.regex(String(carriersOf(on, other, OURS)), /mesh0_20 has another queue than the gate's/);
});
