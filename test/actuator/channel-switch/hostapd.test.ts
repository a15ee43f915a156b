// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {moveByHostapd, switchArguments} from '../../../src/actuator/channel-switch/hostapd.ts';

test('hostapd: 20 MHz are said by their middle', t => {
	t.deepEqual(switchArguments({mhz: 5200, widthMhz: 20}, 4), {freq: 5200, bcn_count: 4, ht: true});
});

test('hostapd: wider ones by primary, middle and side', t => {
	t.deepEqual(switchArguments({mhz: 5230, widthMhz: 40}, 4), {
		freq: 5220,
		bcn_count: 4,
		ht: true,
		center_freq1: 5230,
		bandwidth: 40,
		sec_channel_offset: 1,
		vht: false,
	});
	t.is(switchArguments({mhz: 5230, widthMhz: 33}, 4), undefined);
});

test('hostapd: a bus that is not there is a refusal, once', t => {
	const refusals: (string | undefined)[] = [];
	const tasks: (() => void)[] = [];
	const move = moveByHostapd({
		connect: handlers => {
			tasks.push(() => handlers.close(new Error('no such socket')));
			return {write: () => {}, queuedBytes: 0, close: () => {}};
		},
		after: (_, task) => {
			tasks.push(task);
			return () => {};
		},
	});
	move('ap0', {mhz: 5200, widthMhz: 20}, 4, refusal => refusals.push(refusal));
	for (const task of tasks.splice(0)) task();
	t.deepEqual(refusals.length, 1);
	t.regex(refusals[0] ?? '', /hostapd/);
});
