// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {LinkWindows} from '../../../src/agent/engine/link-windows.ts';
import type {SlotStation} from '../../../src/source/slots/station-reader.ts';

const nodeOf = (address: string) => (address.endsWith('9') ? undefined : 7);
const station = (transmitPackets: number, receiveAirtimeUs?: number): SlotStation => ({
	transmitPackets,
	transmitRetries: 2 * transmitPackets,
	transmitFailed: 0,
	signalDbm: -60,
	...(receiveAirtimeUs !== undefined && {receiveAirtimeUs}),
});
const seen = (...all: [string, SlotStation][]) => new Map(all);

test('windows: counters become what they grew by; what the driver does not say stays unsaid', t => {
	const windows = new LinkWindows();
	t.deepEqual(windows.take(0, 1, seen(['a', station(100)]), nodeOf), []);
	t.deepEqual(windows.take(4000, 1, seen(['a', station(130)]), nodeOf), [
		{
			peer: 7,
			durationMs: 4000,
			transmitPackets: 30,
			transmitRetries: 60,
			transmitFailed: 0,
			transmitAirtimeUs: undefined,
			receiveAirtimeUs: undefined,
			signalDbm: -60,
		},
	]);
});

test('windows: a peer that came again, was away, or is nobody’s says nothing', t => {
	const windows = new LinkWindows();
	windows.take(0, 1, seen(['a', station(100, 5)], ['9', station(1)]), nodeOf);
	t.deepEqual(windows.take(4000, 1, seen(['a', station(3, 1)], ['9', station(2)]), nodeOf), []);
	t.is(windows.take(8000, 1, seen(['a', station(4, 2)]), nodeOf).length, 1);
	windows.take(12_000, 1, new Map(), nodeOf);
	t.deepEqual(windows.take(16_000, 1, seen(['a', station(9, 3)]), nodeOf), []);
	t.deepEqual(windows.take(60_000, 1, seen(['a', station(10, 4)]), nodeOf), []);
});

test('windows: interfaces are told apart', t => {
	const windows = new LinkWindows();
	windows.take(0, 1, seen(['a', station(10)]), nodeOf);
	t.deepEqual(windows.take(100, 11, seen(['a', station(500)]), nodeOf), []);
	t.is(windows.take(4000, 1, seen(['a', station(11)]), nodeOf)[0]?.transmitPackets, 1);
});

test('windows: where the driver counts no air time, frames, bytes and the rate say what it was', t => {
	const windows = new LinkWindows();
	const at = (receivePackets: number, receiveBytes: number): SlotStation => ({
		transmitPackets: 0,
		transmitBytes: 0,
		receivePackets,
		receiveBytes,
		receiveAirtimeUs: 0,
		receiveRate: {
			bitrate32: 540,
			width40: false,
			shortGuard: false,
			width80: false,
			width160: false,
			width10: false,
			width5: false,
			heDualCarrier: false,
			width320: false,
		} as never,
	});
	windows.take(0, 1, seen(['a', at(0, 0)]), nodeOf);
	const [window] = windows.take(4000, 1, seen(['a', at(1000, 1_500_000)]), nodeOf);
	// 1,000 frames of 1,500 bytes at 54 Mbit/s: 222 us each, and 110 us around it.
	t.is(window?.receiveAirtimeUs, 332_222);
	t.is(window?.transmitAirtimeUs, 0);
	const [silent] = windows.take(8000, 1, seen(['a', at(1000, 1_500_000)]), nodeOf);
	t.is(silent?.receiveAirtimeUs, 0);
});

test('windows: what a frame takes follows from bytes, rates and repetitions', t => {
	const windows = new LinkWindows();
	const at = (transmitBytes: number, transmitPackets: number): SlotStation => ({
		transmitBytes,
		transmitPackets,
		transmitRetries: transmitPackets,
		transmitFailed: 0,
		transmitRate: {bitrate32: 240} as never,
	});
	windows.take(0, 1, seen(['a', at(0, 0)]), nodeOf);
	t.is(windows.airtime(1), undefined);
	windows.take(4000, 1, seen(['a', at(1_200_000, 1000)]), nodeOf);
	// 24 Mbit/s are 333 ns a byte, each sent twice.
	t.deepEqual(windows.airtime(1), {frameUs: 110, nsPerByte: 667});
	windows.take(8000, 1, seen(['a', at(1_200_100, 1001)]), nodeOf);
	t.deepEqual(windows.airtime(1), {frameUs: 110, nsPerByte: 667});
});
