// SPDX-License-Identifier: Apache-2.0
import type {GateOrder} from '../../model/slots.ts';
import {ENDLESS, type Runs} from '../../wire/bpf/gate-map.ts';
import {ALL_OPEN, type Schedule, type ScheduleEntry, SHARED_GATE} from '../../wire/rtnetlink/taprio.ts';
import type {TokenBucket} from '../../wire/rtnetlink/token-bucket.ts';
import {tableOf} from './table.ts';

// An order as a row of entries for `taprio`. What the kernel does with such a row (Linux 6.12 net/sched/sch_taprio.c) decides how
// it has to look:
//
//   1  A row that is told anew opens all gates until the entry ends that was being done, so entries are short, and a row is told
//      while all gates are open anyway.
//   2  A row that takes over does so where the entry begins in which its base time lies, with its first entry: so a row begins,
//      and ends, in the midst of a run with all gates open.
//   3  Frames to a gate that is open are reckoned with the link's speed, which for a radio is taken to be 10 Mbit/s: no more is
//      let go in an entry, and what would never fit is dropped. With all bits of an entry set neither is done but the latter.

/** Gates are wrongly open for so long at most, and a timer runs that often. */
const LONGEST_ENTRY_NS = 5_000_000;
/** Entries shorter than the smallest frame at 10 Mbit/s, 48 µs, are refused. */
const SHORTEST_ENTRY_NS = 100_000;
/** 2000 bytes at 10 Mbit/s. */
const SHORTEST_RUN_NS = 1_600_000;
const NS_PER_US = 1000;
const ENDLESS_CYCLE_NS = 1_000_000_000;
const FRAME_BYTES = 1500;
const LEAST_FRAMES = 20;
const MOST_FRAMES = 1000;
const NS_PER_S = 1_000_000_000;
/** 8 Gbit/s: what the air takes is not known then. */
const LEAST_BYTE_NS = 1;
const MOST_OVERHEAD_BYTES = 0xffff;
/** Two frames of a radio's largest payload. */
const LEAST_BURST_BYTES = 4800;

/** A part of a superframe in which gates do not change. */
export interface Stretch {
	readonly gates: number;
	readonly lengthNs: number;
}

/** What an order asks for, in whatever phase. */
export interface GateRow {
	/** The same for the same row. */
	readonly text: string;
	/** From the start of a superframe to that of the first stretch. */
	readonly offsetNs: number;
	/** A superframe long together. */
	readonly stretches: readonly Stretch[];
	readonly superframeNs: number;
	/** How long all gates are open before the row begins, and from then on. */
	readonly calmNs: {readonly before: number; readonly after: number};
}

/** The row that an order asks for, or a sentence on why it cannot be. */
export function rowOf(order: GateOrder, nowUs: number): GateRow | string {
	const table = tableOf({...order, guardUs: guardOf(order)}, nowUs);
	if (typeof table === 'string') return table;
	const {superframeNs, slotNs, guardNs} = table;
	const marks = [0, superframeNs];
	for (let start = 0; start < superframeNs; start += slotNs)
		for (const runs of [table.data, table.shared]) {
			const until = openUntil(runs, start, slotNs, guardNs);
			if (!marks.includes(start)) marks.push(start);
			if (until > start && !marks.includes(until)) marks.push(until);
		}
	marks.sort((a, b) => a - b);
	const circle: Stretch[] = [];
	for (let i = 0; i + 1 < marks.length; i++) {
		const start = marks[i] ?? 0;
		const lengthNs = (marks[i + 1] ?? 0) - start;
		const slotStart = start - (start % slotNs);
		const isOpen = (runs: Runs): boolean => openUntil(runs, slotStart, slotNs, guardNs) > start;
		const shared = isOpen(table.shared) ? SHARED_GATE : 0;
		append(circle, {gates: isOpen(table.data) ? ALL_OPEN : shared, lengthNs});
	}
	return begun(circle, superframeNs);
}

/** Of an order that may be any, so that no stretch is too short for the kernel: what is left out is added to the guard. */
function guardOf({guardUs, superframe: {slotUs}}: GateOrder): number {
	const shortestUs = SHORTEST_ENTRY_NS / NS_PER_US;
	const over = guardUs % slotUs;
	if (over > 0 && over < shortestUs) return guardUs - over + shortestUs;
	return over > slotUs - shortestUs ? guardUs - over + slotUs : guardUs;
}

function openUntil({endsNs}: Runs, startNs: number, slotNs: number, guardNs: number): number {
	const end = endsNs[Math.round(startNs / slotNs)] ?? 0;
	return end === ENDLESS ? startNs + slotNs : Math.min(startNs + slotNs, end - guardNs);
}

