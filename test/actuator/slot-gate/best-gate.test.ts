// SPDX-License-Identifier: Apache-2.0
// Which gate is chosen, and what becomes of it. What real kernels do is in test/qemu/taprio.test.ts.
import {setImmediate as nextTurn} from 'node:timers/promises';
import test from 'ava';
import {BestGate} from '../../../src/actuator/slot-gate/best-gate.ts';
// So that it is there as soon as it is asked for.
import '../../../src/actuator/slot-gate/taprio-gate.ts';
import {readU16, readU32} from '../../../src/core/bytes.ts';
import type {GateOrder} from '../../../src/model/slots.ts';
import type {Bpf} from '../../../src/port/port.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {
	RTM_DELQDISC,
	RTM_GETLINK,
	RTM_GETQDISC,
	RTM_NEWLINK,
	RTM_NEWQDISC,
} from '../../../src/wire/rtnetlink/message-type.ts';
import {decodeQdisc, encodeQdisc, type Qdisc, ROOT} from '../../../src/wire/rtnetlink/qdisc.ts';
import {encodeStackedLink, type StackedLink} from '../../../src/wire/rtnetlink/stacked-link.ts';

const on = {name: 'mesh0', index: 3};
const VLAN = 20;
const HEADER_BYTES = 16;
const ENOENT = 2;
const EINVAL = 22;

interface Asked {
	bytes: Uint8Array;
	answer?: (bytes: Uint8Array, start: number, end: number, type: number) => void;
	refused?: (errno: number, text: string | undefined) => void;
	done: (ok: boolean) => void;
}

/** rtnetlink of a router whose radio has a VLAN with two transmit queues. Answers come at once. */
class Router {
	readonly virtual = new VirtualTime();
	readonly logged: string[] = [];
	/** Queues at roots, by interface. */
	readonly roots = new Map<number, Qdisc>();
	links: StackedLink[] = [
		{index: 3, flags: 1, name: 'mesh0'},
		{index: VLAN, flags: 1, name: 'mesh0_29', link: 3, transmitQueues: 2},
	];
	/** Kinds of queues that the kernel has not. */
	lacks: readonly string[] = [];
	bpf: Bpf | undefined;
	readonly listeners: ((bytes: Uint8Array, start: number, end: number, type: number) => void)[] = [];
	/** Answers are kept back until it is called. */
	hold: (() => void)[] | undefined;

	constructor() {
		this.virtual.advance(50_000);
	}

