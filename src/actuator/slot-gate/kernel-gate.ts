// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {DecodeError, PortError} from '../../core/errors.ts';
import type {GateOrder} from '../../model/slots.ts';
import type {Bpf, Log, Runtime} from '../../port/port.ts';
import {
	decodeGateState,
	encodeGateOrder,
	encodeGateSlot,
	type GateTable,
	MAP_ENTRIES,
	ORDER_KEY,
	STATE_KEY,
	slotKey,
	type TableNumber,
	VALUE_BYTES,
} from '../../wire/bpf/gate-map.ts';
import {gateProgram} from '../../wire/bpf/gate-program.ts';
import {CLSACT_HANDLE, type Qdisc} from '../../wire/rtnetlink/qdisc.ts';
import {type Failure, Nl80211, type OpenAsking} from '../channel-switch/kernel.ts';
import {checkForwarding} from './forwarding.ts';
import type {GateCounts, GatedInterface, SlotGate} from './gate.ts';
import {Originals} from './originals.ts';
import {putBack} from './put-back.ts';
import {isMarked, type Original, OUR_MARK, placementOf} from './queues.ts';
import {Route} from './route.ts';
import {tableOf} from './table.ts';

// A gate is a queue that keeps frames until their time (`fq`), and a program before it that sets the time from a map.
//
//   none --apply--> raising --queue, hook, program in place--> standing --stop, device gone--> none
//                      \--something refused: what is there already is taken away--> none
//
// Invariants:
//   1  the queue that was there is in the record before it is replaced, and the record keeps it until it is back
//   2  the program is attached last, and only with an order in its map
//   3  a device whose queue is not ours any more has no gate: nobody believes to be held who is not

const EPERM = 1;
const US_PER_MS = 1000;
/** How often it is looked whether a gate still stands. */
const LOOK_MS = 10_000;

export interface KernelGateOptions {
	readonly port: Pick<Runtime, 'clock' | 'random' | 'byteOrder' | 'files' | 'netlink' | 'bpf'>;
	readonly log: Log;
	/** Clients of rtnetlink and of nl80211 (source/netlink-client.ts). */
	readonly route: OpenAsking;
	readonly nl80211: OpenAsking;
}

type Done = (refusal: string | undefined) => void;

interface Gate {
	readonly on: GatedInterface;
	readonly array: number;
	readonly program: number;
	readonly original: Original['queue'];
	lookedMs: number;
	/** The table of slots in use, and what is in it. */
	number: TableNumber;
	slots: string;
}

interface Raising {
	order: GateOrder;
	readonly done: Done[];
}

/** Gates in the kernel, by fq and eBPF. */
export class KernelGate implements SlotGate {
	readonly #options: KernelGateOptions;
	readonly #route: Route;
	readonly #nl80211: Nl80211;
	readonly #originals: Originals;
	/** Of this program's queues, so that two of them know each other. */
	readonly #handle: number;
	readonly #gates = new Map<number, Gate>();
	readonly #raising = new Map<number, Raising>();
	#isStopped = false;

	constructor(options: KernelGateOptions) {
		this.#options = options;
		this.#route = new Route(options.port.byteOrder, options.route);
		this.#originals = new Originals(options.port.files);
		this.#handle = OUR_MARK + Math.floor(options.port.random() * 0x100) * 0x10000;
		this.#nl80211 = new Nl80211(options.port.byteOrder, options.nl80211, () => {});
	}

