// SPDX-License-Identifier: Apache-2.0
// Datagrams of a steady flow, as a program for the bench's routers:
//
//     flow send ADDRESS PORT BYTES PER_SECOND SECONDS [PAUSES_FROM_S PAUSES_TO_S]
//     flow receive PORT SECONDS
//
// Between the last two it makes pauses, as people's traffic does; who sends all the time cannot be told from a bad link.
// Each datagram has its number. Who receives prints, once a second, a line of JSON with the second of the monotonic clock and
// how many new ones came from each address.
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';

const runtime = quickjsRuntime();
const {clock, log} = runtime;
const [role, ...words] = programArguments();
const PERIOD_MS = 4;

/** Of sending, and of pausing: at least so long, and up to twice as long. */
const ON_MS = 8000;
const OFF_MS = 8000;

function send(address: string, numbers: readonly number[]): void {
	const [port = 0, bytes = 0, perSecond = 0, seconds = 0, pausesFromS = seconds, pausesToS = seconds] = numbers;
	const socket = runtime.datagram({family: 'ipv4'}, {message: () => {}, error: () => {}});
	const beganMs = clock.nowMs();
	const payload = new Uint8Array(bytes);
	let sent = 0;
	let lastMs = beganMs;
	let due = 0;
	let isOn = true;
	let changeMs = pausesFromS * 1000;
	const tick = (): void => {
		const nowMs = clock.nowMs();
		const passedMs = nowMs - beganMs;
		if (passedMs > seconds * 1000) return runtime.exit(0);
		if (passedMs >= changeMs) {
			isOn = !isOn;
			changeMs = passedMs + (isOn ? ON_MS : OFF_MS) * (1 + runtime.random());
		}
		if (passedMs > pausesToS * 1000) isOn = true;
		if (isOn) due += ((nowMs - lastMs) / 1000) * perSecond;
		lastMs = nowMs;
		for (; sent < due; sent++) {
			for (let i = 0; i < 4; i++) payload[i] = (sent >>> (8 * i)) & 255;
			socket.send(payload, address, port);
		}
		// Two of them must not keep step, or always the same one would begin first.
		clock.after(PERIOD_MS * (0.5 + runtime.random()), tick);
	};
	tick();
}

function receive(port: number, seconds: number): void {
	const came = new Map<string, number>();
	const highest = new Map<string, number>();
	const beganMs = clock.nowMs();
	runtime.datagram(
		{family: 'ipv4', port},
		{
			message(bytes, {address}) {
				const number = [0, 1, 2, 3].reduce((sum, i) => sum + (bytes[i] ?? 0) * 256 ** i, 0);
				if (number <= (highest.get(address) ?? -1)) return;
				highest.set(address, number);
				came.set(address, (came.get(address) ?? 0) + 1);
			},
			error: () => {},
		},
	);
	const tick = (): void => {
		log.write('notice', JSON.stringify({atMs: Math.round(clock.nowMs()), came: Object.fromEntries(came)}));
		came.clear();
		if (clock.nowMs() - beganMs > seconds * 1000) return runtime.exit(0);
		clock.after(1000, tick);
	};
	clock.after(1000, tick);
}

if (role === 'send') send(words[0] ?? '', words.slice(1).map(Number));
else receive(Number(words[0]), Number(words[1]));
