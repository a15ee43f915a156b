// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {fromHex, toHex} from '../../../src/core/bytes.ts';
import {batmanNeighbour, gateway, hardInterface, meshInfo, originator} from '../../../src/wire/batman/batman.ts';
import type {Fields, Table, Value} from '../../../src/wire/netlink/attributes.ts';
import {decodeGeneric} from '../../../src/wire/netlink/generic.ts';
import {captured, replay} from '../../helper/capture.ts';

// What batctl printed in the same moment stands in the fixtures; times differ by the moments in between.

const kernels = ['uml', 'malta'] as const;

function dump<F extends Fields>(kernel: string, name: string, answer: number, table: Table<F>): Value<F>[] {
	const capture = captured(kernel, name);
	if (capture === undefined) throw new Error(`${kernel}/${name} is missing`);
	return (replay(capture).answers[answer]?.messages ?? []).map(({bytes, start, end}) =>
		decodeGeneric(table, bytes, capture.byteOrder, start, end),
	);
}

for (const kernel of kernels) {
	test(`batman on ${kernel}: a mesh interface tells its algorithm`, t => {
		t.like(dump(kernel, 'batman-iv', 0, meshInfo)[0], {meshName: 'bat0', algorithm: 'BATMAN_IV'});
		t.like(dump(kernel, 'batman-v', 0, meshInfo)[0], {meshName: 'bat0', algorithm: 'BATMAN_V'});
	});

	test(`batman on ${kernel}: the interfaces below are named and active`, t => {
		t.like(dump(kernel, 'batman-iv', 1, hardInterface)[0], {hardName: 'w01a', active: true});
	});

	test(`batman on ${kernel}: BATMAN_IV lists originators with their quality and next hop`, t => {
		const [far, near] = dump(kernel, 'batman-iv', 2, originator);
		t.like(far, {originator: '02:ba:00:00:12:0b', neighbour: '02:ba:00:00:01:0b', best: true});
		t.like(near, {originator: '02:ba:00:00:01:0b', neighbour: '02:ba:00:00:01:0b', best: true});
		const printed = captured(kernel, 'batman-iv')?.printed ?? '';
		for (const {originator: of, quality} of [far, near] as {originator: string; quality: number}[]) {
			t.true(quality > 0 && quality <= 255);
			if (printed !== '') t.true(printed.includes(`${of}`) && printed.includes(`(${quality})`), `${of} ${quality}`);
		}
	});

	test(`batman on ${kernel}: BATMAN_V lists neighbours with their throughput`, t => {
		const [peer] = dump(kernel, 'batman-v', 3, batmanNeighbour);
		t.like(peer, {neighbour: '02:ba:00:00:34:0b', throughputKbps: 10_000_000}); // 10 Gbit/s, as veth says
	});
}

test('batman: a gateway tells its bandwidth and which one is chosen, as batctl prints it', t => {
	const [chosen] = dump('uml', 'batman-iv', 4, gateway);
	t.like(chosen, {originator: '02:ba:00:00:12:0b', best: true, bandwidthDown100Kbps: 80, bandwidthUp100Kbps: 20});
	t.regex(captured('uml', 'batman-iv')?.printed ?? '', /\* 02:ba:00:00:12:0b .*8\.0\/2\.0 MBit/);
});

test('batman: every recorded body is rebuilt byte for byte from what was read', t => {
	let bodies = 0;
	for (const kernel of kernels)
		for (const name of ['batman-iv', 'batman-v'])
			for (const [answer, table] of [
				[2, originator],
				[3, batmanNeighbour],
			] as const) {
				const capture = captured(kernel, name);
				if (capture === undefined) continue;
				for (const {bytes, start, end} of replay(capture).answers[answer]?.messages ?? []) {
					const value = decodeGeneric(table as Table<Fields>, bytes, capture.byteOrder, start, end);
					const again = decodeGeneric(
						table as Table<Fields>,
						Uint8Array.from([0, 0, 0, 0, ...(table as Table<Fields>).encode(value, capture.byteOrder)]),
						capture.byteOrder,
						0,
						4 + (table as Table<Fields>).encode(value, capture.byteOrder).length,
					);
					t.deepEqual(again, value);
					bodies++;
				}
			}
	t.true(bodies >= 8, `${bodies}`);
});

test('batman: a vector in both byte orders', t => {
	const value = {originator: '02:00:00:00:00:01', best: true, lastSeenMs: 520, quality: 183} as const;
	for (const [order, hex] of [
		['little', '0a0009000200000000010000 04001600 08001700 08020000 05001900b7000000'],
		['big', '000a00090200000000010000 00040016 0008001700000208 00050019b7000000'],
	] as const) {
		t.like(originator.decode(fromHex(hex), order), value);
		t.is(toHex(originator.encode(value, order)), hex.replaceAll(' ', ''));
	}
});
