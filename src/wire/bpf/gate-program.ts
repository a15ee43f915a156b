// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {PEER_PORT} from '../peer/envelope.ts';
import * as bpf from './assembler.ts';
import * as map from './gate-map.ts';

// The gate: before a frame is queued, the program writes on it the earliest time at which it may leave, and the queue `fq`
// keeps it until then. Nothing is woken, nothing is told twice, and a slot changes by one write into the map.
//
// Invariants, each of which test/wire/bpf shows on random orders:
//   1  after the lease no frame is touched
//   2  a frame that is touched leaves within a run of its kind, at least the guard and its own air time before the run's end,
//      or at a run's start: nothing waits for ever for a run that is long enough
//   3  frames of data leave in the order in which they came, and not faster than the air is reckoned to take them
//   4  no frame waits longer than the backlog and two superframes
// A map that is written while the program reads it mixes two orders in one frame's time; 4 holds for what it becomes.

// enum batadv_packettype: these tell of routes, and the rest carries what others sent. Up to BROADCAST_TYPES the kinds that
// go to all, of which one is coded data. Source: Linux include/uapi/linux/batadv_packet.h.
const BATMAN = 0x4305;
const LAST_ROUTING_TYPE = 4;
const CODED = 2;
const UNICAST_TVLV = 0x44;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLANS = [0x8100, 0x88a8] as const;
const UDP = 17;
const FRAGMENT_OFFSET = 0x1fff;

/** Where routing is spoken of: Babel (RFC 8966), OLSR (RFC 3626), OLSRv2 (RFC 5498), bmx6, bmx7, and our own messages. */
export const SHARED_PORTS: readonly number[] = [6696, 698, 269, 6240, 6270, PEER_PORT];

const LOOK_UP = 1; // bpf_map_lookup_elem
const NOW = 5; // bpf_ktime_get_ns
const GO_ON = -1; // TC_ACT_UNSPEC: filters of others come after
const DROP = 2; // TC_ACT_SHOT
// struct __sk_buff.
const LENGTH = 0;
const DEPARTURE = 152; // tstamp
const CLOCK_OF_DEPARTURE = 180; // tstamp_type

const PACKET = 6;
const ORDER = 7;
const STATE = 8;
/** First where the Ethernet header's type is, less 12, then when the frame may leave. */
const TIME = 9;
const FRAME = 10;
const DATA = 0;
const SHARED = 1;
const KEY = -4;
const ARRIVAL = -16;
const KIND = -24;
const AIR = -32;
const PHASE = -40;

/** Of the key on the stack. */
const lookUp = (descriptor: number): bpf.Line[] => [
	[bpf.MOVE_X, 2, FRAME, 0, 0],
	[bpf.ADD_K, 2, 0, 0, KEY],
	...bpf.loadMap(1, descriptor),
	[bpf.CALL, 0, 0, 0, LOOK_UP],
	[bpf.JUMP_EQUAL_K, 0, 0, 'untouched', 0],
];

/** The clock is never at 0; see `Reach`. */
const neverRun: readonly bpf.Line[] = [
	[bpf.JUMP_OTHER_K, 0, 0, 'running', 0],
	[bpf.LOAD_8, 1, PACKET, CLOCK_OF_DEPARTURE, 0],
	'running',
];

const countAt = (register: number, at: number): bpf.Line[] => [
	[bpf.LOAD_64, 1, register, at, 0],
	[bpf.ADD_K, 1, 0, 0, 1],
	[bpf.STORE_X64, register, 1, at, 0],
];

/**
 * How the program reaches a frame's departure. Since Linux 5.18 the kernel puts instructions around that which use a register
 * of its own, AX, unless a program has a word for the departure's clock anywhere; `plain` has it where it is never run. On MIPS
 * of 32 bits that matters: the translator keeps AX in the processor's $28, in which the kernel has its thread, and an interrupt
 * that finds it changed ends the router. Kernels before have neither, and refuse the word: `old` goes without.
 *
 * For the same reason no pointer moves by a register here: without CAP_PERFMON the verifier would guard it by means of AX.
 *
 * Source: Linux 6.12 net/core/filter.c, bpf_convert_tstamp_write; arch/mips/net/bpf_jit_comp32.c, bpf2mips32.
 */
export type Reach = 'plain' | 'old';

/** The program around a map; both by the kernel's descriptor. */
export function gateProgram(order: ByteOrder, descriptor: number, reach: Reach = 'plain'): Uint8Array {
	return bpf.assemble(gateLines(descriptor, reach), order);
}

