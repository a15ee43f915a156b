// SPDX-License-Identifier: Apache-2.0
import {Agent} from '../../../src/agent/agent.ts';
import {fromHex} from '../../../src/core/bytes.ts';
import {readConfiguration} from '../../../src/model/configuration.ts';
import type {NodeId, NodeRecord, PeerBody} from '../../../src/model/peer.ts';
import type {DatagramHandlers, Runtime} from '../../../src/port/port.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {FakeKernel} from '../../../src/runtime/sim/kernel.ts';
import {Credentials} from '../../../src/source/peer/credentials.ts';
import {linkLocalOf} from '../../../src/source/peer/link-local.ts';
import * as command from '../../../src/wire/nl80211/command.ts';
import {frequency} from '../../../src/wire/nl80211/wiphy.ts';
import {decodeBody, decodeLetter, encodeLetter} from '../../../src/wire/peer/envelope.ts';
import {fillRouter} from './router.ts';

// `heap MODE SECONDS`: the agent on a router with three radios and twelve mesh peers that say what peers say, agree with
// whatever is asked of them, and have no engine; then the most bytes of its heap that were in use in the last minute.
// MODE is plain, observe, active or slots. The kernel is the lab's and lives in the same heap: only differences count.

const host = quickjsRuntime();
const [mode = 'plain', seconds = '120'] = programArguments();
const KEY = '000102030405060708090a0b0c0d0e0f';
const CHANNELS_MHZ = [2412, 2437, 2462, ...Array.from({length: 8}, (_, i) => 5180 + 20 * i), 5745, 5765, 5785, 5805];
const HELLO_MS = 2000;
const RECORD_MS = 60_000;
const PEERS_A_RADIO = 4;

interface Timer {
	readonly atMs: number;
	readonly number: number;
	task: (() => void) | undefined;
}

let nowMs = 0;
let number = 0;
const timers: Timer[] = [];
const clock = {
	nowMs: () => nowMs,
	wallMs: () => 1_790_000_000_000 + nowMs,
	synchronised: () => true,
	after(delayMs: number, task: () => void) {
		const timer: Timer = {atMs: nowMs + delayMs, number: number++, task};
		let at = timers.length;
		while (at > 0 && (timers[at - 1] as Timer).atMs > timer.atMs) at--;
		timers.splice(at, 0, timer);
		return () => {
			timer.task = undefined;
		};
	},
};

const rule = (frequencyMhz: number) => frequency.decode(frequency.encode({frequencyMhz}, 'little'), 'little');
const kernel = new FakeKernel(clock, host.byteOrder);
fillRouter(kernel);
kernel.state.radios = kernel.state.radios.map(radio => ({
	...radio,
	frequencies: CHANNELS_MHZ.filter(mhz => mhz < 3000 === (radio.index === 0)).map(rule),
	commands: [command.CHANNEL_SWITCH],
}));

const credentials = new Credentials(host.crypto, {network: '', keys: [fromHex(KEY)], seed: undefined, allowed: []});
const routerId = credentials.numberFor('');
let ears: DatagramHandlers | undefined;

/** One that says what a neighbour says, and no more. */
class Parrot {
	readonly id: NodeId;
	readonly #radio: number;
	readonly #mhz: number;
	readonly #address: string;
	#seq = 0;
	#recordSeq = 0;

	constructor(radio: number, peer: number, mhz: number) {
		const hardware = `02:00:00:00:0${radio}:0${peer}`;
		this.id = credentials.numberFor(hardware);
		this.#address = linkLocalOf(hardware);
		this.#radio = radio;
		this.#mhz = mhz;
	}

