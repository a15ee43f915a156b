// SPDX-License-Identifier: Apache-2.0
import {quickjsRuntime} from '../../../src/runtime/quickjs/runtime.ts';

// What MQTT.js expects of a browser, in QuickJS: imported before it.

const {clock} = quickjsRuntime();
const timers = new Map<number, () => void>();
let count = 0;

function later(task: (...values: unknown[]) => void, delayMs = 0, ...values: unknown[]): number {
	const id = ++count;
	timers.set(
		id,
		clock.after(delayMs, () => {
			timers.delete(id);
			task(...values);
		}),
	);
	return id;
}

function forget(id: number): void {
	timers.get(id)?.();
	timers.delete(id);
}

class Signal {
	aborted = false;
	addEventListener(): void {}
	removeEventListener(): void {}
}

class Controller {
	signal = new Signal();
	abort(): void {}
}

Object.assign(globalThis, {
	AbortSignal: Signal,
	AbortController: Controller,
	window: globalThis,
	global: globalThis,
	navigator: {userAgent: ''},
	location: {protocol: 'http:', href: 'http://localhost/'},
	setTimeout: later,
	clearTimeout: forget,
	setInterval: later,
	clearInterval: forget,
	setImmediate: (task: () => void) => later(task),
	queueMicrotask: (task: () => void) => void Promise.resolve().then(task),
	performance: {now: clock.nowMs, timeOrigin: 0},
	console: {log() {}, error() {}, warn() {}, info() {}},
	self: globalThis,
});
