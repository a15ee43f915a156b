// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {FakeKernel} from '../../../src/runtime/sim/kernel.ts';
import {simRuntime} from '../../../src/runtime/sim/runtime.ts';
import {linkLocalOf} from '../../../src/source/peer/link-local.ts';
import {NearStations} from '../../../src/source/peer/near-stations.ts';
import {INTERFACE_MESH_POINT} from '../../../src/wire/nl80211/interface.ts';
import {PEER_LINK_ESTABLISHED} from '../../../src/wire/nl80211/station.ts';

const INDEX = 10;
const LISTENING = 0;

function setup() {
	const time = new VirtualTime();
	const clock = time.clock(0);
	const kernel = new FakeKernel(clock, 'big');
	kernel.state.radios = [{index: 0, name: 'phy0', surveys: []}];
	const mesh = {
		wireless: {wiphy: 0, interfaceIndex: INDEX, name: 'mesh0', type: INTERFACE_MESH_POINT},
		stations: [] as {address: string; info: {peerLinkState: number; inactiveMs: number}}[],
		paths: [],
	};
	kernel.state.interfaces = [mesh];
	const near = new NearStations(
		simRuntime({host: 'a', clock, random: seededRandom(1), byteOrder: 'big', kernel}),
		() => {},
	);
	near.use(new Set([INDEX]));
	near.start();
	time.advance(100);
	const isNear = (address: string) => near.has(INDEX, linkLocalOf(address));
	const station = (address: string, inactiveMs = 20, peerLinkState = PEER_LINK_ESTABLISHED) =>
		mesh.stations.push({address, info: {peerLinkState, inactiveMs}});
	return {time, mesh, near, isNear, station};
}

const [one, two, three, four] = [1, 2, 3, 4].map(n => `02:00:00:00:00:0${n}`) as [string, string, string, string];

test('near stations: who is linked with our radio and heard lately is near, and nobody else', t => {
	const {time, near, isNear, station} = setup();
	station(one);
	station(two, 60_000);
	station(three, 20, LISTENING);
	time.advance(4000);
	t.deepEqual([one, two, three, four].map(isNear), [true, false, false, false]);
	near.stop();
});

test('near stations: who comes is near a moment after its first word, who goes within seconds', t => {
	const {time, mesh, near, isNear, station} = setup();
	time.advance(300);
	t.false(isNear(one));
	time.advance(300);
	station(one);
	t.false(isNear(one), 'its first word asks for it');
	time.advance(20);
	t.true(isNear(one));
	mesh.stations.length = 0;
	time.advance(3100);
	t.false(isNear(one));
	near.stop();
});
