// SPDX-License-Identifier: Apache-2.0
// Queues and filters. The requests of queues are tc's own (iproute2 6.1), taken from its system calls.
import test from 'ava';
import {type ByteOrder, toHex} from '../../../src/core/bytes.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {decodeFilter, encodeProgramFilter} from '../../../src/wire/rtnetlink/filter.ts';
import {
	CLSACT,
	CLSACT_HANDLE,
	decodeQdisc,
	encodeQdiscDump,
	encodeQdiscRemoval,
	encodeQdiscRequest,
	fairQueueAttributes,
	fairQueueOptions,
	ROOT,
} from '../../../src/wire/rtnetlink/qdisc.ts';
import {layout, orders} from '../../helper/layout.ts';
import {checkCut, checkRefused, checkVector} from '../../helper/vector.ts';

const HEADER_BYTES = 16;

function request(name: string, build: (order: ByteOrder) => Uint8Array, text: string): void {
	for (const order of orders)
		test(`traffic: ${name} (${order})`, t => t.is(toHex(build(order)), toHex(layout(text, order))));
}

const fairQueue = '2:20 2:2 2:8 2:1 4:10000 2:8 2:2 4:10000';

request(
	'fq at the root, as tc replace says it',
	order =>
		encodeQdiscRequest(
			order,
			'replace',
			{interfaceIndex: 1, handle: 2_776_236_032, parent: ROOT},
			{kind: 'fq', options: fairQueueOptions.encode({limitPackets: 10_000, flowLimitPackets: 10_000}, order)},
		),
	`4:64 2:36 2:0x505 4:0 4:0 4:0 4:1 4:2776236032 4:4294967295 4:0 2:7 2:1 t:fq 0:2 ${fairQueue}`,
);
request(
	'clsact, as tc add says it',
	order =>
		encodeQdiscRequest(order, 'create', {interfaceIndex: 1, handle: CLSACT_HANDLE, parent: CLSACT}, {kind: 'clsact'}),
	'4:48 2:36 2:0x605 4:0 4:0 4:0 4:1 4:4294901760 4:4294967281 4:0 2:11 2:1 t:clsact 0:2',
);
request(
	'removal of the root, as tc del says it',
	order => encodeQdiscRemoval(order, {interfaceIndex: 1, handle: 0, parent: ROOT}),
	'4:36 2:37 2:5 4:0 4:0 4:0 4:1 4:0 4:4294967295 4:0',
);
request('a dump of all queues', encodeQdiscDump, '4:36 2:38 2:0x301 4:0 4:0 4:0 4:0 4:0 4:0 4:0');

// ETH_P_ALL, 3, is in network order in the lower half of the word.
const program = (info: number): string =>
	`4:88 2:44 2:0x605 4:0 4:0 4:0 4:3 4:1 4:4294967283 4:${info} 2:8 2:1 t:bpf 0:1
	 2:44 2:2 2:8 2:6 4:9 2:21 2:7 t:astral-slot-gate 0:1 0:3 2:8 2:8 4:1`;
for (const [order, info] of [
	['little', 0x1_0300],
	['big', 0x1_0003],
] as const)
	test(`traffic: a program as the first filter of what leaves (${order})`, t => {
		const bytes = encodeProgramFilter(order, 3, 1, {descriptor: 9, name: 'astral-slot-gate'});
		t.is(toHex(bytes), toHex(layout(program(info), order)));
	});

test('traffic: what fq is told is read as it was written', t => {
	checkVector(t, fairQueueAttributes, `2:7 2:1 t:fq 0:2 ${fairQueue}`, {
		kind: 'fq',
		options: {limitPackets: 10_000, flowLimitPackets: 10_000},
	});
});

test('traffic: a queue is read with its place, and its options as they came', t => {
	for (const order of orders) {
		const bytes = layout(`0:4 4:3 4:2147549184 4:4294967295 4:2 2:7 2:1 t:fq 0:2 ${fairQueue}`, order);
		t.deepEqual(decodeQdisc(bytes, order, 0, bytes.length), {
			interfaceIndex: 3,
			handle: 0x8001_0000,
			parent: ROOT,
			info: 2,
			kind: 'fq',
			options: fairQueueOptions.encode({limitPackets: 10_000, flowLimitPackets: 10_000}, order),
		});
		checkCut(t, bytes, cut => decodeQdisc(cut, order, 0, cut.length));
	}
});

test('traffic: a queue that is cut before its attributes is refused', t => {
	checkRefused(t, (bytes, order) => decodeQdisc(bytes, order, 0, bytes.length), '0:4 4:3 4:1', {
		code: 'truncated',
		path: 'rtnetlink.qdisc',
	});
	t.throws(() => decodeFilter(new Uint8Array(4), 'big', 0, 4), {instanceOf: DecodeError});
});

test('traffic: a filter is read as its request was written', t => {
	for (const order of orders) {
		const bytes = encodeProgramFilter(order, 3, 1, {descriptor: 9, name: 'gate'});
		const filter = decodeFilter(bytes, order, HEADER_BYTES, bytes.length);
		t.like(filter, {interfaceIndex: 3, handle: 1, parent: 0xfffffff3, kind: 'bpf'});
		t.is(filter.info >>> 16, 1);
	}
});