	/** `done`: what was left behind is gone. */
	start(done: () => void = () => {}): void {
		this.#route.start();
		this.#nl80211.start();
		this.#route.queues((_, queues) => {
			const left = queues.filter(each => isMarked(each.handle) && !this.#gates.has(each.interfaceIndex));
			for (const {interfaceIndex, handle} of left)
				this.#putBack(interfaceIndex, handle, this.#originals.of(interfaceIndex));
			done();
		});
	}

	check(on: GatedInterface, done: Done): void {
		const {bpf} = this.#options.port;
		if (this.#gates.has(on.index)) return checkForwarding(this.#nl80211, on, done);
		if (bpf === undefined) return done('this program has no way to eBPF where it runs');
		const made = this.#make(bpf);
		if (typeof made === 'string') return done(made);
		bpf.close(made.program);
		bpf.close(made.array);
		this.#route.queues((failure, queues) => {
			if (failure !== undefined) return done(`the queues of ${on.name} could not be read: ${failure.text}`);
			const {obstacle} = placementOf(queues, on.index, on.name);
			if (obstacle !== undefined) return done(obstacle);
			this.#checkKinds(on, reason => (reason === undefined ? checkForwarding(this.#nl80211, on, done) : done(reason)));
		});
	}

	apply(on: GatedInterface, order: GateOrder, done: Done): void {
		const gate = this.#gates.get(on.index);
		const waiting = this.#raising.get(on.index);
		if (gate !== undefined) {
			this.#look(gate);
			return done(this.#write(gate, order));
		}
		if (waiting !== undefined) {
			waiting.order = order;
			waiting.done.push(done);
			return;
		}
		const table = tableOf(order, this.#nowUs());
		if (typeof table === 'string') return done(`an order that makes no sense: ${table}`);
		const raising: Raising = {order, done: [done]};
		this.#raising.set(on.index, raising);
		this.#raise(on, raising, refusal => {
			this.#raising.delete(on.index);
			for (const each of raising.done) each(refusal);
		});
	}

	open(on: GatedInterface): void {
		const gate = this.#gates.get(on.index);
		const {bpf} = this.#options.port;
		if (gate === undefined || bpf === undefined) return;
		try {
			bpf.write(gate.array, ORDER_KEY, new Uint8Array(VALUE_BYTES)); // its lease ended at 0
		} catch (error) {
			this.#complain(on, error);
		}
	}

	counts(on: GatedInterface): GateCounts | undefined {
		const gate = this.#gates.get(on.index);
		const {bpf, byteOrder} = this.#options.port;
		if (gate === undefined || bpf === undefined) return undefined;
		const value = new Uint8Array(VALUE_BYTES);
		try {
			bpf.read(gate.array, STATE_KEY, value);
			return decodeGateState(value, byteOrder);
		} catch (error) {
			return this.#complain(on, error);
		}
	}

	#complain({name}: GatedInterface, error: unknown): undefined {
		if (!(error instanceof PortError) && !(error instanceof DecodeError)) throw error;
		this.#options.log.write('warning', `the gate of ${name}: ${error.message}`);
	}

	stop(): void {
		this.#isStopped = true;
		for (const gate of [...this.#gates.values()]) this.#remove(gate);
		this.#route.stop();
		this.#nl80211.stop();
	}

	#raise(on: GatedInterface, raising: Raising, done: Done): void {
		this.check(on, reason => {
			const {bpf} = this.#options.port;
			if (reason !== undefined || bpf === undefined) return done(reason ?? 'there is no eBPF');
			if (this.#isStopped) return done('it was stopped');
			this.#route.queues((failure, queues) => {
				if (failure !== undefined) return done(`the queues of ${on.name} could not be read: ${failure.text}`);
				const {obstacle, original} = placementOf(queues, on.index, on.name);
				if (obstacle !== undefined) return done(obstacle);
				const made = this.#make(bpf);
				if (typeof made === 'string') return done(made);
				const lookedMs = this.#options.port.clock.nowMs();
				const gate: Gate = {on, ...made, original, lookedMs, number: 0, slots: ''};
				const refusal =
					this.#write(gate, raising.order) ?? this.#originals.note({interfaceIndex: on.index, queue: original});
				if (refusal !== undefined) {
					this.#forget(gate);
					return done(refusal);
				}
				this.#attach(gate, what => {
					if (what === undefined && !this.#isStopped) {
						this.#gates.set(on.index, gate);
						return done(this.#write(gate, raising.order));
					}
					this.#remove(gate);
					done(what ?? 'it was stopped');
				});
			});
		});
	}

	#attach({on, program}: Gate, done: Done): void {
		const {index, name} = on;
		const route = this.#route;
		const told = (what: string, next: () => void) => (failure: Failure | undefined) =>
			failure === undefined ? next() : done(`${name} cannot have ${what}: ${failure.text}`);
		route.putQueue(
			index,
			this.#handle,
			told('the queue fq', () =>
				route.putHook(
					index,
					told('filters (clsact)', () =>
						route.putProgram(
							index,
							program,
							told('a program as its filter (cls_bpf, package kmod-sched-bpf)', () => done(undefined)),
						),
					),
				),
			),
		);
	}

	#checkKinds({index}: GatedInterface, done: Done): void {
		this.#route.knows(index, 'fq', hasQueue => {
			if (!hasQueue) return done('the kernel has no queue fq (package kmod-sched)');
			this.#route.knows(index, 'clsact', hasHook =>
				done(hasHook ? undefined : 'the kernel has no clsact (package kmod-sched-core)'),
			);
		});
	}

	/** A map and the program around it, or a sentence. */
	#make(bpf: Bpf): {array: number; program: number} | string {
		let array = -1;
		try {
			array = bpf.createArray(VALUE_BYTES, MAP_ENTRIES);
			return {array, program: load(bpf, this.#options.port.byteOrder, array)};
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			if (array >= 0) bpf.close(array);
			// The verifier's no is EACCES.
			if (error.errno === EPERM) return 'the service may not use eBPF (it lacks CAP_BPF, or the kernel forbids it)';
			if (error.code === 'unsupported') return 'the kernel has no eBPF (CONFIG_BPF_SYSCALL)';
			return `the kernel refuses the gate's ${array < 0 ? 'map' : 'program'}: ${error.message}`;
		}
	}

	/** One write where the slots are those of before; others first go where the program does not look yet. */
	#write(gate: Gate, order: GateOrder): string | undefined {
		const {bpf, byteOrder} = this.#options.port;
		const table = tableOf(order, this.#nowUs());
		if (typeof table === 'string') return `an order that makes no sense: ${table}`;
		const slots = textOf(table);
		try {
			if (slots !== gate.slots) {
				const number: TableNumber = gate.number === 0 ? 1 : 0;
				for (let slot = 0; slot < table.data.endsNs.length; slot++)
					bpf?.write(gate.array, slotKey(number, slot), encodeGateSlot(table, slot, byteOrder));
				gate.number = number;
				gate.slots = slots;
			}
			bpf?.write(gate.array, ORDER_KEY, encodeGateOrder(table, gate.number, byteOrder));
			return undefined;
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			gate.slots = '';
			return `the order did not reach the gate: ${error.message}`;
		}
	}

	/** Whether it still stands: a device that went and came again is another one, and somebody may have put a queue there. */
	#look(gate: Gate): void {
		const nowMs = this.#options.port.clock.nowMs();
		if (nowMs - gate.lookedMs < LOOK_MS) return;
		gate.lookedMs = nowMs;
		this.#route.queues((failure, queues) => {
			if (failure !== undefined || isStanding(queues, gate, this.#handle) || this.#gates.get(gate.on.index) !== gate)
				return;
			this.#options.log.write('notice', `the gate of ${gate.on.name} is gone: its queue is another one now`);
			this.#gates.delete(gate.on.index);
			this.#forget(gate);
			this.#originals.strike(gate.on.index);
		});
	}

	#remove(gate: Gate): void {
		this.#gates.delete(gate.on.index);
		this.#forget(gate);
		this.#putBack(gate.on.index, this.#handle, gate.original);
	}

	#putBack(interfaceIndex: number, handle: number, original: Original['queue']): void {
		putBack(this.#options, this.#originals, interfaceIndex, handle, original);
	}

	#forget({array, program}: Gate): void {
		const {bpf} = this.#options.port;
		bpf?.close(program);
		bpf?.close(array);
	}

	#nowUs(): number {
		return this.#options.port.clock.nowMs() * US_PER_MS;
	}
}

/** Kernels before 5.18 refuse what later ones need. */
function load(bpf: Bpf, order: ByteOrder, array: number): number {
	try {
		return bpf.loadClassifier(gateProgram(order, array));
	} catch (error) {
		if (!(error instanceof PortError) || error.errno === EPERM) throw error;
		return bpf.loadClassifier(gateProgram(order, array, 'old'));
	}
}

/** The same for the same slots. */
function textOf({data, shared}: GateTable): string {
	return [data, shared].flatMap(({endsNs, nextNs}) => [...endsNs, ...nextNs]).join(' ');
}

function isStanding(queues: readonly Qdisc[], {on}: Gate, handle: number): boolean {
	const here = queues.filter(each => each.interfaceIndex === on.index);
	return [handle, CLSACT_HANDLE].every(wanted => here.some(each => each.handle === wanted));
}
