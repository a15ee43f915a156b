// SPDX-License-Identifier: Apache-2.0
// What no real kernel here does: to be too old, to refuse, to lose a map. What real ones do is in test/qemu/gate.test.ts.
import test from 'ava';
import {KernelGate} from '../../../src/actuator/slot-gate/kernel-gate.ts';
import {readU16} from '../../../src/core/bytes.ts';
import {PortError} from '../../../src/core/errors.ts';
import type {GateOrder} from '../../../src/model/slots.ts';
import type {Bpf} from '../../../src/port/port.ts';
import {MAP_ENTRIES, ORDER_KEY, slotKey} from '../../../src/wire/bpf/gate-map.ts';
import {gateProgram} from '../../../src/wire/bpf/gate-program.ts';
import {RTM_DELQDISC, RTM_GETQDISC, RTM_NEWTFILTER} from '../../../src/wire/rtnetlink/message-type.ts';

const on = {name: 'mesh0', index: 3};
const EINVAL = 22;
const ENOENT = 2;
/** Of a family of generic netlink: GENL_ID_CTRL. */
const LOOK_UP = '16';
const ARRAY = 5;
const PROGRAM = 6;

const order: GateOrder = {
	superframe: {slots: 4, slotUs: 5000},
	originUs: 0,
	own: [true, false, false, false],
	open: [false, false, false, true],
	guardUs: 2000,
	leaseUntilUs: 11_000_000,
};

/** A kernel of which each part can be made to fail. */
class Kernel {
	/** Message types and writes into the map, in their order. */
	readonly told: string[] = [];
	readonly written: number[] = [];
	readonly closed: number[] = [];
	readonly logged: string[] = [];
	nowMs = 1000;
	/** errno by message type. */
	refusals = new Map<number, number>();
	/** Kinds of queues are asked for with a request that no kernel grants; this is how it says that it has none. */
	knownKinds = EINVAL;
	bpf: Bpf | undefined = {
		createArray: (_, entries) => (entries === MAP_ENTRIES ? ARRAY : -1),
		loadClassifier: () => PROGRAM,
		write: (_, index) => void this.written.push(index),
		read: () => {},
		close: descriptor => void this.closed.push(descriptor),
	};

	gate(): KernelGate {
		const asking = (opened: () => void) => ({
			start: opened,
			stop() {},
			join() {},
			request: (request: {
				bytes: Uint8Array;
				refused?: (errno: number, text: string | undefined) => void;
				done: (ok: boolean) => void;
			}) => {
				const type = readU16(request.bytes, 4, 'little');
				const isProbe = request.bytes.length > 36 && request.bytes.at(-4) === 4 && request.bytes.at(-2) === 8;
				const errno = isProbe ? this.knownKinds : this.refusals.get(type);
				if (!isProbe && type !== RTM_GETQDISC) this.told.push(`${type}`);
				if (errno !== undefined) request.refused?.(errno, undefined);
				request.done(errno === undefined);
			},
		});
		const clock = {nowMs: () => this.nowMs, wallMs: () => 0, synchronised: () => true, after: () => () => {}};
		const files = {
			read: () => undefined,
			replace: () => {},
			write: () => {},
			list: () => undefined,
			remove: () => {},
		};
		const netlink = () => ({
			send: (bytes: Uint8Array) => void this.told.push(`at once ${readU16(bytes, 4, 'little')}`),
			join: () => {},
			close: () => {},
		});
		return new KernelGate({
			port: {
				clock,
				files,
				netlink,
				random: () => 0,
				byteOrder: 'little',
				...(this.bpf !== undefined && {bpf: this.bpf}),
			},
			log: {write: (_, text) => void this.logged.push(text)},
			route: asking,
			nl80211: asking,
		});
	}
}

function ask(run: (done: (said: string | undefined) => void) => void): string | undefined {
	const said: (string | undefined)[] = [];
	run(each => said.push(each));
	if (said.length !== 1) throw new Error(`${said.length} answers`);
	return said[0];
}

/** As `started` gates are: nl80211 was looked up, and is not there. */
function startedGate(kernel: Kernel): KernelGate {
	const gate = kernel.gate();
	gate.start();
	return gate;
}