function gateLines(descriptor: number, reach: Reach): bpf.Line[] {
	return [
		[bpf.MOVE_X, PACKET, 1, 0, 0],
		[bpf.STORE_K32, FRAME, 0, KEY, map.ORDER_KEY],
		...lookUp(descriptor),
		[bpf.MOVE_X, ORDER, 0, 0, 0],
		[bpf.CALL, 0, 0, 0, NOW],
		[bpf.STORE_X64, FRAME, 0, ARRIVAL, 0],
		[bpf.LOAD_64, 1, ORDER, map.LEASE_AT, 0],
		[bpf.JUMP_FROM_X, 0, 1, 'untouched', 0],
		...(reach === 'plain' ? neverRun : []),
		[bpf.STORE_K32, FRAME, 0, KEY, map.STATE_KEY],
		...lookUp(descriptor),
		[bpf.MOVE_X, STATE, 0, 0, 0],

		// Who is it for?
		[bpf.PACKET_8, 0, 0, 0, 0],
		[bpf.JUMP_ANY_BIT_K, 0, 0, 'shared', 1],
		[bpf.MOVE_K, TIME, 0, 0, 0],
		[bpf.PACKET_16, 0, 0, 0, 12],
		...VLANS.map((type): bpf.Line => [bpf.JUMP_EQUAL_K, 0, 0, 'tagged', type]),
		'type',
		[bpf.JUMP_EQUAL_K, 0, 0, 'batman', BATMAN],
		[bpf.JUMP_EQUAL_K, 0, 0, 'ipv6', IPV6],
		[bpf.JUMP_OTHER_K, 0, 0, 'data', IPV4],
		[bpf.PACKET_X8, 0, TIME, 0, 23],
		[bpf.JUMP_OTHER_K, 0, 0, 'data', UDP],
		[bpf.PACKET_X16, 0, TIME, 0, 20],
		[bpf.JUMP_ANY_BIT_K, 0, 0, 'data', FRAGMENT_OFFSET],
		[bpf.PACKET_X8, 0, TIME, 0, 14],
		[bpf.AND_K, 0, 0, 0, 15],
		[bpf.LEFT_K, 0, 0, 0, 2],
		[bpf.ADD_X, TIME, 0, 0, 0],
		'port',
		[bpf.PACKET_X16, 0, TIME, 0, 16],
		...SHARED_PORTS.map((port): bpf.Line => [bpf.JUMP_EQUAL_K, 0, 0, 'shared', port]),
		[bpf.JUMP, 0, 0, 'data', 0],
		'ipv6',
		[bpf.PACKET_X8, 0, TIME, 0, 20],
		[bpf.ADD_K, TIME, 0, 0, 40],
		[bpf.JUMP_EQUAL_K, 0, 0, 'port', UDP],
		[bpf.JUMP, 0, 0, 'data', 0],
		'tagged',
		[bpf.MOVE_K, TIME, 0, 0, 4],
		[bpf.PACKET_16, 0, 0, 0, 16],
		[bpf.JUMP, 0, 0, 'type', 0],
		'batman',
		[bpf.PACKET_X8, 0, TIME, 0, 14],
		[bpf.JUMP_EQUAL_K, 0, 0, 'shared', UNICAST_TVLV],
		[bpf.JUMP_ABOVE_K, 0, 0, 'data', LAST_ROUTING_TYPE],
		[bpf.JUMP_EQUAL_K, 0, 0, 'data', CODED],

		'shared',
		[bpf.LOAD_64, TIME, FRAME, ARRIVAL, 0],
		[bpf.MOVE_K, 5, 0, 0, SHARED],
		[bpf.JUMP, 0, 0, 'place', 0],

		// Data goes behind the data before it, and not before its sender wants. Stamps of another clock are far away.
		'data',
		[bpf.LOAD_64, 4, FRAME, ARRIVAL, 0],
		[bpf.MOVE_X, TIME, 4, 0, 0],
		[bpf.LOAD_64, 3, ORDER, map.BACKLOG_AT, 0],
		[bpf.LOAD_64, 1, PACKET, DEPARTURE, 0],
		[bpf.JUMP_FROM_X, TIME, 1, 'reckon', 0],
		[bpf.MOVE_X, 2, 1, 0, 0],
		[bpf.SUB_X, 2, 4, 0, 0],
		[bpf.JUMP_FROM_X, 2, 3, 'reckon', 0],
		[bpf.MOVE_X, TIME, 1, 0, 0],
		'reckon',
		[bpf.LOAD_64, 1, STATE, map.AIR_FREE_AT, 0],
		[bpf.JUMP_FROM_X, TIME, 1, 'wait', 0],
		[bpf.MOVE_X, TIME, 1, 0, 0],
		'wait',
		[bpf.MOVE_X, 1, TIME, 0, 0],
		[bpf.SUB_X, 1, 4, 0, 0],
		[bpf.JUMP_FROM_X, 1, 3, 'drop', 0],
		[bpf.MOVE_K, 5, 0, 0, DATA],

		// What the frame takes, and how long ago the superframe began; then its slot, in register 0 at the column of its kind.
		'place',
		[bpf.STORE_X64, FRAME, 5, KIND, 0],
		[bpf.LOAD_32, 3, PACKET, LENGTH, 0],
		[bpf.LOAD_64, 1, ORDER, map.BYTE_AT, 0],
		[bpf.MUL_X, 3, 1, 0, 0],
		[bpf.LOAD_64, 1, ORDER, map.FRAME_AT, 0],
		[bpf.ADD_X, 3, 1, 0, 0],
		[bpf.STORE_X64, FRAME, 3, AIR, 0],
		[bpf.MOVE_X, 2, TIME, 0, 0],
		[bpf.LOAD_64, 1, ORDER, map.ORIGIN_AT, 0],
		[bpf.SUB_X, 2, 1, 0, 0],
		[bpf.LOAD_64, 1, ORDER, map.SUPERFRAME_AT, 0],
		[bpf.REMAINDER_X, 2, 1, 0, 0],
		[bpf.STORE_X64, FRAME, 2, PHASE, 0],
		[bpf.LOAD_64, 1, ORDER, map.SLOT_AT, 0],
		[bpf.DIV_X, 2, 1, 0, 0],
		[bpf.LOAD_64, 1, ORDER, map.FIRST_KEY_AT, 0],
		[bpf.ADD_X, 2, 1, 0, 0],
		[bpf.STORE_X32, FRAME, 2, KEY, 0],
		...lookUp(descriptor),
		[bpf.LOAD_64, 5, FRAME, KIND, 0],
		[bpf.JUMP_EQUAL_K, 5, 0, 'row', DATA],
		[bpf.ADD_K, 0, 0, 0, map.SHARED_AT],
		'row',
		[bpf.LOAD_64, 3, FRAME, AIR, 0],
		[bpf.LOAD_64, 2, FRAME, PHASE, 0],
		[bpf.LOAD_64, 4, ORDER, map.GUARD_AT, 0],
		[bpf.JUMP_FROM_X, 4, 3, 'fits', 0],
		[bpf.MOVE_X, 4, 3, 0, 0],
		'fits',
		[bpf.ADD_X, 4, 2, 0, 0],
		[bpf.LOAD_32, 1, 0, map.END_AT, 0],
		[bpf.JUMP_FROM_X, 1, 4, 'depart', 0],
		[bpf.LOAD_32, 1, 0, map.NEXT_AT, 0],
		[bpf.SUB_X, TIME, 2, 0, 0],
		[bpf.ADD_X, TIME, 1, 0, 0],

		'depart',
		[bpf.JUMP_EQUAL_K, 5, 0, 'occupy', DATA],
		[bpf.ADD_K, STATE, 0, 0, map.SHARED_COUNTS_AT],
		[bpf.JUMP, 0, 0, 'count', 0],
		'occupy',
		[bpf.ADD_X, 3, TIME, 0, 0],
		[bpf.STORE_X64, STATE, 3, map.AIR_FREE_AT, 0],
		'count',
		[bpf.LOAD_64, 1, FRAME, ARRIVAL, 0],
		[bpf.JUMP_FROM_X, 1, TIME, 'add', 0],
		[bpf.ADD_K, STATE, 0, 0, map.HELD_COUNT_AT],
		'add',
		...countAt(STATE, map.COUNTS_AT),
		[bpf.STORE_X64, PACKET, TIME, DEPARTURE, 0],
		'untouched',
		[bpf.MOVE_K, 0, 0, 0, GO_ON],
		[bpf.EXIT, 0, 0, 0, 0],
		'drop',
		...countAt(STATE, map.DROPPED_AT),
		[bpf.MOVE_K, 0, 0, 0, DROP],
		[bpf.EXIT, 0, 0, 0, 0],
	];
}
