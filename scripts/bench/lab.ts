// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {everyoneHears, hiddenGrid} from '../../src/lab/medium/arrangement.ts';
import {createDcfMedium} from '../../src/lab/medium/dcf/engine.ts';
import {createGraphMedium} from '../../src/lab/medium/graph/graph-medium.ts';
import type {MediumSetup} from '../../src/lab/medium/medium.ts';
import {namedScenario} from '../../src/lab/scenario/named.ts';
import {World} from '../../src/lab/world/world.ts';
import {costOf, processorMs, sizes} from './lab/doubling.ts';
import {runPeer} from './lab/peer.ts';
import type {Row} from './row.ts';

export const name = 'lab';
export const about = 'speed of the simulator beside ns-3 (Debian), a thousand nodes for a day, memory, growth';

const WARM_UP_S = 1;
const OURS_S = 200;
const THEIRS_S = 10;
const RUNS = [1, 2, 3];
const DAY_S = 86_400;

interface Duel {
	readonly what: string;
	readonly setup: MediumSetup;
	readonly words: readonly string[];
}

// After a collision ns-3's stations wait DIFS: they could not read the header, and it waits EIFS only for a frame whose
// header it read. 'none' is that rule.
const grid = hiddenGrid(5, 'ofdm-54');
const duels: readonly Duel[] = [
	{
		what: '10 saturated stations',
		setup: everyoneHears(10, 'a', 'ofdm-54', 'none'),
		words: ['saturated', '--stations=10', '--interval=2000'],
	},
	{
		what: '5 × 5 hidden grid',
		setup: {...grid, radios: grid.radios.map(radio => ({...radio, extendedSpace: 'none'}))},
		words: ['grid', '--side=5', '--interval=500'],
	},
	{
		what: '10 stations at -76 dBm',
		setup: faint(everyoneHears(10, 'a', 'ofdm-12', 'none'), -76),
		words: ['saturated', '--stations=10', '--interval=1000', '--rss=-76', '--mode=OfdmRate12Mbps'],
	},
];

function faint(setup: MediumSetup, dbm: number): MediumSetup {
	return {
		...setup,
		radios: setup.radios.map(radio => ({...radio, retryLimit: 7})),
		couplings: {...setup.couplings, receivedDbm: setup.couplings.receivedDbm.map(() => dbm)},
	};
}

export async function run(report: (row: Row) => void): Promise<void> {
	for (const {what, setup, words} of duels) {
		const ours = playOurs(setup);
		const theirs = await playTheirs(words);
		const row = {bench: name, unit: 'virtual s a second'};
		report({
			...row,
			metric: `${what}, beside ns-3`,
			value: ours.pace,
			baseline: theirs.pace,
			ratio: ours.pace / theirs.pace,
		});
		report({
			...row,
			metric: `${what}, throughput beside ns-3`,
			unit: 'Mbit/s',
			value: ours.mbps,
			baseline: theirs.mbps,
			ratio: ours.mbps / theirs.mbps,
		});
	}
	const town = playTown();
	const day = {bench: name, metric: '1,000 nodes for 24 hours, fast engine'};
	report({...day, value: town.seconds, unit: 's'});
	report({...day, value: town.processorSeconds, unit: 's of a processor'});
	for (const engine of ['packet', 'fast'] as const) {
		const metric = `memory a node of 1,000, ${engine} engine`;
		report({bench: name, metric, value: await kilobytesANode(engine), unit: 'kB'});
	}
	for (const nodes of sizes) {
		const {packetMs, fastMs, worldMs} = costOf(nodes);
		const row = {bench: name, unit: 'ms'};
		report({...row, metric: `${nodes} nodes: a second of packets`, value: packetMs});
		report({...row, metric: `${nodes} nodes: the fast engine's first hour`, value: fastMs});
		report({...row, metric: `${nodes} nodes: of that, who hears whom`, value: worldMs});
	}
}

function playOurs(setup: MediumSetup): {pace: number; mbps: number} {
	const medium = createDcfMedium(setup, 1);
	medium.advance(WARM_UP_S);
	medium.clear();
	const started = performance.now();
	medium.advance(OURS_S);
	const seconds = (performance.now() - started) / 1000;
	const mbps = medium.read().flows.reduce((sum, {throughputBps}) => sum + throughputBps / 1e6, 0);
	return {pace: OURS_S / seconds, mbps};
}

async function playTheirs(words: readonly string[]): Promise<{pace: number; mbps: number}> {
	let [virtualS, realS, mbps] = [0, 0, 0];
	for (const run of RUNS) {
		const result = await runPeer([...words, `--seconds=${THEIRS_S}`, `--warmup=${WARM_UP_S}`, `--run=${run}`]);
		virtualS += result.virtualSeconds;
		realS += result.realSeconds;
		mbps += result.flowsMbps.reduce((sum, one) => sum + one, 0) / RUNS.length;
	}
	return {pace: virtualS / realS, mbps};
}

/** What the named scenario takes, from nothing to midnight. */
function playTown(): {seconds: number; processorSeconds: number} {
	const scenario = namedScenario('town-day');
	if (scenario === undefined) throw new RangeError("there is no scenario 'town-day'");
	const [started, before] = [performance.now(), processorMs()];
	const world = new World(scenario, {seed: 1, create: createGraphMedium});
	world.advance(DAY_S);
	return {seconds: (performance.now() - started) / 1000, processorSeconds: (processorMs() - before) / 1000};
}

/** Kilobytes a node of a mesh that has run for a while: landscape, ways, engine and all. */
async function kilobytesANode(engine: 'packet' | 'fast'): Promise<number> {
	const script = fileURLToPath(new URL('./lab/memory.ts', import.meta.url));
	const words = ['--expose-gc', '--import=tsx', script, engine, '1000'];
	const {stdout} = await promisify(execFile)(process.execPath, words);
	const {bytes, nodes} = JSON.parse(stdout) as {bytes: number; nodes: number};
	return bytes / 1000 / nodes;
}
