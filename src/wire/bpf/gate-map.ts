// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readU64, writeU32, writeU64} from '../../core/bytes.ts';

// What a gate's program reads and writes: one array, whose elements are all of the same length.
//
//   element 0, the order   u64 origin, lease end, superframe, backlog, slot, guard, frame, byte, and the key of its first slot
//   element 1, the state   u64 when the air is free again by our reckoning, then five counts
//   from 2 on, the slots   two tables of 64: four u32 each, for data and for shared frames where the run ends that the slot is
//                          in (0: it is in none), and where the next one begins; from the start of the superframe, and on
//                          beyond its end
//
// All in nanoseconds of the monotonic clock. A slot is looked up, never searched for: the program has no loop. Other slots are
// written into the table that is not in use, and then the order, at once, names that one.

export const ORDER_KEY = 0;
export const STATE_KEY = 1;
const FIRST_SLOT_KEY = 2;
export const MOST_SLOTS = 64;
export const MAP_ENTRIES = FIRST_SLOT_KEY + 2 * MOST_SLOTS;
export const ORIGIN_AT = 0;
export const LEASE_AT = 8;
export const SUPERFRAME_AT = 16;
export const BACKLOG_AT = 24;
export const SLOT_AT = 32;
export const GUARD_AT = 40;
export const FRAME_AT = 48;
export const BYTE_AT = 56;
export const FIRST_KEY_AT = 64;
export const VALUE_BYTES = 72;
/** Of a slot: end and next for data, then for shared frames. */
export const END_AT = 0;
export const NEXT_AT = 4;
export const SHARED_AT = 8;
/** A run that never ends. */
export const ENDLESS = 0xffffffff;

export const AIR_FREE_AT = 0;
export const COUNTS_AT = 8;
/** The counts of shared frames come behind those of data; of each, those held behind those passed. */
export const SHARED_COUNTS_AT = 16;
export const HELD_COUNT_AT = 8;
export const DROPPED_AT = 40;

/** One of the two tables of slots. */
export type TableNumber = 0 | 1;

/** Where a table's slot is in the array. */
export function slotKey(table: TableNumber, slot: number): number {
	return FIRST_SLOT_KEY + table * MOST_SLOTS + slot;
}

/** Where runs end, and where the next ones begin, by slot. Units: ns from the start of the superframe that the slot is in. */
export interface Runs {
	readonly endsNs: readonly number[];
	readonly nextNs: readonly number[];
}

/** An order as the program takes it. Units: ns of the monotonic clock. */
export interface GateTable {
	/** A superframe began here, and it is in the past. */
	readonly originNs: number;
	readonly leaseUntilNs: number;
	readonly superframeNs: number;
	/** What would have to wait longer than this is dropped. */
	readonly backlogNs: number;
	readonly slotNs: number;
	/** Nothing starts so close to the end of a run. */
	readonly guardNs: number;
	readonly frameNs: number;
	readonly nsPerByte: number;
	readonly data: Runs;
	readonly shared: Runs;
}

/** The array's element 0, with the slots in that table. */
export function encodeGateOrder(table: GateTable, number: TableNumber, order: ByteOrder): Uint8Array {
	const bytes = new Uint8Array(VALUE_BYTES);
	const numbers: readonly (readonly [at: number, value: number])[] = [
		[ORIGIN_AT, table.originNs],
		[LEASE_AT, table.leaseUntilNs],
		[SUPERFRAME_AT, table.superframeNs],
		[BACKLOG_AT, table.backlogNs],
		[SLOT_AT, table.slotNs],
		[GUARD_AT, table.guardNs],
		[FRAME_AT, table.frameNs],
		[BYTE_AT, table.nsPerByte],
		[FIRST_KEY_AT, slotKey(number, 0)],
	];
	for (const [at, value] of numbers) writeU64(bytes, at, value, order);
	return bytes;
}

/** An element of a table of slots. */
export function encodeGateSlot({data, shared}: GateTable, slot: number, order: ByteOrder): Uint8Array {
	const bytes = new Uint8Array(VALUE_BYTES);
	writeU32(bytes, END_AT, data.endsNs[slot] ?? 0, order);
	writeU32(bytes, NEXT_AT, data.nextNs[slot] ?? 0, order);
	writeU32(bytes, SHARED_AT + END_AT, shared.endsNs[slot] ?? 0, order);
	writeU32(bytes, SHARED_AT + NEXT_AT, shared.nextNs[slot] ?? 0, order);
	return bytes;
}

export interface GateState {
	readonly dataPassed: number;
	readonly dataHeld: number;
	readonly sharedPassed: number;
	readonly sharedHeld: number;
	readonly dataDropped: number;
}

/** The array's element 1. Errors: DecodeError 'range', of a count that nothing counts to. */
export function decodeGateState(bytes: Uint8Array, order: ByteOrder): GateState {
	const count = (at: number): number => readU64(bytes, at, order, 'bpf.gate.state');
	return {
		dataPassed: count(COUNTS_AT),
		dataHeld: count(COUNTS_AT + HELD_COUNT_AT),
		sharedPassed: count(COUNTS_AT + SHARED_COUNTS_AT),
		sharedHeld: count(COUNTS_AT + SHARED_COUNTS_AT + HELD_COUNT_AT),
		dataDropped: count(DROPPED_AT),
	};
}
