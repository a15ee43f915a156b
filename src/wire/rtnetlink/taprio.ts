// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readI32, readU16, readU32, writeU16, writeU64} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {attributes, bytes, field, i32, nested, u8, u32} from '../netlink/attributes.ts';
import type {Codec} from '../netlink/field.ts';

// The queue `taprio`: gates of traffic classes that open and close by a row of entries, again and again. The kernel keeps two
// rows, the one in force and one that takes over at its base time.

/** A stretch of the row: which classes may leave, a bit each, and for how long. */
export const scheduleEntry = /* @__PURE__ */ attributes('rtnetlink.taprio.entry', {
	index: u32(1), // the kernel numbers them by itself
	command: u8(2),
	gates: u32(3),
	intervalNs: u32(4),
});

export interface ScheduleEntry {
	readonly gates: number;
	readonly intervalNs: number;
}

/** Not an entry's gates but all there are, whose frames the kernel neither reckons nor keeps from an end. TAPRIO_ALL_GATES_OPEN. */
export const ALL_OPEN = 0xffffffff;

const POW32 = 4294967296;
/** A third of a century in nanoseconds: beyond it numbers are neither times nor written as they were read. */
const MOST_HIGH_WORD = 0x0fffffff;
const HEADER = 4;
const ENTRY = 1;
const LONG_BYTES = 8;
const PATH = 'rtnetlink.taprio.entries';

/** Signed nanoseconds. After 104 days of a clock they are rounded to some nanoseconds, and written as they were read. */
const nanoseconds: Codec<number> = {
	size: LONG_BYTES,
	step: 1,
	wide: false,
	read(from, start, _end, order) {
		const little = order === 'little';
		const high = readI32(from, little ? start + 4 : start, order);
		const low = readU32(from, little ? start : start + 4, order);
		return high > MOST_HIGH_WORD || high < -MOST_HIGH_WORD ? undefined : high * POW32 + low;
	},
	write(sink, value, order) {
		const at = sink.reserve(LONG_BYTES);
		writeU64(sink.bytes, at, value, order);
	},
};

/** Attributes of one type in a row. */
const entries: Codec<readonly ScheduleEntry[]> = {
	size: -1,
	step: 1,
	wide: false,
	read(from, start, end, order) {
		const row: ScheduleEntry[] = [];
		for (let at = start; at < end; ) {
			if (end - at < HEADER) throw new DecodeError('truncated', PATH, at);
			const length = readU16(from, at, order);
			if (length < HEADER) throw new DecodeError('length', PATH, at);
			if (length > end - at) throw new DecodeError('truncated', PATH, at);
			const {gates = 0, intervalNs = 0} = scheduleEntry.decode(from, order, at + HEADER, at + length);
			row.push({gates, intervalNs});
			at += (length + 3) & ~3;
		}
		return row;
	},
	write(sink, row, order) {
		for (const {gates, intervalNs} of row) {
			const at = sink.reserve(HEADER);
			scheduleEntry.write(sink, {command: SET_GATES, gates, intervalNs}, order);
			writeU16(sink.bytes, at, sink.at - at, order);
			writeU16(sink.bytes, at + 2, ENTRY, order);
		}
	},
};
/** TC_TAPRIO_CMD_SET_GATES. */
const SET_GATES = 0;

const scheduleFields = {
	entries: field(2, entries),
	baseNs: field(3, nanoseconds),
	cycleNs: field(8, nanoseconds),
} as const;

/**
 * What the queue is told, and tells.
 *
 * Shape:  the row that is in force, and within it the one that waits for its base time. Other attributes are left out.
 * Absent: no row is in force yet.
 * Source: Linux include/uapi/linux/pkt_sched.h, TCA_TAPRIO_*.
 */
export const taprioOptions = /* @__PURE__ */ attributes('rtnetlink.taprio', {
	/** struct tc_mqprio_qopt: which class a frame's priority is of, and which transmit queues a class has. */
	priorities: bytes(1),
	...scheduleFields,
	clock: i32(5),
	waiting: nested(7, attributes('rtnetlink.taprio.waiting', scheduleFields)),
});

// clockid_t CLOCK_MONOTONIC, and TC_PRIO_CONTROL, which the kernel and routing protocols within it give what speaks of routes.
const MONOTONIC = 1;
const CONTROL = 7;

/** The bit in an entry's gates of what has the priority of control; all else has 1. */
export const SHARED_GATE = 2;

const PRIORITY_BYTES = 82;
const PRIORITIES = 16;
const COUNTS_AT = 18;
const OFFSETS_AT = 50;

/** Two classes with a transmit queue each: what has the priority of control is the second, and all else the first. */
export function twoClasses(order: ByteOrder): Uint8Array {
	const map = new Uint8Array(PRIORITY_BYTES);
	map[0] = 2;
	for (let priority = 0; priority < PRIORITIES; priority++) map[1 + priority] = priority === CONTROL ? 1 : 0;
	writeU16(map, COUNTS_AT, 1, order);
	writeU16(map, COUNTS_AT + 2, 1, order);
	writeU16(map, OFFSETS_AT + 2, 1, order);
	return map;
}

/** A row of entries that takes over from the one in force at `baseNs` of the monotonic clock. */
export interface Schedule {
	readonly entries: readonly ScheduleEntry[];
	readonly baseNs: number;
	/** The sum of the entries' intervals, below 2^31. */
	readonly cycleNs: number;
}

/** Options of a queue for which the kernel does all the work. */
export function encodeSchedule(order: ByteOrder, schedule: Schedule): Uint8Array {
	return taprioOptions.encode({priorities: twoClasses(order), clock: MONOTONIC, ...schedule}, order);
}