test('kernel gate: without eBPF in the program, or in the kernel, or the right to it, it says so', t => {
	const kernel = new Kernel();
	const {bpf} = kernel;
	if (bpf === undefined) return t.fail();
	const refuse = (code: 'permission' | 'unsupported' | 'invalid', errno: number): Bpf => ({
		...bpf,
		createArray: () => {
			throw new PortError(code, 'bpf array', errno);
		},
	});
	kernel.bpf = undefined;
	t.regex(ask(done => kernel.gate().check(on, done)) ?? '', /no way to eBPF/);
	kernel.bpf = refuse('permission', 1);
	t.regex(ask(done => kernel.gate().check(on, done)) ?? '', /CAP_BPF/);
	kernel.bpf = refuse('unsupported', 38);
	t.regex(ask(done => kernel.gate().check(on, done)) ?? '', /CONFIG_BPF_SYSCALL/);
	kernel.bpf = refuse('invalid', EINVAL);
	t.regex(ask(done => kernel.gate().check(on, done)) ?? '', /refuses the gate's map: invalid/);
	t.deepEqual(kernel.told, []);
});

test('kernel gate: a kernel before 5.18 gets the program without its new word', t => {
	const kernel = new Kernel();
	const loaded: number[] = [];
	if (kernel.bpf === undefined) return t.fail();
	kernel.bpf = {
		...kernel.bpf,
		loadClassifier(instructions) {
			loaded.push(instructions.length);
			if (loaded.length === 1) throw new PortError('permission', 'bpf program', 13);
			return PROGRAM;
		},
	};
	kernel.gate().check(on, () => {});
	t.deepEqual(loaded, [gateProgram('little', ARRAY).length, gateProgram('little', ARRAY, 'old').length]);
	t.deepEqual(kernel.closed, [PROGRAM, ARRAY]);
});

test('kernel gate: a kernel without fq is named, and nothing is put up', t => {
	const kernel = new Kernel();
	kernel.knownKinds = ENOENT;
	t.regex(ask(done => startedGate(kernel).check(on, done)) ?? '', /no queue fq \(package kmod-sched\)/);
	t.deepEqual(kernel.told, [LOOK_UP]);
});

test('kernel gate: what was put up is taken away again when the rest is refused', t => {
	const kernel = new Kernel();
	kernel.refusals.set(RTM_NEWTFILTER, ENOENT);
	const gate = startedGate(kernel);
	kernel.told.length = 0;
	t.regex(ask(done => gate.apply(on, order, done)) ?? '', /a program as its filter/);
	t.true(kernel.told.includes(`at once ${RTM_DELQDISC}`));
	t.is(gate.counts(on), undefined);
	t.deepEqual(kernel.closed.slice(-2), [PROGRAM, ARRAY]);
});

test('kernel gate: the same slots again are one write, others go where the program does not look first', t => {
	const kernel = new Kernel();
	const gate = startedGate(kernel);
	t.is(
		ask(done => gate.apply(on, order, done)),
		undefined,
	);
	kernel.written.length = 0;
	t.is(
		ask(done => gate.apply(on, {...order, originUs: 12, leaseUntilUs: 12_000_000}, done)),
		undefined,
	);
	t.deepEqual(kernel.written, [ORDER_KEY]);
	kernel.written.length = 0;
	t.is(
		ask(done => gate.apply(on, {...order, own: [false, true, false, false]}, done)),
		undefined,
	);
	t.deepEqual(kernel.written, [slotKey(0, 0), slotKey(0, 1), slotKey(0, 2), slotKey(0, 3), ORDER_KEY]);
	kernel.written.length = 0;
	gate.open(on);
	t.deepEqual(kernel.written, [ORDER_KEY]);
});

test('kernel gate: an order that makes no sense changes nothing', t => {
	const kernel = new Kernel();
	const gate = startedGate(kernel);
	t.regex(ask(done => gate.apply(on, {...order, own: []}, done)) ?? '', /makes no sense/);
	t.is(
		ask(done => gate.apply(on, order, done)),
		undefined,
	);
	kernel.written.length = 0;
	t.regex(ask(done => gate.apply(on, {...order, guardUs: Number.NaN}, done)) ?? '', /makes no sense/);
	t.deepEqual(kernel.written, []);
});

test('kernel gate: who looks and finds another queue there has no gate any more', t => {
	const kernel = new Kernel();
	const gate = startedGate(kernel);
	t.is(
		ask(done => gate.apply(on, order, done)),
		undefined,
	);
	t.not(gate.counts(on), undefined);
	kernel.nowMs += 20_000;
	gate.apply(on, {...order, leaseUntilUs: 31_000_000}, () => {});
	t.is(gate.counts(on), undefined);
	t.regex(kernel.logged.join(), /the gate of mesh0 is gone/);
});

test('kernel gate: a stop takes all away without waiting for an answer', t => {
	const kernel = new Kernel();
	const gate = startedGate(kernel);
	t.is(
		ask(done => gate.apply(on, order, done)),
		undefined,
	);
	kernel.told.length = 0;
	gate.stop();
	t.deepEqual(kernel.told, [`at once ${RTM_DELQDISC}`, `at once ${RTM_DELQDISC}`]);
	t.deepEqual(kernel.closed.slice(-2), [PROGRAM, ARRAY]);
});
