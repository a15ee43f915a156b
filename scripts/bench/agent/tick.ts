// SPDX-License-Identifier: Apache-2.0
import {Agent} from '../../../src/agent/agent.ts';
import {readConfiguration} from '../../../src/model/configuration.ts';
import type {NetlinkHandlers, Runtime} from '../../../src/port/port.ts';
import {programArguments, quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';
import {FakeKernel} from '../../../src/runtime/sim/kernel.ts';
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

/** A datagram of the kernel's, and where in its words the sequence numbers stand. */
interface Datagram {
	readonly bytes: Uint8Array;
	readonly words: Uint32Array;
	readonly numberedAt: readonly number[];
}

function datagramOf(bytes: Uint8Array): Datagram {
	const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
	const numberedAt: number[] = [];
	for (let at = 0; at < words.length; at += ((words[at] as number) + 3) >> 2) numberedAt.push(at + 2);
	return {bytes, words, numberedAt};
}

/** What was answered to a request, which is the same array of bytes each time. Finding it is no part of what is measured. */
interface Answer {
	readonly handlers: NetlinkHandlers;
	readonly request: Uint32Array;
	readonly datagrams: Datagram[];
}

const kernel = new FakeKernel(clock, host.byteOrder);
fillRouter(kernel);

/** What is answered next: one request at a time is under way on a socket. */
const due: Answer[] = [];

function deliver({datagrams, handlers, request}: Answer): void {
	const sequence = request[2] as number;
	for (let i = 0; i < datagrams.length; i++) {
		const {bytes, words, numberedAt} = datagrams[i] as Datagram;
		for (let j = 0; j < numberedAt.length; j++) words[numberedAt[j] as number] = sequence;
		handlers.frames(bytes);
	}
}

function netlink(protocol: number, handlers: NetlinkHandlers): ReturnType<Runtime['netlink']> {
	const answers = new Map<Uint8Array, Answer>();
	let recording: Datagram[] = [];
	const real = kernel.open(protocol, {
		frames: bytes => {
			recording.push(datagramOf(bytes.slice()));
			handlers.frames(bytes);
		},
		overrun: handlers.overrun,
		close: handlers.close,
	});
	return {
		send(request) {
			const known = answers.get(request);
			if (known !== undefined) {
				due.push(known);
				return;
			}
			recording = [];
			const words = new Uint32Array(request.buffer, request.byteOffset, request.length >> 2);
			answers.set(request, {handlers, request: words, datagrams: recording});
			real.send(request);
		},
		join: group => real.join(group),
		close: () => real.close(),
	};
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
		const answer = due.shift();
		if (answer !== undefined) {
			deliver(answer);
			continue;
		}
		const timer = atOnce.shift() ?? later.shift();
		if (timer === undefined || timer.atMs > endMs) break;
		nowMs = timer.atMs;
		timer.task?.();
	}
	host.exit(0);
}

host.clock.after(0, run);
