// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {channelInstance, isFeasible, potentialOf, radiosOf} from '../../../src/lab/baseline/channel/instance.ts';
import {channelMethods, channelRow} from '../../../src/lab/baseline/channel/methods.ts';
import {generate} from '../../../src/lab/topology/generate.ts';
import {openTopology} from '../../../src/lab/topology/open.ts';
import type {Topology} from '../../../src/lab/topology/topology.ts';
import {solveMilp} from '../../../src/main/milp.ts';
import {memoryIo} from '../memory-io.ts';

const own = (name: string): Topology => openTopology(name, 1, memoryIo());
const methodOf = (name: string) => {
	const method = channelMethods.find(each => each.name === name);
	if (method === undefined) throw new Error(`there is no method ${name}`);
	return method;
};

async function fractionsOf(topology: Topology, name: string, radios: number, seeds: number): Promise<number[]> {
	const instance = channelInstance(topology, 8, radios);
	const fractions: number[] = [];
	for (let seed = 1; seed <= seeds; seed++) {
		const answer = await methodOf(name).run(instance, seededRandom(seed));
		if (answer === undefined) throw new Error(`${name} does not apply`);
		fractions.push(potentialOf(instance, answer.assignment) / instance.pairs);
	}
	return fractions;
}

test('conflicts: two links conflict when ends of theirs are less than two hops apart', t => {
	// In a chain of five links a link conflicts with the next two on either side.
	const chain = generate('chain:6', 1) as Topology;
	t.is(channelInstance(chain, 8, 2).pairs, 4 + 3);
	t.is(channelInstance(own('freifunk-altdorf'), 8, 2).pairs, 275);
});

/** The reference figures of the same topologies with K = 8: all nodes on the same channels, MICA's greedy, the best found. */
const references: readonly (readonly [name: string, radios: number, same: number, greedy: number, best: number])[] = [
	['freifunk-altdorf', 2, 0.498, 0.353, 0.24],
	['freifunk-aachen', 2, 0.506, 0.329, 0.25],
	['freifunk-aachen', 3, 0.33, 0.157, 0.092],
	['freifunk-bremen', 2, 0.506, 0.37, 0.269],
	['ninux', 2, 0.496, 0.222, 0.177],
];
/** Ties in the greedy algorithm are drawn; the reference is one order of them. */
const SEEDS = 12;
for (const [name, radios, same, greedy, best] of references)
	test(`baselines: ${name} with ${radios} radios reproduces the reference figures within the spread of the seeds`, async t => {
		t.timeout(120_000);
		const topology = own(name);
		const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
		const drawn = await fractionsOf(topology, 'same', radios, SEEDS);
		t.true(Math.abs(mean(drawn) - same) < 0.03, `same: ${mean(drawn)}`);
		const steps = await fractionsOf(topology, 'greedy', radios, SEEDS);
		t.true(
			greedy > Math.min(...steps) - 0.035 && greedy < Math.max(...steps) + 0.035,
			`greedy: ${Math.min(...steps)} to ${Math.max(...steps)}`,
		);
		t.true(mean(steps) < same);
		const [found = 1] = await fractionsOf(topology, 'best', radios, 1);
		t.true(found <= best * 1.03, `best: ${found}`);
	});

test('baselines: what each says is an assignment that the radios can do', async t => {
	const instance = channelInstance(own('freifunk-altdorf'), 8, 2);
	for (const method of channelMethods) {
		if (method.name === 'exact') continue;
		const answer = await method.run(instance, seededRandom(5));
		if (answer === undefined) return t.fail(method.name);
		const row = channelRow(instance, method.name, answer, 0);
		t.true(
			radiosOf(instance, answer.assignment).every(set => set.size <= 2),
			method.name,
		);
		t.is(row.phi, Math.round(row.conflictFraction * instance.pairs), method.name);
		if (method.name === 'random' || method.name === 'acs') t.true(row.lostLinks > 0, 'who chooses alone loses links');
		else t.true(isFeasible(instance, answer.assignment), method.name);
	}
	return undefined;
});

test('exact: Altdorf with three channels has its optimum at 72 of 275 conflicts, and searching finds it', async t => {
	t.timeout(300_000);
	const instance = channelInstance(own('freifunk-altdorf'), 3, 2);
	const exact = await methodOf('exact').run(instance, seededRandom(1), solveMilp);
	if (exact === undefined) return t.fail();
	t.true(exact.optimal);
	t.is(potentialOf(instance, exact.assignment), 72);
	const best = await methodOf('best').run(instance, seededRandom(1));
	return t.is(best === undefined ? 0 : potentialOf(instance, best.assignment), 72);
});

test('exact: it does not apply to large meshes, nor without a solver', async t => {
	t.is(await methodOf('exact').run(channelInstance(own('ninux'), 8, 2), seededRandom(1), solveMilp), undefined);
	t.is(await methodOf('exact').run(channelInstance(own('freifunk-altdorf'), 3, 2), seededRandom(1)), undefined);
});

test('baselines: one channel, one radio and one link are no special cases', async t => {
	for (const [shape, channels, radios] of [
		['chain:2', 8, 2],
		['ring:5', 1, 1],
		['star:6', 2, 1],
	] as const) {
		const instance = channelInstance(generate(shape, 1) as Topology, channels, radios);
		for (const name of ['single', 'same', 'random', 'acs', 'greedy', 'best']) {
			const answer = await methodOf(name).run(instance, seededRandom(3));
			t.is(answer?.assignment.length, instance.links, `${name} on ${shape}`);
		}
	}
});
