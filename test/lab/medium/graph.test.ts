// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {everyoneHears, hiddenGrid} from '../../../src/lab/medium/arrangement.ts';
import {createDcfMedium} from '../../../src/lab/medium/dcf/engine.ts';
import {Shares} from '../../../src/lab/medium/graph/component.ts';
import {createGraphMedium, GraphMedium} from '../../../src/lab/medium/graph/graph-medium.ts';
import {independentSets, productForm} from '../../../src/lab/medium/graph/independent-sets.ts';
import type {CreateMedium, MediumSetup, MediumStatistics, RadioSetup} from '../../../src/lab/medium/medium.ts';
import {namedScenario} from '../../../src/lab/scenario/named.ts';
import type {Scenario} from '../../../src/lab/scenario/scenario.ts';
import {World} from '../../../src/lab/world/world.ts';

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const totalMbps = ({flows}: MediumStatistics): number => sum(flows.map(({throughputBps}) => throughputBps)) / 1e6;

function play(create: CreateMedium, setup: MediumSetup, seconds: number): MediumStatistics {
	const medium = create(setup, 1);
	medium.advance(1);
	medium.clear();
	medium.advance(seconds);
	return medium.read();
}

function playScenario(create: CreateMedium, scenario: Scenario, seconds: number): MediumStatistics {
	const world = new World(scenario, {seed: 1, create});
	world.advance(5);
	world.clear();
	world.advance(seconds);
	return world.read();
}

function steady(name: string): Scenario {
	const scenario = namedScenario(name);
	if (scenario === undefined) throw new RangeError(name);
	const {events: _, ...rest} = scenario;
	return rest;
}

/** Points in a square; who is near excludes each other. */
function geometric(vertices: number, neighbours: number, seed: number): number[][] {
	const random = seededRandom(seed);
	const points = Array.from({length: vertices}, () => [random(), random()] as const);
	const reach = Math.sqrt(neighbours / vertices / Math.PI);
	return points.map(([x, y], i) =>
		points.flatMap(([a, b], j) => (i !== j && Math.hypot(x - a, y - b) < reach ? [j] : [])),
	);
}

test('graph: shares of a large part are near those of all its independent sets', t => {
	for (const [neighbours, rho, seed, mostOfShare, mostOfTotal] of [
		[6, 1, 1, 0.004, 0.011],
		[16, 1, 2, 0.004, 0.011],
		[6, 10, 3, 0.024, 0.034],
		[16, 10, 4, 0.024, 0.034],
	] as const) {
		const conflicts = geometric(40, neighbours, seed);
		const intensity = new Float64Array(conflicts.length).fill(rho);
		const sets = independentSets(conflicts, 5e6);
		if (sets === undefined) return t.fail('too many sets');
		const exact = productForm(sets, intensity);
		const ours = new Shares(conflicts, 1).solve(intensity);
		const error = sum(exact.map((share, i) => Math.abs(share - (ours[i] ?? 0)))) / exact.length;
		t.true(error < mostOfShare, `${neighbours} neighbours, ρ ${rho}: mean error ${error}`);
		t.true(Math.abs(sum(ours) / sum(exact) - 1) < mostOfTotal, `${sum(ours)} ${sum(exact)}`);
	}
});

test('graph: stations that hear each other get what the packet engine gives them', t => {
	for (const [stations, tolerance] of [
		[2, 0.03],
		[5, 0.02],
		[10, 0.03],
		[20, 0.05],
	] as const) {
		const setup = everyoneHears(stations, 'a', 'ofdm-54', 'none');
		const [fast, exact] = [totalMbps(play(createGraphMedium, setup, 10)), totalMbps(play(createDcfMedium, setup, 5))];
		t.true(Math.abs(fast / exact - 1) < tolerance, `${stations}: ${fast} ${exact}`);
	}
});

test('graph: below what the air can carry flows get what they offer, hidden senders or not', t => {
	const setup = hiddenGrid(5, 'ofdm-12', 1500, {kind: 'poisson', bitsPerSecond: 200_000});
	for (const {throughputBps} of play(createGraphMedium, setup, 60).flows)
		t.true(Math.abs(throughputBps / 200_000 - 1) < 0.01, `${throughputBps}`);
});

test('graph: the village is as the packet engine has it', t => {
	const scenario = steady('village');
	const [fast, exact] = [playScenario(createGraphMedium, scenario, 60), playScenario(createDcfMedium, scenario, 20)];
	t.true(Math.abs(totalMbps(fast) / totalMbps(exact) - 1) < 0.03, `${totalMbps(fast)} ${totalMbps(exact)}`);
	for (const [index, radio] of fast.radios.entries()) {
		const other = exact.radios[index];
		const free = radio.idleUs / 60e6;
		const freeExactly = (other?.idleUs ?? 0) / 20e6;
		t.true(Math.abs(free - freeExactly) < 0.2, `radio ${index}: ${free} ${freeExactly}`);
	}
});

