// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {tableOf} from '../../../src/actuator/slot-gate/table.ts';
import {type GateRow, openFrom, paceOf, rowOf, scheduleOf} from '../../../src/actuator/slot-gate/taprio-schedule.ts';
import {seededRandom} from '../../../src/core/random.ts';
import type {GateOrder} from '../../../src/model/slots.ts';
import {ENDLESS} from '../../../src/wire/bpf/gate-map.ts';
import {ALL_OPEN, SHARED_GATE} from '../../../src/wire/rtnetlink/taprio.ts';

const NOW_US = 1_000_000;
const MS = 1_000_000;
const marks = (text: string): boolean[] => [...text].map(mark => mark === '1');
const order = (own: string, open: string, more: Partial<GateOrder> = {}): GateOrder => ({
	superframe: {slots: own.length, slotUs: 5000},
	originUs: 0,
	own: marks(own),
	open: marks(open),
	guardUs: 2000,
	leaseUntilUs: NOW_US + 10_000_000,
	...more,
});
function rowFor(asked: GateOrder): GateRow {
	const row = rowOf(asked, NOW_US);
	if (typeof row === 'string') throw new Error(row);
	return row;
}

/** The gates at a time since the start of a superframe. */
function gatesAt({offsetNs, stretches, superframeNs}: GateRow, phaseNs: number): number {
	let left = (((phaseNs - offsetNs) % superframeNs) + superframeNs) % superframeNs;
	for (const {gates, lengthNs} of stretches) {
		if (left < lengthNs) return gates;
		left -= lengthNs;
	}
	throw new Error('the stretches are shorter than a superframe');
}

test('taprio schedule: a run ends by the guard, and what goes to all may use open slots too', t => {
	const row = rowFor(order('11000000', '00000011'));
	// Open slots go before the own ones in the circle.
	t.deepEqual(row.stretches, [
		{gates: ALL_OPEN, lengthNs: 4 * MS},
		{gates: 0, lengthNs: 22 * MS},
		{gates: SHARED_GATE, lengthNs: 10 * MS},
		{gates: ALL_OPEN, lengthNs: 4 * MS},
	]);
	t.is(row.offsetNs, 4 * MS);
	t.deepEqual(row.calmNs, {before: 4 * MS, after: 4 * MS});
});

test('taprio schedule: it begins and ends amid the longest run, which may go beyond the end of a superframe', t => {
	const row = rowFor(order('10010011', '00000000'));
	t.is(row.stretches[0]?.gates, ALL_OPEN);
	t.is(row.stretches.at(-1)?.gates, ALL_OPEN);
	t.is(row.calmNs.before + row.calmNs.after, 13 * MS);
	t.is(gatesAt(row, 31 * MS), ALL_OPEN);
	t.is(gatesAt(row, 2.9 * MS), ALL_OPEN);
	t.is(gatesAt(row, 3.1 * MS), 0);
	t.is(gatesAt(row, 16 * MS), ALL_OPEN);
});

test('taprio schedule: gates are open where the eBPF gate would let go, in random orders', t => {
	const random = seededRandom(7);
	let compared = 0;
	for (let round = 0; round < 300; round++) {
		const slots = 2 + Math.floor(random() * 31);
		const pick = (share: number) => Array.from({length: slots}, () => (random() < share ? '1' : '0')).join('');
		const asked = order(pick(0.4), pick(0.2), {
			superframe: {slots, slotUs: 2000 + Math.floor(random() * 8000)},
			guardUs: 200 * Math.floor(random() * 15),
		});
		const table = tableOf(asked, NOW_US);
		const row = rowOf(asked, NOW_US);
		if (typeof table === 'string' || typeof row === 'string') continue;
		t.is(
			row.stretches.reduce((sum, {lengthNs}) => sum + lengthNs, 0),
			row.superframeNs,
		);
		for (let probe = 0; probe < 50; probe++) {
			const phaseNs = Math.floor(random() * table.superframeNs);
			const slot = Math.floor(phaseNs / table.slotNs);
			const gates = gatesAt(row, phaseNs);
			const may = (endsNs: readonly number[]): boolean =>
				endsNs[slot] === ENDLESS || phaseNs + table.guardNs < (endsNs[slot] ?? 0);
			// A guard may be a tenth of a millisecond longer here.
			const nearly = (endsNs: readonly number[]): boolean =>
				endsNs[slot] === ENDLESS || phaseNs + table.guardNs + 0.2 * MS < (endsNs[slot] ?? 0);
			if (gates === ALL_OPEN) t.true(may(table.data.endsNs));
			if (nearly(table.data.endsNs)) t.is(gates, ALL_OPEN);
			if (gates !== 0) t.true(may(table.shared.endsNs));
			if (nearly(table.shared.endsNs)) t.not(gates, 0);
			compared++;
		}
	}
	t.true(compared > 5000);
});