	say(body: PeerBody, hopsLeft = 0, via?: NodeId): void {
		const {signature} = credentials;
		const bytes = encodeLetter({...signature, origin: this.id, epoch: 1, seq: ++this.#seq, hopsLeft, via}, body);
		credentials.sign(bytes);
		ears?.message(bytes, {address: this.#address, port: 0, interfaceIndex: 10 + this.#radio});
	}

	hello(): void {
		const live = {mhz: this.#mhz, widthMhz: 20};
		const round = Math.floor(nowMs / 3000);
		this.say({kind: 'hello', live, heard: [routerId], recordSeq: this.#recordSeq, round, roundAgeMs: nowMs % 3000});
	}

	record(): void {
		const others = parrots.filter(each => each.#radio === this.#radio && each !== this).map(({id}) => id);
		const record: NodeRecord = {
			radios: [{live: {mhz: this.#mhz, widthMhz: 20}, pinned: false}],
			links: [routerId, ...others].map(peer => ({peer, weight: 16, planMhz: this.#mhz, stamp: 1})),
			channels: CHANNELS_MHZ.map(mhz => ({mhz, widthMhz: 20, busy: mhz % 60, blocked: false, radar: false})),
			...{pressure: 0, deploying: false, participation: 'observe', backupMhz: 0},
		};
		this.#recordSeq = this.#seq + 1;
		this.say({kind: 'record', record}, 3);
	}
}

const parrots: Parrot[] = [2412, 5180, 5220].flatMap((mhz, radio) =>
	Array.from({length: PEERS_A_RADIO}, (_, peer) => new Parrot(radio, peer, mhz)),
);

/** What the router says; who is asked agrees. */
function hear(bytes: Uint8Array): void {
	const body = decodeBody(bytes, decodeLetter(bytes));
	if (body.kind !== 'propose') return;
	const {members, transaction} = body.proposal;
	for (const parrot of parrots)
		if (members.some(({id}) => id === parrot.id))
			clock.after(50, () => parrot.say({kind: 'answer', transaction, refusal: undefined}, 3, routerId));
}

const files = new Map(
	Object.entries({
		'/proc/loadavg': '0.10 0.20 0.30 1/60 1234\n',
		'/proc/uptime': '1000.00 900.00\n',
		'/proc/meminfo': 'MemTotal:         124512 kB\nMemFree:           40000 kB\nMemAvailable:      62000 kB\n',
	}).map(([path, text]) => [path, new TextEncoder().encode(text)]),
);

const runtime: Runtime = {
	...host,
	clock,
	files: {
		...host.files,
		read: path => files.get(path),
		replace: (path, bytes) => void files.set(path, bytes.slice()),
		list: () => undefined,
	},
	netlink: (protocol, handlers) => kernel.open(protocol, handlers),
	datagram(_options, handlers) {
		ears = handlers;
		let last: Uint8Array | undefined;
		return {
			port: 0,
			send(bytes) {
				if (bytes !== last) hear(bytes);
				last = bytes;
			},
			join() {},
			leave() {},
			close() {},
		};
	},
	stream(_address, handlers) {
		clock.after(1, () => handlers.close(undefined));
		return {write() {}, queuedBytes: 0, close() {}};
	},
};

const engine = {meshKeys: KEY, engineFile: '/tmp/epoch', retunesPerHour: '6'};
const options: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	plain: {},
	observe: engine,
	active: {...engine, participation: 'active'},
	slots: {...engine, participation: 'active', timeDivision: 'all'},
};
const {configuration} = readConfiguration(
	new Map(Object.entries({intervalS: '1', routing: 'off', ubusSocket: '/none', ...options[mode]})),
);
new Agent(runtime, {node: 'bench', software: 'bench', configuration, log: host.log}).start();

function every(periodMs: number, firstMs: number, task: () => void): void {
	clock.after(firstMs, () => {
		task();
		every(periodMs, periodMs, task);
	});
}
if (mode !== 'plain')
	parrots.forEach((parrot, i) => {
		every(HELLO_MS, 1000 + 150 * i, () => parrot.hello());
		every(RECORD_MS, 4000 + 150 * i, () => parrot.record());
	});

const endMs = Number(seconds) * 1000;
let most = 0;
/** A second of virtual time; then what was imported meanwhile has its turn. */
function run(): void {
	const untilMs = nowMs + 1000;
	for (let next = timers[0]; next !== undefined && next.atMs <= untilMs; next = timers[0]) {
		timers.shift();
		nowMs = Math.max(nowMs, next.atMs);
		next.task?.();
	}
	nowMs = untilMs;
	if (nowMs > endMs - 60_000) most = Math.max(most, host.memoryBytes() ?? 0);
	if (nowMs < endMs) host.clock.after(0, run);
	else {
		host.log.write('notice', JSON.stringify({heapBytes: most}));
		host.exit(0);
	}
}
host.clock.after(0, run);
