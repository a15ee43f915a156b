// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {encodeUtf8} from '../../../src/core/text.ts';
import type {Clock, Files} from '../../../src/port/port.ts';
import {readRadioTime} from '../../../src/source/slots/radio-clock.ts';

const PATH = '/sys/kernel/debug/ieee80211/phy2/netdev:mesh1/tsf';

/** A kernel's file whose reading takes so long, each time. */
function kernel(text: string, readingMs: readonly number[]) {
	let nowMs = 1000;
	let reads = 0;
	const read = (path: string) => {
		nowMs += readingMs[reads++] ?? 0;
		return path === PATH ? encodeUtf8(text) : undefined;
	};
	return {
		files: {read} as unknown as Files,
		clock: {nowMs: () => nowMs} as unknown as Clock,
		reads: () => reads,
	};
}

test('radio clock: is read between two readings of our own', t => {
	const {files, clock, reads} = kernel('0x000658d4a3c51e80\n', [0.02]);
	const time = readRadioTime(files, clock, 'phy2', 'mesh1');
	t.is(time?.tsfUs, 0x658d4a3c51e80);
	t.true(Math.abs((time?.withinUs ?? 0) - 10) < 0.001 && Math.abs((time?.atUs ?? 0) - 1_000_010) < 0.001);
	t.is(reads(), 1);
});

test('radio clock: a reading that was interrupted is made again, and the shortest counts', t => {
	const {files, clock, reads} = kernel('0x1000', [5, 0.3, 7]);
	t.true(Math.abs((readRadioTime(files, clock, 'phy2', 'mesh1')?.withinUs ?? 0) - 150) < 0.001);
	t.is(reads(), 3);
});

for (const text of ['0xffffffffffffffff\n', '0x0000000000000000\n', 'nonsense', '']) {
	test(`radio clock: '${text.trim()}' is no time`, t => {
		const {files, clock} = kernel(text, []);
		t.is(readRadioTime(files, clock, 'phy2', 'mesh1'), undefined);
	});
}

test('radio clock: without debugfs there is none', t => {
	const {files, clock} = kernel('0x1000', []);
	t.is(readRadioTime(files, clock, 'phy0', 'mesh0'), undefined);
});