test('taprio schedule: no entry is shorter than the kernel takes or longer than gates may be wrongly open', t => {
	for (const guardUs of [0, 20, 99, 2000, 4950, 4999, 5000, 5020, 9999]) {
		const row = rowFor(order('1111000011', '0000100000', {guardUs}));
		const {entries, cycleNs} = scheduleOf(row, 5, row.superframeNs);
		t.true(
			entries.every(({intervalNs}) => intervalNs >= 100_000 && intervalNs <= 5_000_000),
			`${guardUs}`,
		);
		t.is(cycleNs, row.superframeNs);
	}
});

test('taprio schedule: a superframe by a clock that runs otherwise is as long as its entries together', t => {
	const row = rowFor(order('1100000000', '0000000001'));
	const {entries, cycleNs, baseNs} = scheduleOf(row, 77, row.superframeNs + 4321);
	t.is(baseNs, 77);
	t.is(cycleNs, row.superframeNs + 4321);
	t.is(
		entries.reduce((sum, {intervalNs}) => sum + intervalNs, 0),
		cycleNs,
	);
});

test('taprio schedule: all slots open are one stretch, and without slots of its own data takes the open ones', t => {
	t.is(rowFor(order('0000', '1111')).text, 'open');
	t.is(gatesAt(rowFor(order('0000', '0011')), 12 * MS), ALL_OPEN);
	t.deepEqual(openFrom(9).entries, [{gates: ALL_OPEN, intervalNs: 1_000_000_000}]);
});

test('taprio schedule: what the kernel would drop for ever is refused with a sentence, as is nonsense', t => {
	const short = rowOf(order('1000', '0000', {guardUs: 3500}), NOW_US);
	t.regex(String(short), /no run of slots is long enough for the queue taprio/);
	t.regex(String(rowOf(order('1000', '0000', {guardUs: Number.NaN}), NOW_US)), /a guard of NaN/);
	t.regex(String(rowOf(order('', ''), NOW_US)), /superframe of 0 slots/);
	t.regex(String(rowOf(order('1000', '0000', {guardUs: 5000}), NOW_US)), /no slot is longer than the guard/);
});

test('taprio schedule: data goes at the pace of the air, and what waits is what a superframe’s slots can carry', t => {
	const pace = (airtime?: {frameUs: number; nsPerByte: number}) => {
		const asked = order('1100000000', '0000000001', {airtime});
		return paceOf(asked, rowFor(asked));
	};
	// 8 ms for frames of 250 µs, and 2 ms of guard.
	t.deepEqual(pace({frameUs: 100, nsPerByte: 100}), {
		bytesPerS: 10_000_000,
		overheadBytes: 1000,
		burstBytes: 20_000,
		backlogBytes: 32 * 1500,
	});
	t.deepEqual(pace({frameUs: 20_000, nsPerByte: 16_000}), {
		bytesPerS: 62_500,
		overheadBytes: 1250,
		burstBytes: 4800,
		backlogBytes: 20 * 1500,
	});
	t.is(pace().bytesPerS, 1_000_000_000);
	t.is(pace().backlogBytes, 1000 * 1500);
	t.is(pace({frameUs: 20_000, nsPerByte: 0}).overheadBytes, 65_535);
});
