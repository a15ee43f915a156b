// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../src/core/random.ts';
import {encodeUtf8} from '../../src/core/text.ts';
import {VirtualTime} from '../../src/runtime/sim/clock.ts';
import {FakeKernel} from '../../src/runtime/sim/kernel.ts';
import {simRuntime} from '../../src/runtime/sim/runtime.ts';
import {MeshRadios} from '../../src/source/mesh-radios.ts';
import * as command from '../../src/wire/nl80211/command.ts';
import {encodeElement} from '../../src/wire/nl80211/elements.ts';
import {event} from '../../src/wire/nl80211/event.ts';
import {INTERFACE_AP, INTERFACE_MESH_POINT} from '../../src/wire/nl80211/interface.ts';

const FRESH = {signalMbm: -6000, seenAgoMs: 10};
const mesh = encodeElement(114, encodeUtf8('valley'));
/** 802.11n with the second half above. */
const wide = [...encodeElement(61, [100, 1, ...new Array(20).fill(0)]), ...mesh];

for (const order of ['little', 'big'] as const)
	test(`mesh radios: a mesh that a scan heard is told of, wherever it is, and no access point (${order})`, t => {
		const time = new VirtualTime();
		const clock = time.clock(0);
		const kernel = new FakeKernel(clock, order);
		kernel.state.radios = [{index: 0, name: 'phy0', surveys: []}];
		const networks = [
			{...FRESH, bssid: '02:00:00:00:00:01', frequencyMhz: 5180, elements: mesh},
			{...FRESH, bssid: '02:00:00:00:00:02', frequencyMhz: 5500, elements: Uint8Array.from(wide)},
			{...FRESH, bssid: '02:00:00:00:00:03', frequencyMhz: 5180, elements: encodeElement(0, encodeUtf8('inn'))},
			{...FRESH, bssid: '02:00:00:00:00:04', frequencyMhz: 5180, elements: mesh, seenAgoMs: 61_000},
		];
		kernel.state.interfaces = [
			{
				wireless: {wiphy: 0, interfaceIndex: 10, name: 'mesh0', type: INTERFACE_MESH_POINT},
				stations: [],
				paths: [],
				networks,
			},
			{wireless: {wiphy: 0, interfaceIndex: 11, name: 'ap0', type: INTERFACE_AP}, stations: [], paths: [], networks},
		];
		const runtime = simRuntime({host: 'a', clock, random: seededRandom(1), byteOrder: order, kernel});
		const heard: string[] = [];
		const radios = new MeshRadios(runtime, () => {}, {
			changed() {},
			radar() {},
			heard: (address, mhz) => heard.push(`${address} ${mhz}`),
		});
		radios.start();
		time.advance(1000);
		kernel.emit('scan', command.NEW_SCAN_RESULTS, event, {wiphy: 0, interfaceIndex: 11});
		time.advance(100);
		t.deepEqual(heard, [], 'what an access point heard is not asked for');
		kernel.emit('scan', command.NEW_SCAN_RESULTS, event, {wiphy: 0, interfaceIndex: 10});
		time.advance(100);
		t.deepEqual(heard, ['02:00:00:00:00:01 5180', '02:00:00:00:00:02 5510']);
		radios.stop();
	});

test('mesh radios: on which interfaces the kernel forwards is known when they are, and when that changes', t => {
	const time = new VirtualTime();
	const clock = time.clock(0);
	const kernel = new FakeKernel(clock, 'big');
	kernel.state.radios = [{index: 0, name: 'phy0', surveys: []}];
	const common = {stations: [], paths: []};
	const of = (interfaceIndex: number, type: number) => ({wiphy: 0, interfaceIndex, name: `if${interfaceIndex}`, type});
	const mesh = {...common, wireless: of(10, INTERFACE_MESH_POINT), forwards: false};
	kernel.state.interfaces = [
		mesh,
		{...common, wireless: of(11, INTERFACE_MESH_POINT), forwards: true},
		{...common, wireless: of(12, INTERFACE_AP), forwards: true},
	];
	const runtime = simRuntime({host: 'a', clock, random: seededRandom(1), byteOrder: 'big', kernel});
	const known: string[] = [];
	const radios = new MeshRadios(runtime, () => {}, {
		changed: () => known.push([...radios.forwarding].join()),
		radar() {},
		heard() {},
	});
	radios.start();
	time.advance(30_000);
	t.deepEqual(known, ['11']);
	mesh.forwards = true;
	time.advance(30_000);
	t.deepEqual(known, ['11', '10,11'], 'an owner may change it at any time, and no event tells');
	radios.stop();
});
