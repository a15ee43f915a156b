// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {readPing} from '../../qemu/moves.ts';

const PACE_MS = 20;
const BOOTED_AT = 1_700_000_000;

/** What a ping prints that began at a second since boot, with the line that was printed before it. */
function printed(baseS: number, beganS: number, answered: readonly number[], sent: number): string {
	const atS = (sequence: number) => BOOTED_AT + beganS + ((sequence - 1) * PACE_MS + 1) / 1000;
	return [
		`base p ${baseS} ${BOOTED_AT + baseS}`,
		'ping p',
		...answered.map(n => `[${atS(n).toFixed(6)}] 64 bytes from 10.0.0.2: icmp_seq=${n} ttl=64 time=1.00 ms`),
		`${sent} packets transmitted, ${answered.length} received, 0% packet loss, time ${(sent - 1) * PACE_MS}ms`,
		'end p',
	].join('\n');
}

const upTo = (last: number) => Array.from({length: last}, (_, i) => i + 1);
const without = (from: number, to: number) => upTo(100).filter(n => n < from || n > to);

test('ping: a program that starts late has no gap before its first request', t => {
	const report = readPing(printed(10, 11.5, upTo(100), 100), 'p');
	t.deepEqual(report, {sent: 100, lost: 0, gaps: [], gapMs: 0, slowestMs: 1});
});

test('ping: what is lost in the middle is a gap from the answer before to the answer after', t => {
	const report = readPing(printed(10, 10, without(41, 60), 100), 'p');
	t.is(report.lost, 20);
	t.is(report.gaps.length, 1);
	t.is(report.gapMs, 21 * PACE_MS);
});

test('ping: what is lost at the beginning or at the end is a gap too', t => {
	t.is(readPing(printed(10, 11.5, without(1, 30), 100), 'p').gapMs, 30 * PACE_MS + 1);
	t.is(readPing(printed(10, 10, without(71, 100), 100), 'p').gapMs, 30 * PACE_MS - 1);
});

test('ping: where nobody answers all of it is one gap', t => {
	const report = readPing(printed(10, 10, [], 100), 'p');
	t.is(report.lost, 100);
	t.is(report.gapMs, 99 * PACE_MS);
});
