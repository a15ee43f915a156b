// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, writeU16, writeU32} from '../../core/bytes.ts';

// The kernel's machine, eBPF: ten registers of 64 bits, and instructions of eight bytes.
//   u8 operation  u8 two registers  s16 offset  s32 immediate
// Source: Linux Documentation/bpf/standardization/instruction-set.rst, include/uapi/linux/bpf.h, struct bpf_insn.

/** Operations by what they do: `X` takes the source register, `K` the immediate; arithmetic is of 64 bits. */
export const ADD_K = 0x07;
export const ADD_X = 0x0f;
export const SUB_X = 0x1f;
export const MUL_X = 0x2f;
export const DIV_X = 0x3f;
export const AND_K = 0x57;
export const LEFT_K = 0x67;
export const REMAINDER_X = 0x9f;
export const MOVE_K = 0xb7;
export const MOVE_X = 0xbf;
/** From memory at source + offset. */
export const LOAD_8 = 0x71;
export const LOAD_32 = 0x61;
export const LOAD_64 = 0x79;
/** To memory at destination + offset. */
export const STORE_K32 = 0x62;
export const STORE_X32 = 0x63;
export const STORE_X64 = 0x7b;
/** From the packet in network order into register 0; the packet is register 6's. Beyond its end, the program ends with 0. */
export const PACKET_8 = 0x30;
export const PACKET_16 = 0x28;
/** The same, at the source register + immediate. */
export const PACKET_X8 = 0x50;
export const PACKET_X16 = 0x48;
/** The first half of the only operation that takes two; source register 1 makes the number a map's descriptor. */
const LOAD_MAP = 0x18;
export const JUMP = 0x05;
export const JUMP_EQUAL_K = 0x15;
export const JUMP_ABOVE_K = 0x25;
export const JUMP_FROM_X = 0x3d;
export const JUMP_ANY_BIT_K = 0x45;
export const JUMP_OTHER_K = 0x55;
export const CALL = 0x85;
export const EXIT = 0x95;

/**
 * One line of a program: a name that may be jumped to, or an instruction.
 *
 * Shape: operation, destination register, source register, offset or the name of where to go, immediate.
 */
export type Line =
	| string
	| readonly [operation: number, destination: number, source: number, offset: number | string, immediate: number];

const INSTRUCTION_BYTES = 8;
/** BPF_PSEUDO_MAP_FD. */
const DESCRIPTOR = 1;

/** Source register and immediate of `LOAD_MAP`: both of its halves. */
export function loadMap(destination: number, descriptor: number): Line[] {
	return [
		[LOAD_MAP, destination, DESCRIPTOR, 0, descriptor],
		[0, 0, 0, 0, 0],
	];
}

/**
 * The bytes of a program as the kernel takes them: numbers in its byte order, and of the two registers, which share a byte,
 * the destination in what is the low half there.
 *
 * Errors: RangeError for a jump to nowhere, or too far.
 */
export function assemble(lines: readonly Line[], order: ByteOrder): Uint8Array {
	const places = new Map<string, number>();
	let count = 0;
	for (const line of lines) {
		if (typeof line === 'string') places.set(line, count);
		else count++;
	}
	const bytes = new Uint8Array(INSTRUCTION_BYTES * count);
	let index = 0;
	for (const line of lines) {
		if (typeof line === 'string') continue;
		const [operation, destination, source, target, immediate] = line;
		const at = INSTRUCTION_BYTES * index;
		const offset = typeof target === 'number' ? target : (places.get(target) ?? Number.NaN) - index - 1;
		if (!(offset >= -0x8000 && offset <= 0x7fff)) throw new RangeError(`bpf: no way to ${target}`);
		bytes[at] = operation;
		bytes[at + 1] = order === 'little' ? destination | (source << 4) : (destination << 4) | source;
		writeU16(bytes, at + 2, offset & 0xffff, order);
		writeU32(bytes, at + 4, immediate >>> 0, order);
		index++;
	}
	return bytes;
}
