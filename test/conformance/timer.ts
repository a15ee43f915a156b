// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../src/core/random.ts';
import type {Clock} from '../../src/port/port.ts';
import type {ConformanceCase} from './case.ts';

/** A timer's moment lies between those before and after the call that asked for it: a busy machine stops us in between. */
interface Deadline {
	readonly fromMs: number;
	readonly toMs: number;
	cancel(): void;
}

function ask(clock: Clock, delayMs: number, task: () => void): Deadline {
	const fromMs = clock.nowMs() + delayMs;
	const cancel = clock.after(delayMs, task);
	return {fromMs, toMs: clock.nowMs() + delayMs, cancel};
}

function isInOrder(ran: readonly Deadline[]): boolean {
	return ran.every(({toMs}, i) => toMs >= (ran[i - 1]?.fromMs ?? 0));
}

export const timerCases: readonly ConformanceCase[] = [
	{
		name: 'clock: timers run in the order of their deadlines',
		waits: true,
		run({runtime: {clock}, equal, ok, done}) {
			const ran: Deadline[] = [];
			const delaysMs = [12, 3, 7.5, 0, 7.25, 1];
			for (const delayMs of delaysMs) {
				const deadline = ask(clock, delayMs, () => ran.push(deadline));
			}
			clock.after(60, () => {
				equal(ran.length, delaysMs.length, 'count');
				ok(isInOrder(ran), JSON.stringify(ran));
				done();
			});
		},
	},
	{
		name: 'clock: equal delays run in the order they were asked for',
		waits: true,
		run({runtime: {clock}, equal, done}) {
			const ran: number[] = [];
			for (let i = 0; i < 50; i++) clock.after(2, () => ran.push(i));
			clock.after(20, () => {
				equal(
					ran,
					Array.from({length: 50}, (_, i) => i),
					'order',
				);
				done();
			});
		},
	},
	{
		name: 'clock: five hundred timers with cancellations among them stay sorted',
		waits: true,
		run({runtime: {clock}, equal, ok, done}) {
			const random = seededRandom(7);
			const ran: Deadline[] = [];
			let cancelled = 0;
			for (let i = 0; i < 500; i++) {
				const deadline = ask(clock, 100 + random() * 40, () => ran.push(deadline));
				if (random() < 0.5) continue;
				deadline.cancel();
				cancelled++;
			}
			clock.after(400, () => {
				equal(ran.length, 500 - cancelled, 'count');
				ok(isInOrder(ran), 'sorted');
				done();
			});
		},
	},
	{
		name: 'clock: a timer is never early',
		waits: true,
		run({runtime: {clock}, ok, done}) {
			const startedMs = clock.nowMs();
			let left = 4;
			for (const delayMs of [0.4, 1.7, 5, 11.3])
				clock.after(delayMs, () => {
					const tookMs = clock.nowMs() - startedMs;
					ok(tookMs >= delayMs - 0.001, `${delayMs} ms took only ${tookMs}`);
					if (--left === 0) done();
				});
		},
	},
	{
		name: 'clock: a task never runs within the call that asked for it',
		waits: true,
		run({runtime: {clock}, ok, done}) {
			let hasReturned = false;
			clock.after(0, () => {
				ok(hasReturned, 'ran at once');
				done();
			});
			hasReturned = true;
		},
	},
	{
		name: 'clock: negative delays and no number count as zero',
		waits: true,
		run({runtime: {clock}, done}) {
			clock.after(-5, () => clock.after(Number.NaN, done));
		},
	},
	{
		name: 'clock: a cancelled timer does not run, and cancelling twice is harmless',
		waits: true,
		run({runtime: {clock}, ok, done}) {
			let ran = false;
			const cancel = clock.after(2, () => {
				ran = true;
			});
			cancel();
			cancel();
			clock.after(6, () => {
				cancel();
				ok(!ran, 'ran');
				done();
			});
		},
	},
	{
		name: 'clock: cancelling after the run leaves later timers alone',
		waits: true,
		run({runtime: {clock}, done}) {
			const cancel = clock.after(0, () => {
				clock.after(3, done);
				cancel();
				clock.after(1, cancel);
			});
		},
	},
	{
		name: 'clock: a task can cancel another that is due in the same instant',
		waits: true,
		run({runtime: {clock}, ok, done}) {
			let ran = false;
			clock.after(2, () => cancel());
			const cancel = clock.after(2, () => {
				ran = true;
			});
			clock.after(8, () => {
				ok(!ran, 'ran');
				done();
			});
		},
	},
	{
		name: 'clock: monotonic time grows, wall time is after 2024',
		run({runtime: {clock}, ok}) {
			const first = clock.nowMs();
			ok(clock.nowMs() >= first, 'went back');
			ok(clock.wallMs() > 1704067200000, 'wall time');
			ok([true, false, undefined].includes(clock.synchronised()), 'synchronised');
		},
	},
	{
		name: 'byteOrder: is the order of the machine that typed arrays show',
		needs: ['kernel'],
		run({runtime, equal}) {
			const order = new Uint8Array(new Uint16Array([0x0102]).buffer)[0] === 1 ? 'big' : 'little';
			equal(runtime.byteOrder, order, 'byte order');
		},
	},
	{
		name: 'random: draws lie in [0, 1) and differ',
		run({runtime, ok}) {
			const draws = Array.from({length: 100}, runtime.random);
			ok(
				draws.every(draw => draw >= 0 && draw < 1),
				'range',
			);
			ok(new Set(draws).size > 90, 'repeats');
		},
	},
	{
		name: 'memoryBytes: is a plausible number, or not known',
		run({runtime, ok}) {
			const bytes = runtime.memoryBytes();
			ok(bytes === undefined || (bytes >= 0 && bytes < 1e9), String(bytes));
		},
	},
];
