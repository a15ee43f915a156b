// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {createGraphMedium} from '../../../src/lab/medium/graph/graph-medium.ts';
import {namedScenario} from '../../../src/lab/scenario/named.ts';
import {addressOf, KernelView} from '../../../src/lab/world/kernel-view.ts';
import {bringAbout, situationNow, situationsOf} from '../../../src/lab/world/situations.ts';
import {World} from '../../../src/lab/world/world.ts';
import {VirtualTime} from '../../../src/runtime/sim/clock.ts';
import {FakeKernel, type FakeState} from '../../../src/runtime/sim/kernel.ts';

function villageKernel(house: string) {
	const {events: _, ...scenario} = namedScenario('village') ?? {
		name: '',
		about: '',
		durationS: 0,
		topology: {kind: 'places' as const, nodes: []},
	};
	const world = new World(scenario, {seed: 1, create: createGraphMedium});
	const node = world.nodes.findIndex(({name}) => name === house);
	const kernel = new FakeKernel(new VirtualTime().clock(0), 'little');
	const view = new KernelView(world, node, kernel);
	const pass = (seconds: number): FakeState => {
		world.advance(seconds);
		view.update();
		return kernel.state;
	};
	const become = (name: string): void => {
		const situation = situationsOf(world).find(one => one.name === name);
		if (situation === undefined) throw new RangeError(name);
		bringAbout(world, situation);
	};
	return {world, node, pass, become};
}

const survey = (state: FakeState, radio: number) => {
	const found = state.radios[radio]?.surveys.find(({inUse}) => inUse);
	if (found === undefined) throw new RangeError(`radio ${radio} has no survey`);
	const {activeMs = 0, busyMs = 0, receiveMs = 0, transmitMs = 0, noiseDbm = 0} = found;
	return {activeMs, busyMs, receiveMs, transmitMs, noiseDbm};
};

test('kernel view: counters grow with time, never fall, and parts are no more than the whole', t => {
	const {pass, become} = villageKernel('school');
	for (const radio of [0, 1]) {
		let before = survey(pass(1), radio);
		for (const [seconds, situation] of [
			[60, undefined],
			[10, 'interferer:video'],
			[10, 'fails:mill'],
			[600, 'normal'],
		] as const) {
			if (situation !== undefined) become(situation);
			const now = survey(pass(seconds), radio);
			for (const key of ['activeMs', 'busyMs', 'receiveMs', 'transmitMs'] as const)
				t.true(now[key] >= before[key], key);
			t.true(Math.abs(now.activeMs - before.activeMs - 1000 * seconds) < 2);
			t.true(now.transmitMs + now.receiveMs <= now.busyMs + 2 && now.busyMs <= now.activeMs);
			before = now;
		}
	}
});

test('kernel view: a video sender raises the noise and lowers rates and traffic; when it goes all is as before', t => {
	const {world, node, pass, become} = villageKernel('library');
	const gateway = addressOf(world.edges[node]?.find(({node: other}) => world.nodes[other]?.isGateway)?.toRadio ?? -1);
	const seen = (): {noiseDbm: number; rate: number; sentBytes: number} => {
		const start = pass(30);
		const station = (state: FakeState) => state.interfaces[0]?.stations.find(({address}) => address === gateway)?.info;
		const before = station(start)?.transmitBytes ?? 0;
		const state = pass(30);
		return {
			noiseDbm: survey(state, 0).noiseDbm,
			rate: station(state)?.transmitRate?.bitrate32 ?? 0,
			sentBytes: (station(state)?.transmitBytes ?? 0) - before,
		};
	};
	const calm = seen();
	become('interferer:video');
	const disturbed = seen();
	t.true(disturbed.noiseDbm >= calm.noiseDbm + 3, `${calm.noiseDbm} ${disturbed.noiseDbm}`);
	t.true(disturbed.rate < calm.rate, `${calm.rate} ${disturbed.rate}`);
	t.true(disturbed.sentBytes < calm.sentBytes);
	become('normal');
	const again = seen();
	t.is(again.noiseDbm, calm.noiseDbm);
	t.is(again.rate, calm.rate);
	t.true(Math.abs(again.sentBytes / calm.sentBytes - 1) < 0.05);
});

test('kernel view: a neighbour without power is no station any more, and comes back', t => {
	const {world, pass, become} = villageKernel('town-hall');
	const school = addressOf(world.radios.findIndex(({node}) => world.nodes[node]?.name === 'school'));
	const stations = (): string[] => (pass(1).interfaces[0]?.stations ?? []).map(({address}) => address);
	t.true(stations().includes(school));
	become('fails:school');
	t.false(stations().includes(school));
	t.true(stations().length > 2);
	become('fails:mill');
	t.true(stations().includes(school), 'a situation takes the place of the one before');
	become('normal');
	t.true(world.nodes.every((_, node) => world.isUp(node)));
});

test('kernel view: at the gateway what the mesh brings leaves by the wire', t => {
	const {pass} = villageKernel('town-hall');
	const [wire, mesh] = pass(60).links;
	t.is(wire?.name, 'eth0');
	t.true((mesh?.statistics?.transmitBytes ?? 0) > 1e6);
	t.is(wire?.statistics?.receiveBytes, mesh?.statistics?.transmitBytes);
	t.is(wire?.statistics?.transmitBytes, mesh?.statistics?.receiveBytes);
});

test('situations: are recognised, whoever brought them about', t => {
	const {world} = villageKernel('mill');
	const situations = situationsOf(world);
	const now = (): string | undefined => situationNow(world, situations)?.name;
	t.is(now(), 'normal');
	world.apply({atS: 0, kind: 'interferer-on', interferer: 'video'});
	t.is(now(), 'interferer:video');
	world.apply({atS: 0, kind: 'node-fails', node: 'mill'});
	t.is(now(), undefined, 'two at once have no name');
	world.apply({atS: 0, kind: 'interferer-off', interferer: 'video'});
	t.is(now(), 'fails:mill');
	world.apply({atS: 0, kind: 'interferer-off', interferer: 'cafe'});
	world.apply({atS: 0, kind: 'node-joins', node: 'mill'});
	t.is(now(), undefined, 'an interferer that is usually there is gone');
});

test('situations: begin with normal; each interferer that is off and each node but gateways has one', t => {
	const {world} = villageKernel('mill');
	t.deepEqual(
		situationsOf(world).map(({name}) => name),
		['normal', 'interferer:video', 'fails:school', 'fails:library', 'fails:bakery', 'fails:mill', 'fails:clinic'],
	);
});