test('graph: under an interferer that never pauses links go on at lower rates, or not at all', t => {
	const scenario = steady('village');
	const interferers = (scenario.interferers ?? []).map(one => ({...one, on: true}));
	const disturbed = {...scenario, interferers};
	const [fast, exact] = [playScenario(createGraphMedium, disturbed, 60), playScenario(createDcfMedium, disturbed, 30)];
	t.true(totalMbps(fast) > 0.3 && totalMbps(fast) < 2, `${totalMbps(fast)}`);
	t.true(Math.abs(totalMbps(fast) / totalMbps(exact) - 1) < 0.4, `${totalMbps(fast)} ${totalMbps(exact)}`);
	const calm = playScenario(createGraphMedium, scenario, 60);
	const rates = ({links}: MediumStatistics): number => sum(links.map(link => link.meanRateKbps)) / links.length;
	t.true(rates(fast) < 0.6 * rates(calm), `${rates(fast)} ${rates(calm)}`);
});

test('graph: an overloaded mesh comes to rest: a later hour is as the one before', t => {
	const scenario: Scenario = {
		name: 'full',
		about: 'more than fits',
		durationS: 7200,
		topology: {kind: 'random', nodes: 60, sideM: 980, gateways: 3},
		radios: [{channelMhz: 5180}],
		traffic: [{kind: 'gateways', kbps: 500}],
	};
	const world = new World(scenario, {seed: 1, create: createGraphMedium});
	const hour = (): number => {
		world.clear();
		world.advance(3600);
		return totalMbps(world.read());
	};
	const before = hour();
	// Nothing changes, but all is worked out again.
	world.apply({atS: 0, kind: 'demand', factor: 1});
	const after = hour();
	t.true(Math.abs(after / before - 1) < 0.1, `${before} ${after}`);
});

test('graph: a radio’s time adds up to the time that passed, and goes on in steps as at once', t => {
	const setup = hiddenGrid(4, 'ofdm-12');
	const [once, steps] = [createGraphMedium(setup, 1), createGraphMedium(setup, 1)];
	once.advance(10);
	for (let i = 0; i < 100; i++) steps.advance(0.1);
	for (const [index, radio] of once.read().radios.entries()) {
		const {transmitUs, receiveUs, busyUs, idleUs} = radio;
		t.true(Math.abs(transmitUs + receiveUs + busyUs + idleUs - 10e6) < 1);
		t.true(Math.abs((steps.read().radios[index]?.transmitUs ?? 0) - transmitUs) < 1);
	}
});

test('graph: attempts are deliveries and losses', t => {
	for (const link of play(createGraphMedium, hiddenGrid(4, 'ofdm-12'), 10).links) {
		const {attempts, delivered, collisionLosses, hiddenLosses, deafLosses, interfererLosses, noiseLosses} = link;
		const all = delivered + collisionLosses + hiddenLosses + deafLosses + interfererLosses + noiseLosses;
		t.true(Math.abs(all / attempts - 1) < 1e-6, `${all} ${attempts}`);
	}
});

test('graph: other rates of the same flows give what a new medium gives', t => {
	const at = (bitsPerSecond: number): MediumSetup => hiddenGrid(4, 'ofdm-12', 1500, {kind: 'poisson', bitsPerSecond});
	const low = at(50_000);
	const high: MediumSetup = {
		...low,
		flows: low.flows.map((flow, i) => ({...flow, traffic: at(300_000).flows[i]?.traffic ?? flow.traffic})),
	};
	const changed = new GraphMedium(low, 1);
	changed.advance(10);
	changed.change(high);
	changed.clear();
	changed.advance(10);
	t.true(Math.abs(totalMbps(changed.read()) / totalMbps(play(createGraphMedium, high, 10)) - 1) < 0.02);
});

test('graph: a radio that is off neither sends nor is heard', t => {
	const setup = everyoneHears(3, 'a', 'ofdm-24', 'none');
	const off = (radio: RadioSetup): RadioSetup => (radio.node === 2 ? {...radio, active: false} : radio);
	const {flows, radios} = play(createGraphMedium, {...setup, radios: setup.radios.map(off)}, 5);
	t.is(flows[2]?.deliveredPackets, 0);
	t.is(radios[2]?.transmitUs, 0);
	t.is(flows[1]?.deliveredPackets, 0, 'it sends to the one that is off');
	t.true((flows[0]?.throughputBps ?? 0) > 5e6);
});
