// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {moveByHostapd, switchArguments} from '../../../src/actuator/channel-switch/hostapd.ts';
import {method, of, serve, UbusError} from '../../../src/ubus-ts/index.ts';
import {INVALID_ARGUMENT} from '../../../src/ubus-ts/status.ts';
import {Bus} from '../../ubus-ts/bus.ts';

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

/** What hostapd takes. Source: OpenWrt, package/network/services/hostapd/src/src/ap/ubus.c, csa_policy. */
const policy = {
	freq: 'int32',
	bcn_count: 'int32',
	center_freq1: 'int32?',
	center_freq2: 'int32?',
	bandwidth: 'int32?',
	sec_channel_offset: 'int32?',
	ht: 'boolean?',
	vht: 'boolean?',
	he: 'boolean?',
	block_tx: 'boolean?',
	force: 'boolean?',
} as const;

/** A bus that is ours, and on it an object that takes what hostapd's takes. */
function standIn(answer: (args: object) => void) {
	const bus = new Bus();
	const methods = {switch_chan: method({about: '', access: 'write', parameters: policy, reply: of<object>()})};
	serve(bus.client(), {path: 'hostapd.ap0', methods} as const, {
		switch_chan: args => {
			answer(args);
			return {};
		},
	});
	bus.run();
	const refusals: (string | undefined)[] = [];
	const move = (name: string, mhz: number, widthMhz: number): readonly (string | undefined)[] => {
		moveByHostapd(bus.world())(name, {mhz, widthMhz}, 4, refusal => refusals.push(refusal));
		bus.run(10_000);
		return refusals;
	};
	return {bus, move};
}

test('hostapd: its object on the bus takes the words, wide and narrow, in the types it wants', t => {
	const taken: object[] = [];
	const {move} = standIn(args => taken.push({...args}));
	move('ap0', 5200, 20);
	t.deepEqual(move('ap0', 5775, 80), [undefined, undefined]);
	t.like(taken[0], {freq: 5200, bcn_count: 4, ht: true});
	t.like(taken[1], {freq: 5745, center_freq1: 5775, bandwidth: 80, sec_channel_offset: 1, vht: true});
});

test('hostapd: what it refuses, or who is not there, is said with the reason', t => {
	const {move} = standIn(() => {
		throw new UbusError(INVALID_ARGUMENT);
	});
	move('ap0', 5200, 20);
	const refusals = move('ap1', 5200, 20);
	t.is(refusals.length, 2);
	t.regex(refusals[0] ?? '', /^hostapd does not move ap0: /);
	t.is(refusals[1], 'hostapd does not move ap1: there is no hostapd.ap1 on the bus');
});
