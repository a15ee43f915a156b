// SPDX-License-Identifier: Apache-2.0
import {Agent} from '../../../src/agent/agent.ts';
import {readConfiguration} from '../../../src/model/configuration.ts';
import type {NetlinkHandlers, Runtime} from '../../../src/port/port.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {FakeKernel} from '../../../src/runtime/sim/kernel.ts';
import {MESSAGE_HEADER_BYTES} from '../../../src/wire/netlink/message.ts';
import {acknowledge} from '../mqtt/server.ts';
import {fillRouter} from './router.ts';

// Runs the agent for as many ticks as its argument says: three radios, twelve mesh peers, every tick one report that is
// delivered. The kernel's answers are made once, by the lab's kernel, and replayed after that with the request's sequence
// number; the clock jumps from timer to timer. What is counted is the agent.

const host = quickjsRuntime();
const wantedTicks = Number(programArguments()[0]);

interface Timer {
	atMs: number;
	task: (() => void) | undefined;
}

// Two queues, so that setting a timer costs next to nothing: what is due at once, and what comes later in order.
let nowMs = 0;
const atOnce: Timer[] = [];
const later: Timer[] = [];
const clock = {
	nowMs: () => nowMs,
	wallMs: () => 1_790_000_000_000 + nowMs,
	synchronised: () => true,
	after(delayMs: number, task: () => void) {
		const timer: Timer = {atMs: nowMs + delayMs, task};
		if (delayMs === 0) atOnce.push(timer);
		else {
			let at = later.length;
			later.push(timer);
			while (at > 0 && (later[at - 1] as Timer).atMs > timer.atMs) {
				later[at] = later[at - 1] as Timer;
				at--;
			}
			later[at] = timer;
		}
		return () => {
			timer.task = undefined;
		};
	},
};

/** Datagrams by request: protocol, command and interface. Finding one is no part of what is measured. */
const answers = new Map<number, Uint8Array[]>();
const kernel = new FakeKernel(clock, host.byteOrder);
fillRouter(kernel);

function keyOf(protocol: number, request: Uint8Array): number {
	return (protocol << 16) | ((request[MESSAGE_HEADER_BYTES] as number) << 8) | (request[MESSAGE_HEADER_BYTES + 8] ?? 0);
}

function netlink(protocol: number, handlers: NetlinkHandlers): ReturnType<Runtime['netlink']> {
	let recording: Uint8Array[] = [];
	const real = kernel.open(protocol, {
		frames: bytes => {
			recording.push(bytes.slice());
			handlers.frames(bytes);
		},
		overrun: handlers.overrun,
		close: handlers.close,
	});
	return {
		send(request) {
			const key = keyOf(protocol, request);
			const known = answers.get(key);
			if (known === undefined) {
				recording = [];
				answers.set(key, recording);
				return real.send(request);
			}
			clock.after(0, () => {
				for (const datagram of known) handlers.frames(renumber(datagram, request));
			});
		},
		join: group => real.join(group),
		close: () => real.close(),
	};
}

/** Writes the request's sequence number into each message of an answer. */
function renumber(datagram: Uint8Array, request: Uint8Array): Uint8Array {
	const words = new Uint32Array(datagram.buffer, datagram.byteOffset, datagram.length >> 2);
	const sequence = new Uint32Array(request.buffer, request.byteOffset, 4)[2] as number;
	for (let at = 0; at < words.length; at += ((words[at] as number) + 3) >> 2) words[at + 2] = sequence;
	return datagram;
}

const files = {
	...host.files,
	read: (path: string) => texts.get(path),
};
const texts = new Map(
	Object.entries({
		'/proc/loadavg': '0.10 0.20 0.30 1/60 1234\n',
		'/proc/uptime': '1000.00 900.00\n',
		'/proc/meminfo': 'MemTotal:         124512 kB\nMemFree:           40000 kB\nMemAvailable:      62000 kB\n',
	}).map(([path, text]) => [path, new TextEncoder().encode(text)]),
);

const runtime: Runtime = {
	...host,
	clock,
	files,
	netlink,
	stream(_address, handlers) {
		clock.after(0, () => handlers.open());
		return {
			write(bytes) {
				const answer = acknowledge(bytes)?.slice();
				if (answer !== undefined) clock.after(0, () => handlers.data(answer));
			},
			queuedBytes: 0,
			close: () => {},
		};
	},
};

const {configuration} = readConfiguration(new Map(Object.entries({broker: 'noc:1883', intervalS: '1'})));
new Agent(runtime, {node: 'bench', software: 'bench', configuration, log: host.log}).start();

/** Every timer in turn, until the ticks are over. */
function run(): void {
	const endMs = wantedTicks * 1000 + 500;
	for (;;) {
		const timer = atOnce.shift() ?? later.shift();
		if (timer === undefined || timer.atMs > endMs) break;
		nowMs = timer.atMs;
		timer.task?.();
	}
	host.exit(0);
}

host.clock.after(0, run);