function append(row: Stretch[], {gates, lengthNs}: Stretch): void {
	const last = row.at(-1);
	if (last?.gates === gates) row[row.length - 1] = {gates, lengthNs: last.lengthNs + lengthNs};
	else row.push({gates, lengthNs});
}

/** Has a circle begin amid its longest run with all gates open. */
function begun(circle: readonly Stretch[], superframeNs: number): GateRow | string {
	const first = circle[0];
	const last = circle.at(-1);
	if (first === undefined || last === undefined) return 'a superframe without slots';
	if (circle.length === 1) {
		const calmNs = {before: superframeNs, after: superframeNs};
		return first.gates === ALL_OPEN
			? {text: 'open', offsetNs: 0, stretches: circle, superframeNs, calmNs}
			: 'no slot is long enough';
	}
	// A run may go beyond the superframe's end.
	const isWrapped = first.gates === last.gates;
	const startNs = isWrapped ? -last.lengthNs : 0;
	const whole = isWrapped
		? [{gates: first.gates, lengthNs: last.lengthNs + first.lengthNs}, ...circle.slice(1, -1)]
		: [...circle];
	let longest = -1;
	let at = startNs;
	let longestStart = 0;
	whole.forEach((stretch, index) => {
		if (stretch.gates === ALL_OPEN && stretch.lengthNs > (whole[longest]?.lengthNs ?? 0)) {
			longest = index;
			longestStart = at;
		}
		at += stretch.lengthNs;
	});
	const run = whole[longest];
	if (run === undefined || run.lengthNs < SHORTEST_RUN_NS)
		return 'no run of slots is long enough for the queue taprio, which lets go what takes 1.6 ms at 10 Mbit/s';
	const before = Math.floor(run.lengthNs / 2);
	const after = run.lengthNs - before;
	const stretches = [
		{gates: ALL_OPEN, lengthNs: after},
		...whole.slice(longest + 1),
		...whole.slice(0, longest),
		{gates: ALL_OPEN, lengthNs: before},
	];
	const offsetNs = (((longestStart + before) % superframeNs) + superframeNs) % superframeNs;
	const text = `${offsetNs} ${stretches.map(({gates, lengthNs}) => `${gates} ${lengthNs}`).join(' ')}`;
	return {text, offsetNs, stretches, superframeNs, calmNs: {before, after}};
}

/** A row as the kernel takes it, from a base time on; `cycleNs` is a superframe by a clock that may run a little otherwise. */
export function scheduleOf({stretches, superframeNs}: GateRow, baseNs: number, cycleNs: number): Schedule {
	const entries: ScheduleEntry[] = [];
	let passed = 0;
	let told = 0;
	for (const {gates, lengthNs} of stretches) {
		const parts = Math.ceil(lengthNs / LONGEST_ENTRY_NS);
		for (let part = 1; part <= parts; part++) {
			const end = Math.round((passed + (lengthNs * part) / parts) * (cycleNs / superframeNs));
			entries.push({gates, intervalNs: end - told});
			told = end;
		}
		passed += lengthNs;
	}
	return {entries, baseNs, cycleNs: told};
}

/** Everything is open from a time on. */
export function openFrom(baseNs: number): Schedule {
	return {entries: [{gates: ALL_OPEN, intervalNs: ENDLESS_CYCLE_NS}], baseNs, cycleNs: ENDLESS_CYCLE_NS};
}

/**
 * How data is let go: at the pace that the air is reckoned to take, and no more at once than fits into the guard; what waits is what
 * a superframe's slots can carry. A radio keeps what it was handed, in or out of a slot.
 */
export function paceOf(order: GateOrder, {stretches}: GateRow): TokenBucket {
	const {frameUs = 0, nsPerByte = 0} = order.airtime ?? {};
	const byteNs = Math.max(LEAST_BYTE_NS, nsPerByte);
	const frameNs = frameUs * NS_PER_US;
	const openNs = stretches.reduce((sum, {gates, lengthNs}) => sum + (gates === ALL_OPEN ? lengthNs : 0), 0);
	const frames = Math.ceil(openNs / (frameNs + byteNs * FRAME_BYTES));
	return {
		bytesPerS: Math.round(NS_PER_S / byteNs),
		overheadBytes: Math.min(MOST_OVERHEAD_BYTES, Math.round(frameNs / byteNs)),
		burstBytes: Math.max(LEAST_BURST_BYTES, Math.round((order.guardUs * NS_PER_US) / byteNs)),
		backlogBytes: FRAME_BYTES * Math.min(MOST_FRAMES, Math.max(LEAST_FRAMES, frames)),
	};
}
