// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {createDcfMedium} from '../../../src/lab/medium/dcf/engine.ts';
import {dfsTimes} from '../../../src/lab/medium/dfs.ts';
import {createGraphMedium} from '../../../src/lab/medium/graph/graph-medium.ts';
import {namedScenario, scenarioNames} from '../../../src/lab/scenario/named.ts';
import {WorldLinks} from '../../../src/lab/world/gossip.ts';
import {World} from '../../../src/lab/world/world.ts';
import {chain, fastWorld, ring, wayOf} from './scenario-of.ts';

const kbps = (world: World, demand: string): number => {
	const index = world.demands.findIndex(({name}) => name === demand);
	return (world.read().flows[index]?.throughputBps ?? 0) / 1000;
};

test('world: every named scenario runs for a while in both engines where they are small', t => {
	for (const name of scenarioNames) {
		const scenario = namedScenario(name);
		if (scenario === undefined || name === 'town-day') continue;
		for (const create of [createGraphMedium, createDcfMedium]) {
			const world = new World(scenario, {seed: 1, create});
			world.advance(2);
			t.true(
				world.read().flows.some(({deliveredPackets}) => deliveredPackets > 0),
				name,
			);
		}
	}
});

test('world: what the scenario offers arrives, in either direction', t => {
	const world = fastWorld(chain(3));
	world.advance(60);
	t.true(Math.abs(kbps(world, 'down-n2') - 500) < 5, `${kbps(world, 'down-n2')}`);
	t.true(Math.abs(kbps(world, 'up-n2') - 100) < 1, `${kbps(world, 'up-n2')}`);
	t.deepEqual(wayOf(world, 'down-n2'), [0, 1, 2]);
});

test('world: the same seed gives the same to the last bit, another seed other luck', t => {
	const scenario = namedScenario('village');
	if (scenario === undefined) return t.fail();
	const play = (seed: number) => {
		const world = new World(scenario, {seed, create: createGraphMedium});
		world.advance(1800);
		return world.read().flows.map(({deliveredPackets}) => deliveredPackets);
	};
	t.deepEqual(play(1), play(1));
	t.notDeepEqual(play(1), play(2));
});

test('world: in steps or at once, time passes alike', t => {
	const scenario = {...chain(3), events: [{atS: 7, kind: 'node-fails' as const, node: 'n2'}]};
	const [once, steps] = [fastWorld(scenario, scenario.events), fastWorld(scenario, scenario.events)];
	once.advance(20);
	for (let i = 0; i < 20; i++) steps.advance(1);
	t.is(steps.nowS, once.nowS);
	const [a, b] = [once.read().flows, steps.read().flows];
	for (const [index, flow] of a.entries())
		t.true(Math.abs(flow.deliveredPackets - (b[index]?.deliveredPackets ?? -1)) < 1e-6 * (1 + flow.deliveredPackets));
});

test('world: a node that fails is gone at its moment, and ways lead around it until it is back', t => {
	const [, middle = -1] = wayOf(fastWorld(ring()), 'down-n2');
	const other = middle === 1 ? 3 : 1;
	const world = fastWorld(ring(), [
		{atS: 10, kind: 'node-fails', node: `n${middle}`},
		{atS: 30, kind: 'node-joins', node: `n${middle}`},
	]);
	world.advance(9);
	t.deepEqual(wayOf(world, 'down-n2'), [0, middle, 2]);
	world.advance(2);
	t.false(world.isUp(middle));
	t.deepEqual(wayOf(world, 'down-n2'), [0, other, 2]);
	t.deepEqual(wayOf(world, `down-n${middle}`), []);
	t.deepEqual(
		world.edges[0]?.map(({node}) => node),
		[other],
	);
	world.clear();
	world.advance(10);
	t.is(kbps(world, `down-n${middle}`), 0);
	t.true(kbps(world, 'down-n2') > 490);
	world.advance(10);
	t.true(world.isUp(middle));
	t.deepEqual(wayOf(world, `down-n${middle}`), [0, middle]);
});

test('world: a node joins when its scenario says so', t => {
	const base = chain(3);
	if (base.topology.kind !== 'measured') return t.fail();
	const nodes = base.topology.nodes.map(node => (node.name === 'n2' ? {...node, joinsAtS: 60} : node));
	const world = fastWorld({...base, topology: {...base.topology, nodes}});
	world.advance(59);
	t.false(world.isUp(2));
	t.deepEqual(wayOf(world, 'up-n2'), []);
	world.advance(2);
	t.deepEqual(wayOf(world, 'up-n2'), [2, 1, 0]);
});

test('world: after a power cut all come back at once', t => {
	const world = fastWorld(chain(4), [{atS: 5, kind: 'power-cut', nodes: ['n1', 'n3'], forS: 60}]);
	const up = (): boolean[] => world.nodes.map((_, node) => world.isUp(node));
	world.advance(6);
	t.deepEqual(up(), [true, false, true, false]);
	world.advance(58.9);
	t.deepEqual(up(), [true, false, true, false]);
	world.advance(0.2);
	t.deepEqual(up(), [true, true, true, true]);
});

