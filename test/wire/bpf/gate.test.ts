// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {tableOf} from '../../../src/actuator/slot-gate/table.ts';
import type {ByteOrder} from '../../../src/core/bytes.ts';
import {seededRandom} from '../../../src/core/random.ts';
import type {GateOrder} from '../../../src/model/slots.ts';
import {
	decodeGateState,
	encodeGateOrder,
	encodeGateSlot,
	MAP_ENTRIES,
	ORDER_KEY,
	STATE_KEY,
	slotKey,
	type TableNumber,
	VALUE_BYTES,
} from '../../../src/wire/bpf/gate-map.ts';
import {gateProgram, type Reach, SHARED_PORTS} from '../../../src/wire/bpf/gate-program.ts';
import {PEER_PORT} from '../../../src/wire/peer/envelope.ts';
import {orders} from '../../helper/layout.ts';
import {dataFrames, sharedFrames} from './frames.ts';
import {GateOracle} from './gate-oracle.ts';
import {type Packet, run} from './machine.ts';

const DESCRIPTOR = 7;
const GO_ON = -1n;
const DROP = 2n;
const DAY_NS = 86_400_000_000_000;

/** A gate as the kernel has it: program, map, and a clock that the test turns. */
class Gate {
	readonly order: ByteOrder;
	readonly #program: Uint8Array;
	readonly #values: Uint8Array[];
	#number: TableNumber = 0;

	constructor(order: ByteOrder, told: GateOrder, nowNs = DAY_NS, reach: Reach = 'plain') {
		this.order = order;
		this.#program = gateProgram(order, DESCRIPTOR, reach);
		this.#values = Array.from({length: MAP_ENTRIES}, () => new Uint8Array(VALUE_BYTES));
		this.tell(told, nowNs);
	}

	tell(told: GateOrder, nowNs = DAY_NS): void {
		const table = tableOf(told, nowNs / 1000);
		if (typeof table === 'string') throw new Error(table);
		this.#number = this.#number === 0 ? 1 : 0;
		for (let slot = 0; slot < told.superframe.slots; slot++)
			this.#values[slotKey(this.#number, slot)] = encodeGateSlot(table, slot, this.order);
		this.#values[ORDER_KEY] = encodeGateOrder(table, this.#number, this.order);
	}

