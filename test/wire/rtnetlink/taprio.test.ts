// SPDX-License-Identifier: Apache-2.0
// The queue taprio, and interfaces that stand on others. What a kernel does with it is in test/qemu/taprio.test.ts.
import test from 'ava';
import {fromHex, toHex} from '../../../src/core/bytes.ts';
import {decodeQdisc, ROOT} from '../../../src/wire/rtnetlink/qdisc.ts';
import {decodeStackedLink, encodeStackedLink, type StackedLink} from '../../../src/wire/rtnetlink/stacked-link.ts';
import {ALL_OPEN, encodeSchedule, SHARED_GATE, taprioOptions, twoClasses} from '../../../src/wire/rtnetlink/taprio.ts';
import {encodeTokenBucket, tokenBucketOptions} from '../../../src/wire/rtnetlink/token-bucket.ts';
import {layout, orders} from '../../helper/layout.ts';
import {checkCut, checkRefused, checkVector} from '../../helper/vector.ts';

const HEADER_BYTES = 16;

/**
 * What tc of iproute2 6.1 sends for `tc qdisc replace dev lo root handle a501: taprio num_tc 2 map 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0
 * queues 1@0 1@1 base-time 160004000000 sched-entry S ffffffff 24000000 sched-entry S 0 2000000 sched-entry S 2 134000000
 * cycle-time 160000000 clockid CLOCK_MONOTONIC`.
 */
const tcs = fromHex(
	'040100002400050546c1016b000000000000000001000000000001a5ffffffff000000000b00010074617072696f0000d4000200080005000100' +
		'00005600010002000000000000000100000000000000000001000100000000000000000000000000000000000000000000000000000000000000' +
		'01000000000000000000000000000000000000000000000000000000000000000c0003000049fb40250000000c00080000688909000000005800' +
		'02801c000100050002000000000008000300ffffffff0800040000366e011c000100050002000000000008000300000000000800040080841e00' +
		'1c000100050002000000000008000300020000000800040080adfc07',
);
const schedule = {
	entries: [
		{gates: ALL_OPEN, intervalNs: 24_000_000},
		{gates: 0, intervalNs: 2_000_000},
		{gates: SHARED_GATE, intervalNs: 134_000_000},
	],
	baseNs: 160_004_000_000,
	cycleNs: 160_000_000,
};
const classes = '1:2 0:7 1:1 0:9 2:1 2:1 0:28 2:0 2:1 0:28';
const row = [
	['1:2', 24_000_000, ALL_OPEN],
	['1:2', 2_000_000, 0],
	['1:2', 134_000_000, 2],
]
	.map(([, interval, gates]) => `2:28 2:1 2:5 2:2 1:0 0:3 2:8 2:3 4:${gates} 2:8 2:4 4:${interval}`)
	.join(' ');
const rest = `2:88 2:2 ${row} 2:12 2:3 8:160004000000 2:12 2:8 8:160000000 2:8 2:5 4:1`;

test('taprio: what tc tells is read', t => {
	const {options, parent, kind} = decodeQdisc(tcs, 'little', HEADER_BYTES, tcs.length);
	t.deepEqual([parent, kind], [ROOT, 'taprio']);
	const {priorities, ...told} = taprioOptions.decode(options ?? new Uint8Array(), 'little');
	t.deepEqual(told, {...schedule, clock: 1});
	t.is(toHex(priorities ?? new Uint8Array()), toHex(twoClasses('little')));
});

test('taprio: a schedule is told as tc tells it, its attributes in the order of their table', t => {
	for (const order of orders)
		t.is(toHex(encodeSchedule(order, schedule)), toHex(layout(`2:86 2:1 ${classes} 0:2 ${rest}`, order)), order);
});

test('taprio: the row in force and the one that waits are read as they were written', t => {
	const waiting = `2:60 2:7 2:32 2:2 2:28 2:1 2:5 2:2 1:0 0:3 2:8 2:3 4:${ALL_OPEN} 2:8 2:4 4:1000000000 2:12 2:3 8:9007199254740994 2:12 2:8 8:1000000000`;
	checkVector(t, taprioOptions, `2:88 2:2 ${row} 2:12 2:3 8:160004000000 2:12 2:8 8:160000000 ${waiting}`, {
		...schedule,
		waiting: {
			entries: [{gates: ALL_OPEN, intervalNs: 1_000_000_000}],
			baseNs: 2 ** 53 + 2,
			cycleNs: 1_000_000_000,
		},
	});
});

test('taprio: a base time that is none is passed over', t => {
	for (const order of orders)
		t.deepEqual(taprioOptions.decode(layout(`2:12 2:3 8:${2 ** 62}`, order), order), {}, order);
});

test('taprio: entries that are cut or impossible are refused', t => {
	const path = 'rtnetlink.taprio.entries';
	const decode = (bytes: Uint8Array, order: 'little' | 'big') => taprioOptions.decode(bytes, order);
	checkRefused(t, decode, '2:6 2:2 2:4 0:2', {code: 'truncated', path});
	checkRefused(t, decode, '2:8 2:2 2:3 2:1', {code: 'length', path});
	checkRefused(t, decode, '2:8 2:2 2:12 2:1', {code: 'truncated', path});
});

test('taprio: an interface is read with what it stands on and how many transmit queues it has', t => {
	const link: StackedLink = {
		index: 7,
		flags: 0x1043,
		name: 'mesh0_29',
		link: 3,
		master: 4,
		info: {kind: 'vlan'},
		transmitQueues: 2,
		linkNamespace: -1,
	};
	const body =
		'0:4 4:7 4:4163 0:4 2:13 2:3 t:mesh0_29 0:4 2:8 2:5 4:3 2:8 2:10 4:4 2:16 2:18 2:9 2:1 t:vlan 0:4 2:8 2:31 4:2 2:8 2:37 4:4294967295';
	for (const order of orders) {
		const bytes = layout(body, order);
		t.deepEqual(decodeStackedLink(bytes, order, 0, bytes.length), link, order);
		t.is(toHex(encodeStackedLink(order, link).slice(HEADER_BYTES)), toHex(bytes), order);
		checkCut(t, bytes, cut => decodeStackedLink(cut, order, 0, cut.length));
	}
});

test('taprio: a bucket of tokens is told as tc tells it, without its table of times', t => {
	const bucket = {bytesPerS: 10_000_000, overheadBytes: 1000, burstBytes: 20_000, backlogBytes: 48_000};
	for (const order of orders)
		t.is(
			toHex(encodeTokenBucket(order, bucket)),
			toHex(layout('2:40 2:1 1:0 1:1 2:1000 2:0 2:0 4:10000000 0:12 4:48000 4:0 4:0 2:8 2:6 4:20000', order)),
			order,
		);
	// `tc qdisc replace dev lo parent a501:1 handle a601: tbf rate 80mbit burst 20000 limit 48000 overhead 1000`, up to the table.
	// It says how fine its table is too, and the burst as a time, which the kernel leaves aside where there are bytes.
	const theirs =
		'2800010003 01e803 ffff 0000 80969800 000000000000000000000000 80bb0000 127a0000 00000000 08000600204e0000';
	const {parameters, burstBytes} = tokenBucketOptions.decode(fromHex(theirs.replaceAll(' ', '')), 'little');
	const ours = tokenBucketOptions.decode(encodeTokenBucket('little', bucket), 'little');
	t.is(burstBytes, ours.burstBytes);
	for (const [from, to] of [
		[1, 4],
		[6, 28],
		[32, 36],
	] as const)
		t.deepEqual(parameters?.slice(from, to), ours.parameters?.slice(from, to), `${from}`);
});