test('world: a partition lets nothing through, and heals', t => {
	const world = fastWorld(chain(4), [{atS: 10, kind: 'partition', nodes: ['n2', 'n3'], forS: 20}]);
	world.advance(11);
	t.deepEqual(wayOf(world, 'down-n1'), [0, 1]);
	t.deepEqual(wayOf(world, 'down-n3'), []);
	t.deepEqual(
		world.edges[2]?.map(({node}) => node),
		[3],
	);
	world.advance(20);
	t.deepEqual(wayOf(world, 'down-n3'), [0, 1, 2, 3]);
});

test('world: of gossip so much is lost as the scenario says, besides what the air loses', t => {
	const world = fastWorld(chain(3), [{atS: 10, kind: 'gossip-loss', lossShare: 0.4}]);
	const links = new WorldLinks(world);
	const lossShare = (): number => links.hearings('n0', 5)[0]?.lossShare ?? -1;
	world.advance(5);
	const quiet = lossShare();
	t.true(quiet >= 0 && quiet < 0.1, `${quiet}`);
	t.deepEqual(
		links.hearings('n1', 5).map(({host}) => host),
		['n0', 'n2'],
	);
	world.advance(10);
	t.true(Math.abs(lossShare() - (1 - (1 - quiet) * 0.6)) < 0.02, `${lossShare()}`);
});

test('world: clocks differ by no more than the scenario allows, and step when told', t => {
	const world = fastWorld(chain(20, {clocks: {driftPpm: 20, offsetS: 2}}));
	const drifts = world.clocks.map(({driftPpm}) => driftPpm);
	t.true(drifts.every(ppm => Math.abs(ppm) <= 20));
	t.true(Math.max(...drifts) > 10 && Math.min(...drifts) < -10);
	t.true(world.clocks.every(({offsetMs}) => Math.abs(offsetMs) <= 2000));
	const before = world.clocks[3]?.offsetMs ?? 0;
	world.apply({atS: 0, kind: 'clock-step', node: 'n3', byS: -5});
	t.is(world.clocks[3]?.offsetMs, before - 5000);
});

test('world: demand grows by a factor, for all or for one node', t => {
	const world = fastWorld(chain(3));
	world.apply({atS: 0, kind: 'demand', factor: 2});
	world.apply({atS: 0, kind: 'demand', node: 'n1', factor: 0.5});
	world.advance(10);
	t.true(Math.abs(kbps(world, 'down-n2') - 1000) < 10, `${kbps(world, 'down-n2')}`);
	t.true(Math.abs(kbps(world, 'down-n1') - 500) < 5, `${kbps(world, 'down-n1')}`);
});

const radarMesh = chain(3, {radios: [{channelMhz: 5500}]});

test('world: a radar silences who hears it, for as long as a channel may not be used and is checked', t => {
	const world = fastWorld(radarMesh, [{atS: 10, kind: 'radar', channelMhz: 5500, nodes: ['n1']}]);
	const mayUse = (): boolean[] => world.radios.map(radio => world.maySend(radio));
	world.advance(9);
	t.deepEqual(mayUse(), [true, true, true]);
	world.advance(2);
	t.deepEqual(mayUse(), [true, false, true]);
	t.deepEqual(wayOf(world, 'down-n2'), []);
	world.advance(dfsTimes.nonOccupancyS - 10);
	t.deepEqual(mayUse(), [true, false, true], 'not occupied');
	world.advance(30);
	t.deepEqual(mayUse(), [true, false, true], 'in its check');
	world.advance(90);
	t.deepEqual(mayUse(), [true, true, true]);
	t.deepEqual(wayOf(world, 'down-n2'), [0, 1, 2]);
});

test('world: with a channel agreed before, radios leave for it and go on at once', t => {
	const world = fastWorld(radarMesh, [{atS: 10, kind: 'radar', channelMhz: 5500, fallbackMhz: 5180}]);
	world.advance(11);
	t.deepEqual(
		world.radios.map(({channelMhz}) => channelMhz),
		[5180, 5180, 5180],
	);
	t.deepEqual(wayOf(world, 'down-n2'), [0, 1, 2]);
});

test('world: a retune to a channel with radar is silent for its check', t => {
	const world = fastWorld(chain(2), [
		{atS: 10, kind: 'retune', node: 'n0', channelMhz: 5500},
		{atS: 10, kind: 'retune', node: 'n1', channelMhz: 5500},
	]);
	world.advance(11);
	t.deepEqual(wayOf(world, 'down-n1'), []);
	world.advance(60);
	t.deepEqual(wayOf(world, 'down-n1'), [0, 1]);
	t.throws(() => world.retune(0, 7, 5180), {instanceOf: RangeError});
});

test('world: an event that names nobody is an error that names it', t => {
	const world = fastWorld(chain(2));
	t.throws(() => world.apply({atS: 0, kind: 'node-fails', node: 'mill'}), {message: /mill/});
	t.throws(() => world.apply({atS: 0, kind: 'interferer-on', interferer: 'oven'}), {message: /oven/});
});
