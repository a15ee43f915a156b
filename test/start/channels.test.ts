// SPDX-License-Identifier: Apache-2.0
import {setImmediate as nextTurn} from 'node:timers/promises';
import test from 'ava';
import {LabMesh} from '../../scripts/start/lab-mesh.ts';
import {namedScenario} from '../../src/lab/scenario/named.ts';
import {WorldLinks} from '../../src/lab/world/gossip.ts';
import type {World} from '../../src/lab/world/world.ts';
import {getJson, testCollector, until} from '../helper/collector.ts';

// What `npm start` starts, in virtual time: the agents decide, the simulated kernels move, and so does the world's air.

const HISTORY_S = 600;
const STEP_MS = 250;

const channelsOf = ({radios, nodes}: World): number[] =>
	radios.flatMap(({node, number, channelMhz}) => (nodes[node]?.radios[number]?.isAccess ? [] : [channelMhz]));

/** Nodes from which no gateway is to be reached. */
function cutOff(world: World): number[] {
	const reached = new Set(world.nodes.flatMap(({isGateway}, node) => (isGateway ? [node] : [])));
	for (const node of reached) for (const edge of world.edges[node] ?? []) reached.add(edge.node);
	return world.nodes.flatMap((_, node) => (reached.has(node) ? [] : [node]));
}

async function startMesh(mqttPort: number, participation: 'active' | 'observe') {
	const scenario = namedScenario('interferer-appears');
	if (scenario === undefined) throw new RangeError('there is no such scenario');
	const said: string[] = [];
	const mesh = new LabMesh({
		...{scenario, mqttPort, participation, intervalS: 5, historyS: HISTORY_S, seed: 1},
		onAgentLog: (router, _, text) => said.push(`${router}: ${text}`),
	});
	await mesh.start();
	/** Time passes ahead of the present, so that nothing else moves it; the longest that a node was cut off, in ms. */
	const pass = async (seconds: number): Promise<number> => {
		const sinceMs = new Map<number, number>();
		let longestMs = 0;
		for (let passedMs = 0; passedMs < seconds * 1000; passedMs += STEP_MS) {
			mesh.pass(STEP_MS);
			await nextTurn();
			const lost = new Set(cutOff(mesh.world));
			for (const node of mesh.world.nodes.keys())
				sinceMs.set(node, lost.has(node) ? (sinceMs.get(node) ?? 0) + STEP_MS : 0);
			longestMs = Math.max(longestMs, ...sinceMs.values());
		}
		return longestMs;
	};
	return {mesh, said, pass};
}

const lostOf = ({portrait}: LabMesh): number => {
	const used = portrait.links.filter(({carriedKbps}) => carriedKbps >= 1);
	return used.reduce((sum, {lostShare}) => sum + lostShare, 0) / Math.max(1, used.length);
};

test('channels: when a video sender appears all leave its channel, nobody is cut off, and the collector knows why', async t => {
	t.timeout(240_000);
	const {httpUrl, mqttPort} = await testCollector(t, {limits: {packetsPerSecond: 1e6, bytesPerSecond: 1e9}});
	const {mesh, pass} = await startMesh(mqttPort, 'active');
	t.teardown(() => mesh.stop());
	await pass(60);
	t.true(
		channelsOf(mesh.world).every(mhz => mhz === 5180),
		'as long as all is well all stay',
	);
	const calm = lostOf(mesh);
	mesh.bringAbout('interferer:video');
	await pass(20);
	t.true(lostOf(mesh) > 0.5, `${calm} was lost before, ${lostOf(mesh)} since`);
	const longestMs = await pass(400);
	const [first, ...others] = channelsOf(mesh.world);
	t.not(first, 5180);
	t.true(
		others.every(mhz => mhz === first),
		channelsOf(mesh.world).join(' '),
	);
	t.true(longestMs <= 3000, `cut off for ${longestMs} ms`);
	t.true(lostOf(mesh) < calm + 0.1, `${calm} was lost before, ${lostOf(mesh)} in the end`);
	const told = async (): Promise<string[]> => {
		const {decisions} = await getJson<{decisions: {text: string}[]}>(`${httpUrl}/api/v1/decisions?node=mill`);
		return decisions.map(({text}) => text);
	};
	await until('the collector is told', async () => (await told()).some(text => text.startsWith('arrived on')));
	t.true((await told()).some(text => text.startsWith(`goes to ${first} MHz. From 5180 MHz`)));
});

test('channels: who only observes stays, and says what it would do', async t => {
	t.timeout(240_000);
	const {mqttPort} = await testCollector(t, {limits: {packetsPerSecond: 1e6, bytesPerSecond: 1e9}});
	const {mesh, said, pass} = await startMesh(mqttPort, 'observe');
	t.teardown(() => mesh.stop());
	mesh.bringAbout('interferer:video');
	await pass(400);
	t.true(channelsOf(mesh.world).every(mhz => mhz === 5180));
	t.true(said.some(line => line.startsWith('mill: phy0 would go to')));
});

test('channels: routers on different channels do not hear each other', async t => {
	t.timeout(240_000);
	const {mqttPort} = await testCollector(t, {limits: {packetsPerSecond: 1e6, bytesPerSecond: 1e9}});
	const {mesh, pass} = await startMesh(mqttPort, 'observe');
	t.teardown(() => mesh.stop());
	const mill = mesh.world.nodes.findIndex(({name}) => name === 'mill');
	const index = mesh.world.nodes[mill]?.radios[0]?.interfaceIndex ?? 0;
	mesh.world.retune(mill, 0, 5240);
	t.deepEqual(cutOff(mesh.world), [mill]);
	t.deepEqual(new WorldLinks(mesh.world).hearings('mill', index), []);
	t.true((await pass(5)) >= 5000);
	mesh.world.retune(mill, 0, 5180);
	t.true(new WorldLinks(mesh.world).hearings('mill', index).length >= 3);
	t.is(await pass(5), 0);
});