	gate(): BestGate {
		const {virtual} = this;
		const route = (opened: () => void, onEvent: Router['listeners'][number]) => {
			this.listeners.push(onEvent);
			return {
				start: opened,
				stop() {},
				join() {},
				request: (asked: Asked) => {
					if (this.hold === undefined) this.#answer(asked);
					else this.hold.push(() => this.#answer(asked));
				},
			};
		};
		const nl80211 = (opened: () => void) => ({
			start: opened,
			stop() {},
			join() {},
			request: (asked: Asked) => asked.done(false),
		});
		const files = new Map<string, Uint8Array>();
		return new BestGate({
			port: {
				clock: {
					nowMs: () => virtual.nowMs,
					wallMs: () => 0,
					synchronised: () => true,
					after: (ms, task) => virtual.after(ms, task),
				},
				random: () => 0.5,
				byteOrder: 'little',
				files: {
					read: path => files.get(path),
					replace: (path, bytes) => void files.set(path, bytes),
					write: () => {},
					list: () => undefined,
					remove: path => void files.delete(path),
				},
				netlink: () => ({send: bytes => this.#tell(bytes), join() {}, close() {}}),
				...(this.bpf !== undefined && {bpf: this.bpf}),
			},
			log: {write: (_, text) => void this.logged.push(text)},
			route: route as never,
			nl80211: nl80211 as never,
		});
	}

	#answer({bytes, answer, refused, done}: Asked): void {
		const type = readU16(bytes, 4, 'little');
		const say = (message: Uint8Array, kind: number): void => answer?.(message, HEADER_BYTES, message.length, kind);
		if (type === RTM_GETQDISC)
			for (const each of this.roots.values()) say(encodeQdisc('little', each, {type: 36, flags: 0}), RTM_NEWQDISC);
		if (type === RTM_GETLINK) for (const each of this.links) say(encodeStackedLink('little', each), RTM_NEWLINK);
		const errno = type === RTM_NEWQDISC ? this.#tell(bytes) : undefined;
		if (errno !== undefined) refused?.(errno, undefined);
		done(errno === undefined);
	}

	/** An errno where it is refused. */
	#tell(bytes: Uint8Array): number | undefined {
		const type = readU16(bytes, 4, 'little');
		const parent = readU32(bytes, HEADER_BYTES + 12, 'little');
		const qdisc = decodeQdisc(bytes, 'little', HEADER_BYTES, bytes.length);
		if (type === RTM_DELQDISC) {
			if (parent === ROOT && this.roots.get(qdisc.interfaceIndex)?.handle === qdisc.handle)
				this.roots.delete(qdisc.interfaceIndex);
			return undefined;
		}
		if (this.lacks.includes(qdisc.kind ?? '')) return ENOENT;
		if (qdisc.sizeTable !== undefined) return EINVAL;
		if (parent === ROOT) this.roots.set(qdisc.interfaceIndex, qdisc);
		return undefined;
	}

	event(link: StackedLink): void {
		const bytes = encodeStackedLink('little', link);
		for (const each of this.listeners) each(bytes, HEADER_BYTES, bytes.length, RTM_NEWLINK);
	}

	order(): GateOrder {
		return {
			superframe: {slots: 4, slotUs: 5000},
			originUs: 0,
			own: [true, true, false, false],
			open: [false, false, false, true],
			guardUs: 2000,
			leaseUntilUs: (this.virtual.nowMs + 10_000) * 1000,
		};
	}
}

/** The code for taprio is loaded first. */
async function checked(gate: BestGate): Promise<string | undefined> {
	let said: {reason: string | undefined} | undefined;
	gate.check(on, reason => {
		said = {reason};
	});
	for (let turn = 0; turn < 1000 && said === undefined; turn++) await nextTurn();
	if (said === undefined) throw new Error('no answer');
	return said.reason;
}

/** What an order was answered, within half a second. */
function applied(gate: BestGate, router: Router): string | undefined {
	const said: (string | undefined)[] = [];
	gate.apply(on, router.order(), refusal => said.push(refusal));
	router.virtual.advance(500);
	if (said.length !== 1) throw new Error(`${said.length} answers`);
	return said[0];
}

const bpf: Bpf = {createArray: () => 5, loadClassifier: () => 6, write() {}, read() {}, close() {}};

test('best gate: with eBPF, fq and clsact it is that, and nothing else is said', async t => {
	const router = new Router();
	router.bpf = bpf;
	const gate = router.gate();
	gate.start();
	t.is(await checked(gate), undefined);
	t.is(applied(gate, router), undefined);
	t.is(router.roots.get(3)?.kind, 'fq');
	t.is(gate.means(on), undefined);
});

for (const [what, change, reason] of [
	['eBPF', () => {}, /since this program has no way to eBPF/],
	[
		'fq',
		(router: Router) => {
			router.bpf = bpf;
			router.lacks = ['fq'];
		},
		/since the kernel has no queue fq/,
	],
	[
		'clsact',
		(router: Router) => {
			router.bpf = bpf;
			router.lacks = ['clsact'];
		},
		/since the kernel has no clsact/,
	],
] as const)
	test(`best gate: without ${what} it is taprio, which is said with the reason`, async t => {
		const router = new Router();
		change(router);
		const gate = router.gate();
		gate.start();
		t.is(await checked(gate), undefined);
		t.is(gate.means(on), undefined);
		t.is(applied(gate, router), undefined);
		t.is(router.roots.get(VLAN)?.kind, 'taprio');
		t.regex(gate.means(on) ?? '', /^Frames are held by the queue taprio of mesh0_29, since /);
		t.regex(gate.means(on) ?? '', reason);
		gate.stop();
		t.is(router.roots.size, 0);
	});

test('best gate: where neither can be both reasons are given', async t => {
	const router = new Router();
	router.lacks = ['taprio'];
	const gate = router.gate();
	gate.start();
	t.regex(
		(await checked(gate)) ?? '',
		/no way to eBPF where it runs; nor can taprio hold frames: the kernel has no queue taprio/,
	);
	router.lacks = [];
	router.links = router.links.map(each => ({...each, transmitQueues: 1}));
	t.regex((await checked(gate)) ?? '', /mesh0_29 on mesh0 has one transmit queue/);
});

test('best gate: nobody looks before what another agent left is cleared away', async t => {
	const router = new Router();
	const left = {interfaceIndex: VLAN, handle: 0xa501_0000, parent: ROOT, info: 0, kind: 'taprio'};
	router.roots.set(VLAN, left);
	router.hold = [];
	const gate = router.gate();
	gate.start();
	const answer = checked(gate);
	await nextTurn();
	const held = router.hold;
	router.hold = undefined;
	for (const task of held) task();
	t.is(await answer, undefined);
	t.is(router.roots.size, 0);
});

test('best gate: when eBPF can be used after all, taprio goes', async t => {
	const router = new Router();
	router.bpf = bpf;
	router.lacks = ['clsact'];
	const gate = router.gate();
	gate.start();
	await checked(gate);
	t.is(applied(gate, router), undefined);
	t.true(router.roots.has(VLAN));
	router.lacks = [];
	t.is(await checked(gate), undefined);
	t.false(router.roots.has(VLAN));
	t.is(applied(gate, router), undefined);
	t.is(router.roots.get(3)?.kind, 'fq');
});

test('best gate: a VLAN that goes down loses its queue, and another one beside it is seen', async t => {
	const router = new Router();
	const gate = router.gate();
	gate.start();
	await checked(gate);
	t.is(applied(gate, router), undefined);
	t.true(router.roots.has(VLAN));
	router.event({index: VLAN, flags: 0, link: 3});
	t.false(router.roots.has(VLAN));
	t.regex(router.logged.join(), /what stands on it went down/);
	t.is(applied(gate, router), undefined);
	t.true(router.roots.has(VLAN));
	const other = {index: 21, flags: 1, name: 'mesh0_30', link: 3, transmitQueues: 2};
	router.links = [...router.links, other];
	router.event(other);
	t.is(applied(gate, router), "mesh0_30 has another queue than the gate's");
	t.false(router.roots.has(VLAN));
	t.is(applied(gate, router), undefined);
	t.deepEqual([...router.roots.keys()], [VLAN, 21]);
});

test('best gate: a queue that somebody else put there is not touched', async t => {
	const router = new Router();
	const gate = router.gate();
	gate.start();
	await checked(gate);
	t.is(applied(gate, router), undefined);
	const theirs = {interfaceIndex: VLAN, handle: 0x8_0000, parent: ROOT, info: 0, kind: 'htb'};
	router.roots.set(VLAN, theirs);
	router.virtual.advance(15_000);
	t.is(applied(gate, router), "mesh0_29 has another queue than the gate's");
	gate.stop();
	t.is(router.roots.get(VLAN)?.kind, 'htb');
});