	/** When it leaves, -1: dropped, undefined: untouched. */
	send(bytes: Uint8Array, atNs: number, length = bytes.length, wishNs = 0): number | undefined {
		const packet: Packet = {bytes, length, departureNs: BigInt(wishNs)};
		const {answer} = run(this.#program, {order: this.order, nowNs: BigInt(atNs), values: this.#values, packet});
		if (answer === DROP) return -1;
		if (answer !== GO_ON) throw new Error(`it answers ${answer}`);
		// A packet that has no time yet gets none: what is never 0 was written.
		return packet.departureNs === 0n ? undefined : Number(packet.departureNs);
	}

	get counts() {
		return decodeGateState(this.#values[STATE_KEY] as Uint8Array, this.order);
	}
}

const marksOf = (row: string): boolean[] => [...row].map(mark => mark === '1');
const MS = 1_000_000;

function orderOf(own: string, open: string, more: Partial<GateOrder> = {}): GateOrder {
	return {
		superframe: {slots: own.length, slotUs: 5000},
		originUs: 0,
		own: marksOf(own),
		open: marksOf(open),
		guardUs: 2000,
		leaseUntilUs: DAY_NS / 1000 + 10_000_000,
		...more,
	};
}

const aData = dataFrames['what BATMAN carries'] as Uint8Array;
const aShared = sharedFrames['an originator message'] as Uint8Array;

for (const order of orders) {
	test(`gate: holds data until its own slots, and shared frames until an open one (${order})`, t => {
		const gate = new Gate(order, orderOf('1100', '0001'));
		const at = (ms: number): number => DAY_NS + ms * MS;
		t.is(gate.send(aData, at(0)), at(0));
		t.is(gate.send(aData, at(8)), at(8)); // the guard begins at 8 ms
		t.is(gate.send(aData, at(8) + 1), at(20));
		t.is(gate.send(aShared, at(12)), at(15));
		t.is(gate.send(aShared, at(19)), at(19)); // the open slot goes on in the own ones behind it
		t.deepEqual(gate.counts, {dataPassed: 2, dataHeld: 1, sharedPassed: 1, sharedHeld: 1, dataDropped: 0});
	});

	test(`gate: touches nothing once its lease has ended (${order})`, t => {
		const gate = new Gate(order, orderOf('1000', '0001', {leaseUntilUs: DAY_NS / 1000 + 1000}));
		t.is(gate.send(aData, DAY_NS + 7 * MS), undefined);
		t.is(gate.send(aData, DAY_NS + MS), undefined);
		t.is(gate.send(aData, DAY_NS + MS - 1), DAY_NS + MS - 1);
		t.deepEqual(gate.counts, {dataPassed: 1, dataHeld: 0, sharedPassed: 0, sharedHeld: 0, dataDropped: 0});
	});

	for (const [kind, frames] of [
		['shared', sharedFrames],
		['data', dataFrames],
	] as const)
		for (const [name, bytes] of Object.entries(frames))
			test(`gate: ${name} is ${kind} (${order})`, t => {
				// Own, nobody's, open: in the last one only shared frames may leave.
				const gate = new Gate(order, orderOf('1001', '0010'));
				const atNs = DAY_NS + 11 * MS;
				t.is(gate.send(bytes, atNs), kind === 'shared' ? atNs : DAY_NS + 15 * MS);
			});

	test(`gate: a frame cut anywhere is decided on (${order})`, t => {
		const gate = new Gate(order, orderOf('1001', '0010'));
		for (const bytes of [...Object.values(sharedFrames), ...Object.values(dataFrames)])
			for (let length = 0; length < bytes.length; length++)
				t.notThrows(() => {
					try {
						gate.send(bytes.subarray(0, length), DAY_NS);
					} catch (error) {
						// Beyond a packet's end the kernel ends the program with 0: the frame passes as it is.
						if (!(error instanceof Error) || error.message !== 'it answers 0') throw error;
					}
				});
	});

	test(`gate: data leaves no faster than the air takes it, and what would wait too long is dropped (${order})`, t => {
		// Two slots of four; 1000 bytes at 8 Mbit/s are 1 ms, and 3 ms end before the guard.
		const airtime = {frameUs: 0, nsPerByte: 1000};
		const gate = new Gate(order, orderOf('1000', '0001', {airtime}));
		const leaves = Array.from({length: 10}, () => gate.send(aData, DAY_NS, 1000));
		const ms = leaves.map(each => (each === undefined || each < 0 ? each : (each - DAY_NS) / MS));
		t.deepEqual(ms, [0, 1, 2, 3, 20, 21, 22, 23, 40, -1]);
		t.is(gate.counts.dataDropped, 1);
		t.is(gate.send(aShared, DAY_NS), DAY_NS); // not behind data
	});

	test(`gate: a sender's own time is kept, and a stamp of another clock is not (${order})`, t => {
		const gate = new Gate(order, orderOf('1111', '1111'));
		t.is(gate.send(aData, DAY_NS, 100, DAY_NS + 3 * MS), DAY_NS + 3 * MS);
		const later = new Gate(order, orderOf('1111', '1111'));
		t.is(later.send(aData, DAY_NS, 100, 1_700_000_000 * 1e9), DAY_NS);
	});

	test(`gate: does what a plain reading of the order says, on thousands of random ones (${order})`, t => {
		t.timeout(120_000);
		const seed = 20_261_121;
		const chance = seededRandom(seed);
		const below = (limit: number): number => Math.floor(chance() * limit);
		const kinds = [
			['data', Object.values(dataFrames)],
			['shared', Object.values(sharedFrames)],
		] as const;
		let told = 0;
		for (let round = 0; round < 4000; round++) {
			const slots = 1 + below(64);
			const slotUs = 500 + below(20_000);
			const share = chance();
			const nowNs = DAY_NS + below(1e9) * 7;
			const order_: GateOrder = {
				superframe: {slots, slotUs},
				originUs: nowNs / 1000 + (chance() - 0.5) * 1e8,
				own: Array.from({length: slots}, () => chance() < share),
				open: Array.from({length: slots}, () => chance() < 0.2),
				guardUs: below(8000),
				leaseUntilUs: Math.round(nowNs / 1000) + below(200_000),
				...(chance() < 0.5 && {airtime: {frameUs: below(500), nsPerByte: below(4000)}}),
			};
			const whole = {...order_, originUs: Math.round(order_.originUs)};
			if (slots * slotUs > 2_000_000 || typeof tableOf(whole, nowNs / 1000) === 'string') continue;
			told++;
			const gate = new Gate(order, whole, nowNs, round % 2 === 0 ? 'plain' : 'old');
			const oracle = new GateOracle(whole);
			let atNs = nowNs;
			for (let sent = 0; sent < 12; sent++) {
				atNs += below(slots * slotUs * 100);
				const [kind, frames] = kinds[below(2)] ?? kinds[0];
				const bytes = 60 + below(1500);
				const wishNs = chance() < 0.2 ? atNs + below(slots * slotUs * 3000) : 0;
				const frame = frames[below(frames.length)] ?? aData;
				const said = gate.send(frame, atNs, bytes, wishNs);
				const wanted = oracle.send({kind, bytes, atNs, wishNs});
				const expected = wanted === undefined && wishNs !== 0 ? wishNs : wanted;
				if (said !== expected)
					return t.is(said, expected, JSON.stringify({seed, round, sent, kind, bytes, atNs, wishNs, whole}));
			}
		}
		t.true(told > 2000, `${told} orders made sense`);
	});
}

test('gate: names our own port, and each port once', t => {
	t.true(SHARED_PORTS.includes(PEER_PORT));
	t.is(new Set(SHARED_PORTS).size, SHARED_PORTS.length);
});

test('gate: has a word for the clock of departures where it never runs, or MIPS’ translator ends the router', t => {
	const LOAD_8 = 0x71;
	const CLOCK_AT = 180;
	for (const order of orders) {
		const program = gateProgram(order, DESCRIPTOR);
		const code = new DataView(program.buffer);
		const words = Array.from({length: program.length / 8}, (_, at) => ({
			operation: code.getUint8(8 * at),
			offset: code.getInt16(8 * at + 2, order === 'little'),
		}));
		// The machine of these tests knows no such word: a program that ran it would have failed above.
		t.is(words.filter(({operation, offset}) => operation === LOAD_8 && offset === CLOCK_AT).length, 1);
		t.is(program.length - gateProgram(order, DESCRIPTOR, 'old').length, 16);
	}
});
