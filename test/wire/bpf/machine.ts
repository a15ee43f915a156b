// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../../src/core/bytes.ts';

// A small eBPF machine, written from the kernel's description of the instruction set and not from our assembler: it reads the
// bytes of a program as a kernel of that byte order does, and refuses whatever it does not know.

export interface Packet {
	/** From the Ethernet header on. */
	readonly bytes: Uint8Array;
	/** skb->len. */
	readonly length: number;
	/** skb->tstamp. */
	departureNs: bigint;
}

export interface World {
	readonly order: ByteOrder;
	readonly nowNs: bigint;
	/** The values of the program's only array. */
	readonly values: readonly Uint8Array[];
	readonly packet: Packet;
}

const MASK = (1n << 64n) - 1n;
// Addresses: each region starts where its number says, so that no two pointers meet.
const REGION = 1n << 40n;
const STACK = 1n;
const CONTEXT = 2n;
const VALUES = 16n;
const STACK_BYTES = 512;
const MOST_STEPS = 4096;

export interface Outcome {
	readonly answer: bigint;
	readonly steps: number;
}

/** Runs a program to its end. Errors: RangeError for what a kernel would not let it do. */
export function run(program: Uint8Array, world: World): Outcome {
	const little = world.order === 'little';
	const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
	const stack = new DataView(new ArrayBuffer(STACK_BYTES));
	const values = world.values.map(each => new DataView(each.buffer, each.byteOffset, each.byteLength));
	const written = new Set<number>();
	const registers = new Array<bigint>(11).fill(0n);
	registers[1] = CONTEXT * REGION;
	registers[10] = STACK * REGION + BigInt(STACK_BYTES);
	const {packet} = world;
	let at = 0;

	const place = (address: bigint): [view: DataView, offset: number] => {
		const region = address / REGION;
		const view = region === STACK ? stack : values[Number(region - VALUES)];
		if (view === undefined) throw new RangeError(`address ${address} at ${at}`);
		return [view, Number(address % REGION)];
	};
	const load = (address: bigint, bytes: number): bigint => {
		if (address / REGION === CONTEXT) {
			const offset = Number(address % REGION);
			if (offset === 0 && bytes === 4) return BigInt(packet.length);
			if (offset === 152 && bytes === 8) return packet.departureNs;
			throw new RangeError(`context ${offset} at ${at}`);
		}
		const [view, offset] = place(address);
		if (view === stack && !written.has(offset)) throw new RangeError(`stack ${offset} is read before it is written`);
		return bytes === 8 ? view.getBigUint64(offset, little) : BigInt(view.getUint32(offset, little));
	};
	const store = (address: bigint, bytes: number, value: bigint): void => {
		if (address / REGION === CONTEXT) {
			if (Number(address % REGION) !== 152 || bytes !== 8) throw new RangeError(`context is written at ${at}`);
			packet.departureNs = value;
			return;
		}
		const [view, offset] = place(address);
		if (view === stack) written.add(offset);
		if (bytes === 8) view.setBigUint64(offset, value, little);
		else view.setUint32(offset, Number(value & 0xffffffffn), little);
	};
	const call = (number: number): void => {
		if (number === 5) registers[0] = world.nowNs;
		else if (number === 1) {
			const key = Number(load(registers[2] ?? 0n, 4));
			registers[0] = values[key] === undefined ? 0n : (VALUES + BigInt(key)) * REGION;
		} else throw new RangeError(`function ${number}`);
		registers.fill(-1n & MASK, 1, 6);
	};

	for (let steps = 1; steps < MOST_STEPS; steps++) {
		const start = 8 * at;
		const operation = code.getUint8(start);
		const pair = code.getUint8(start + 1);
		const target = little ? pair & 15 : pair >> 4;
		const from = little ? pair >> 4 : pair & 15;
		const offset = code.getInt16(start + 2, little);
		const immediate = code.getInt32(start + 4, little);
		at++;
		const kind = operation & 7;
		const source = operation & 8 ? (registers[from] ?? 0n) : BigInt(immediate) & MASK;
		const own = registers[target] ?? 0n;
		if (operation === 0x95) return {answer: BigInt.asIntN(32, registers[0] ?? 0n), steps};
		if (operation === 0x85) call(immediate);
		else if (operation === 0x18) {
			if (from !== 1) throw new RangeError('a constant that is no map');
			registers[target] = BigInt(immediate);
			at++;
		} else if (kind === 0) {
			// BPF_LD: the packet, in network order; register 6 must be the context.
			if (registers[6] !== CONTEXT * REGION) throw new RangeError('register 6 is not the packet');
			const base = operation >> 5 === 2 ? Number(registers[from]) + immediate : immediate;
			const bytes = (operation & 0x18) === 0x10 ? 1 : 2;
			if (base < 0 || base + bytes > packet.bytes.length) return {answer: 0n, steps};
			const [high = 0, low = 0] = packet.bytes.subarray(base);
			registers.fill(-1n & MASK, 1, 6);
			registers[0] = BigInt(bytes === 1 ? high : (high << 8) | low);
		} else if (kind === 1)
			registers[target] = load((registers[from] ?? 0n) + BigInt(offset), operation === 0x79 ? 8 : 4);
		else if (kind === 2) store(own + BigInt(offset), 4, BigInt(immediate));
		else if (kind === 3) store(own + BigInt(offset), operation === 0x7b ? 8 : 4, registers[from] ?? 0n);
		else if (kind === 5) {
			if (jumps(operation & 0xf0, own, source)) at += offset;
		} else if (kind === 7) registers[target] = calculate(operation & 0xf0, own, source) & MASK;
		else throw new RangeError(`operation ${operation}`);
	}
	throw new RangeError('it does not end');
}

function jumps(operation: number, own: bigint, source: bigint): boolean {
	switch (operation) {
		case 0x00:
			return true;
		case 0x10:
			return own === source;
		case 0x20:
			return own > source;
		case 0x30:
			return own >= source;
		case 0x40:
			return (own & source) !== 0n;
		case 0x50:
			return own !== source;
		default:
			throw new RangeError(`jump ${operation}`);
	}
}

function calculate(operation: number, own: bigint, source: bigint): bigint {
	switch (operation) {
		case 0x00:
			return own + source;
		case 0x10:
			return own - source;
		case 0x20:
			return own * source;
		case 0x30:
			return source === 0n ? 0n : own / source;
		case 0x50:
			return own & source;
		case 0x60:
			return own << (source & 63n);
		case 0x90:
			return source === 0n ? own : own % source;
		case 0xb0:
			return source;
		default:
			throw new RangeError(`arithmetic ${operation}`);
	}
}
