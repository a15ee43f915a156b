// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {tableOf} from '../../../src/actuator/slot-gate/table.ts';
import type {GateOrder} from '../../../src/model/slots.ts';
import {ENDLESS} from '../../../src/wire/bpf/gate-map.ts';

const marks = (row: string): boolean[] => [...row].map(mark => mark === '1');
const NOW_US = 5_000_000;

function order(own: string, open: string, more: Partial<GateOrder> = {}): GateOrder {
	return {
		superframe: {slots: own.length, slotUs: 5000},
		originUs: NOW_US,
		own: marks(own),
		open: marks(open),
		guardUs: 2000,
		leaseUntilUs: NOW_US + 10_000_000,
		...more,
	};
}

const MS = 1_000_000;

test('table: runs end where their last slot does, over the end of the superframe too', t => {
	const table = tableOf(order('1001', '0010'), NOW_US);
	if (typeof table === 'string') return t.fail(table);
	t.deepEqual(table.data.endsNs, [5 * MS, 0, 0, 25 * MS]);
	t.deepEqual(table.data.nextNs, [15 * MS, 15 * MS, 15 * MS, 35 * MS]);
	t.deepEqual(table.shared.endsNs, [5 * MS, 0, 25 * MS, 25 * MS]);
	t.deepEqual(table.shared.nextNs, [10 * MS, 10 * MS, 30 * MS, 30 * MS]);
});

test('table: where all slots are open there is no end and no guard', t => {
	const table = tableOf(order('0000', '1111'), NOW_US);
	if (typeof table === 'string') return t.fail(table);
	t.deepEqual(table.data.endsNs, [ENDLESS, ENDLESS, ENDLESS, ENDLESS]);
	t.deepEqual(table.shared, table.data);
});

test('table: data without own slots may use the open ones', t => {
	const table = tableOf(order('0000', '0110'), NOW_US);
	if (typeof table === 'string') return t.fail(table);
	t.deepEqual(table.data, table.shared);
	t.deepEqual(table.data.endsNs, [0, 15 * MS, 15 * MS, 0]);
});

test('table: a stretch that is not longer than the guard is none', t => {
	const table = tableOf(order('10110', '00000', {guardUs: 5000}), NOW_US);
	if (typeof table === 'string') return t.fail(table);
	t.deepEqual(table.data.endsNs, [0, 0, 20 * MS, 20 * MS, 0]);
	t.is(tableOf(order('1010', '0000', {guardUs: 5000}), NOW_US), 'no slot is longer than the guard');
});

test('table: superframes are counted from the first one after 0, whatever the origin', t => {
	for (const originUs of [-7_000, 13_000, NOW_US + 13_000, 33_000]) {
		const table = tableOf(order('1000', '0001', {originUs}), NOW_US);
		if (typeof table === 'string') return t.fail(table);
		t.is(table.originNs, 13 * MS);
	}
	t.pass();
});

test('table: nobody closes the gate for longer than a minute', t => {
	const table = tableOf(order('1000', '0001', {leaseUntilUs: 1e12}), NOW_US);
	if (typeof table === 'string') return t.fail(table);
	t.is(table.leaseUntilNs, NOW_US * 1000 + 60_000 * MS);
});

for (const [name, wrong] of Object.entries<Partial<GateOrder>>({
	'no slots': {superframe: {slots: 0, slotUs: 5000}},
	'half a slot': {superframe: {slots: 3.5, slotUs: 5000}},
	'65 slots': {superframe: {slots: 65, slotUs: 5000}},
	'slots of no length': {superframe: {slots: 4, slotUs: 0}},
	'slots that are no number': {superframe: {slots: 4, slotUs: Number.NaN}},
	'a superframe beyond two seconds': {superframe: {slots: 4, slotUs: 500_001}},
	'too few marks': {own: [true]},
	'too many marks': {open: marks('00000')},
	'a guard below nothing': {guardUs: -1},
	'a guard that is no number': {guardUs: Number.NaN},
	'a lease for ever': {leaseUntilUs: Number.POSITIVE_INFINITY},
	'an origin that is no number': {originUs: Number.NaN},
	'frames that take for ever': {airtime: {frameUs: 1e9, nsPerByte: 0}},
	'no slot at all': {own: marks('0000'), open: marks('0000')},
}))
	test(`table: refuses ${name} with a sentence`, t => {
		t.is(typeof tableOf(order('1000', '0001', wrong), NOW_US), 'string');
	});
