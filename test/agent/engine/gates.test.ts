// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import type {GatedInterface, SlotGate} from '../../../src/actuator/slot-gate/gate.ts';
import type {LockOutcome} from '../../../src/actuator/slot-gate/lock.ts';
import {Gates, orderOf} from '../../../src/agent/engine/gates.ts';
import type {GateOrder, MeshTime, WantedSlots} from '../../../src/model/slots.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';

const on: GatedInterface = {name: 'mesh0', index: 4};
const wanted: WantedSlots = {
	superframe: {slots: 4, slotUs: 5000},
	own: [false, true, true, false],
	open: [true, false, false, false],
	guardUs: 2000,
};
const time: MeshTime = {offsetUs: 1_234_567, errorUs: 100, root: 1, hops: 2, source: 'beacons', ageMs: 0};

/** A gate that writes down what it was told. */
class NotedGate implements SlotGate {
	readonly said: string[] = [];
	readonly orders: GateOrder[] = [];
	reason: string | undefined;
	refusal: string | undefined;
	start(): void {
		this.said.push('start');
	}
	check(_: GatedInterface, done: (reason: string | undefined) => void): void {
		this.said.push('check');
		done(this.reason);
	}
	apply(_: GatedInterface, order: GateOrder, done: (refusal: string | undefined) => void): void {
		this.said.push('apply');
		this.orders.push(order);
		done(this.refusal);
	}
	open(): void {
		this.said.push('open');
	}
	counts(): undefined {
		return undefined;
	}
	means(): string {
		return 'Frames are held by something else.';
	}
	stop(): void {
		this.said.push('stop');
	}
}

function setup(lock: () => LockOutcome = () => ({release: () => {}})) {
	const virtual = new VirtualTime();
	const log: string[] = [];
	const gate = new NotedGate();
	const clock = {...virtual, nowMs: () => virtual.nowMs} as never;
	const gates = new Gates({clock, log: {write: (_, text) => log.push(text)}}, gate, lock);
	return {virtual, log, gate, gates};
}

test('gates: an order begins where the mesh’s time is a multiple of the superframe, before now, with a lease of ten seconds', t => {
	for (const offsetUs of [0, 1_234_567, -77_777_777_777, 5e14]) {
		const {originUs, leaseUntilUs} = orderOf(wanted, {...time, offsetUs}, 100_000.25, 100_000.25);
		t.true(originUs <= 100_000_250 && originUs > 100_000_250 - 20_001, `${originUs}`);
		const away = Math.abs((originUs + offsetUs) % 20_000);
		t.true(Math.min(away, 20_000 - away) <= 1, `${away}`);
		t.is(leaseUntilUs, 110_000_250);
	}
});

test('gates: what is wanted is applied while the clock is good, and open when it is not', t => {
	const {virtual, gate, gates} = setup();
	gates.keep(on, wanted, time, virtual.nowMs);
	t.deepEqual(gate.said, ['start', 'check', 'apply']);
	t.true(gates.isGated(on));
	gates.keep(on, wanted, {...time, errorUs: 1001}, virtual.nowMs);
	gates.keep(on, wanted, undefined, virtual.nowMs);
	t.deepEqual(gate.said.slice(3), ['open']);
	gates.keep(on, wanted, time, virtual.nowMs);
	gates.keep(on, undefined, time, virtual.nowMs);
	t.deepEqual(gate.said.slice(4), ['apply', 'open']);
	gates.stop();
	t.is(gate.said.at(-1), 'stop');
});

test('gates: a lease counts from when somebody was heard last, and after it nothing is renewed', t => {
	const {virtual, gate, gates} = setup();
	const heardMs = virtual.nowMs;
	for (let i = 0; i < 8; i++) {
		gates.keep(on, wanted, time, heardMs);
		virtual.advance(2000);
	}
	t.deepEqual(gate.said, ['start', 'check', 'apply', 'apply', 'apply', 'apply', 'apply', 'open']);
	t.deepEqual(new Set(gate.orders.map(({leaseUntilUs}) => leaseUntilUs)), new Set([(heardMs + 10_000) * 1000]));
	t.false(gates.isGated(on));
	gates.keep(on, wanted, time, virtual.nowMs);
	t.is(gate.orders.at(-1)?.leaseUntilUs, (virtual.nowMs + 10_000) * 1000);
});

test('gates: a kernel that cannot is said once, asked again after a minute, and never given an order', t => {
	const {virtual, log, gate, gates} = setup();
	gate.reason = 'the kernel has no queue fq';
	for (let i = 0; i < 40; i++) {
		gates.keep(on, wanted, time, virtual.nowMs);
		virtual.advance(2000);
	}
	t.deepEqual(gate.said, ['start', 'check', 'check']);
	t.is(gates.refusal(on), 'the kernel has no queue fq');
	t.deepEqual(log, ['mesh0 cannot be gated: the kernel has no queue fq']);
});

test('gates: an order that is refused is counted, and the interface is asked again', t => {
	const {virtual, gate, gates} = setup();
	gate.refusal = 'the order did not reach the gate';
	gates.keep(on, wanted, time, virtual.nowMs);
	t.false(gates.isGated(on));
	t.is(gates.counts.refused, 1);
	t.is(gates.refusal(on), 'the order did not reach the gate');
	gate.refusal = undefined;
	virtual.advance(60_000);
	gates.keep(on, wanted, time, virtual.nowMs);
	t.true(gates.isGated(on));
});

test('gates: without the lock no gate is touched, also not at the start, which would take the other program’s away', t => {
	let isTaken = true;
	const taken: LockOutcome = {refusal: 'another program on this router holds the gates of its radios', isTaken: true};
	const {virtual, log, gate, gates} = setup(() => (isTaken ? taken : {release: () => {}}));
	for (let i = 0; i < 20; i++) {
		gates.keep(on, wanted, time, virtual.nowMs);
		virtual.advance(2000);
	}
	t.deepEqual(gate.said, []);
	t.is(gates.counts.lockedOut, 4);
	t.deepEqual(log, ['no radio is gated: another program on this router holds the gates of its radios']);
	t.is(gates.refusal(on), 'another program on this router holds the gates of its radios');
	isTaken = false;
	virtual.advance(10_000);
	gates.keep(on, wanted, time, virtual.nowMs);
	t.true(gates.isGated(on));
});

test('gates: what holds frames is told of an interface that is gated', t => {
	const {virtual, gates} = setup();
	t.is(gates.means(on), undefined);
	gates.keep(on, wanted, time, virtual.nowMs);
	t.is(gates.means(on), 'Frames are held by something else.');
	gates.keep(on, undefined, time, virtual.nowMs);
	t.is(gates.means(on), undefined);
});
