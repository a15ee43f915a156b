// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {ChannelSwitch} from '../../../src/actuator/channel-switch/channel-switch.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {FakeKernel} from '../../../src/runtime/sim/kernel.ts';
import {simRuntime} from '../../../src/runtime/sim/runtime.ts';
import {openNl80211} from '../../../src/source/mesh-radios.ts';
import {CHANNEL_SWITCH} from '../../../src/wire/nl80211/command.ts';
import {INTERFACE_AP, INTERFACE_MESH_POINT} from '../../../src/wire/nl80211/interface.ts';
import {frequency} from '../../../src/wire/nl80211/wiphy.ts';

const EBUSY = 16;
const EINVAL = 22;
const rule = (frequencyMhz: number) => frequency.decode(frequency.encode({frequencyMhz}, 'little'), 'little');
const place = (mhz: number) => ({mhz, widthMhz: 20});

/** The actuator on a kernel with one radio, whose driver behaves as a test wants. */
function router(types: readonly number[] = [INTERFACE_MESH_POINT], commands = [CHANNEL_SWITCH]) {
	const time = new VirtualTime();
	const clock = time.clock(0);
	const kernel = new FakeKernel(clock, 'big');
	kernel.state.radios = [{index: 3, name: 'phy3', surveys: [], frequencies: [5180, 5200, 5220].map(rule), commands}];
	kernel.state.interfaces = types.map((type, at) => ({
		wireless: {
			wiphy: 3,
			interfaceIndex: 10 + at,
			name: `wlan${at}`,
			type,
			frequencyMhz: 5180,
			width: 1,
			center1Mhz: 5180,
		},
		stations: [],
		paths: [],
	}));
	const runtime = simRuntime({host: 'a', clock, random: seededRandom(1), byteOrder: 'big', kernel});
	const said: string[] = [];
	const actuator = new ChannelSwitch({
		clock,
		order: 'big',
		port: runtime,
		log: {write: (level, text) => said.push(`${level}: ${text}`)},
		netlink: (opened, onEvent) => openNl80211(runtime, 'channel switch', () => {}, opened, onEvent),
		isKept: () => false,
	});
	actuator.start();
	time.advance(100);
	const ended: (string | undefined)[] = [];
	return {
		time,
		kernel,
		actuator,
		said,
		ended,
		go(mhz: number, waitMs = 30_000): string | undefined {
			const before = ended.length;
			actuator.retune(3, place(mhz), refusal => ended.push(refusal));
			time.advance(waitMs);
			return ended.length > before ? (ended.at(-1) ?? 'there') : undefined;
		},
		at: () => kernel.state.interfaces[0]?.wireless.frequencyMhz,
	};
}

test('refusals: a driver that obeys is believed when the interface says so', t => {
	const {go, at, actuator} = router();
	t.is(go(5200, 100), 'there');
	t.is(at(), 5200);
	t.deepEqual(actuator.counts, {moved: 1, refused: 0});
	t.is(go(5200, 100), 'there', 'it is there already');
});

test('refusals: a driver that lies is found out, and not asked that way again', t => {
	const {go, at, kernel} = router();
	let asked = 0;
	kernel.retune = () => {
		asked++;
		return 0;
	};
	t.regex(go(5200) ?? '', /said yes to a channel switch and stayed/);
	t.is(at(), 5180);
	t.regex(go(5200) ?? '', /said yes to a channel switch and stayed/);
	t.is(asked, 1);
});

test('refusals: a busy radio is asked again for a while, then given up', t => {
	const {go, kernel} = router();
	const {retune} = kernel;
	let refusals = 5;
	kernel.retune = (index, to) => (refusals-- > 0 ? EBUSY : retune(index, to));
	t.is(go(5200), 'there');
	kernel.retune = () => EBUSY;
	t.regex(go(5220) ?? '', /refused a channel switch of wlan0: busy/);
});

test('refusals: the kernel says no, with its own words', t => {
	const {go, kernel, at} = router();
	kernel.retune = () => EINVAL;
	t.regex(go(5200) ?? '', /refused a channel switch of wlan0: not valid there/);
	t.is(at(), 5180);
	t.is(go(5745), 'the radio cannot be tuned to 5745 MHz');
});

test('refusals: three in a row leave the radio in peace, which is said once', t => {
	const {go, kernel, actuator, said, time} = router();
	const {retune} = kernel;
	kernel.retune = () => EINVAL;
	for (let i = 0; i < 3; i++) go(5200);
	t.regex(actuator.pinned(3) ?? '', /^it refused 3 times in a row: /);
	t.is(said.filter(line => line.startsWith('warning')).length, 1);
	t.is(actuator.counts.refused, 3);
	time.advance(600_000);
	t.is(actuator.pinned(3), undefined, 'after ten minutes it may be tried again');
	kernel.retune = retune;
	t.is(go(5200), 'there');
	t.is(actuator.pinned(3), undefined);
});

test('refusals: a kernel that does not answer ends the attempt', t => {
	const {go, kernel} = router();
	kernel.faults.push('silent');
	t.regex(go(5200, 60_000) ?? '', /did not answer/);
	t.is(go(5200), 'there');
});

test('refusals: who waits behind a move gives way to a later wish', t => {
	const {actuator, time, ended, at} = router();
	for (const mhz of [5200, 5220, 5180]) actuator.retune(3, place(mhz), refusal => ended.push(refusal));
	time.advance(5000);
	t.deepEqual(ended, ['another channel was asked for meanwhile', undefined, undefined]);
	t.is(at(), 5180);
});

test('refusals: a radio without a channel switch, or with an access point and no bus, is pinned with its reason', t => {
	const plain = router([INTERFACE_MESH_POINT], []);
	t.regex(plain.go(5200) ?? '', /its driver has no channel switch/);
	const {actuator, go, said} = router([INTERFACE_MESH_POINT, INTERFACE_AP]);
	t.is(said.filter(line => line.startsWith('notice: radio 3 cannot be moved: hostapd')).length, 1);
	t.regex(actuator.pinned(3) ?? '', /hostapd, which keeps the access point wlan1, cannot be asked/);
	t.is(go(5200), actuator.pinned(3));
});

test('refusals: a radio that is gone says so', t => {
	const {go, kernel} = router();
	kernel.state.radios = [];
	kernel.state.interfaces = [];
	t.is(go(5200), 'radio 3 is gone');
});

test('refusals: what the caller knows of the channels is not asked for again, and not believed against the kernel', t => {
	const {actuator, kernel, time, ended} = router();
	const known = [5180, 5200, 5220, 5745].map(rule);
	const asked = (mhz: number): number => {
		const before = kernel.requests;
		actuator.retune(3, place(mhz), refusal => ended.push(refusal), known);
		time.advance(30_000);
		return kernel.requests - before;
	};
	kernel.faults.length = 0;
	const quick = asked(5200);
	const before = kernel.requests;
	actuator.retune(3, place(5220), refusal => ended.push(refusal));
	time.advance(30_000);
	t.true(kernel.requests - before > quick);
	t.deepEqual(ended, [undefined, undefined]);
	kernel.retune = () => EINVAL;
	asked(5745);
	t.is(ended.at(-1), 'the radio cannot be tuned to 5745 MHz', 'what was known was out of date');
});
