// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {buildBinary} from '../../scripts/build/binary.ts';
import {startCollector} from '../../src/noc/collector.ts';
import type {MachineName} from '../machine.ts';
import {startMesh} from '../mesh.ts';
import {
	type AskCollector,
	assertAgreement,
	type CollectedSeries,
	comparedNames,
	compareWithTools,
} from './collector-agrees.ts';

const architectures: Record<MachineName, string> = {uml: 'x86_64', malta: 'mips_24kc', tcg: 'x86_64'};

/** What a machine's programs are built for. */
export function agentBinaryArchitecture(name: MachineName): string {
	return architectures[name];
}

/** Builds the agent as `npm run build` does, and returns the binary for a machine's architecture. */
export async function agentBinary(name: MachineName): Promise<string> {
	const {path} = await buildBinary({arch: architectures[name], entry: 'src/main/agent.ts', name: 'astral-mesh'});
	return path;
}

const alwaysMoving = [
	'station.receiveBytes',
	'station.transmitBytes',
	'station.receivePackets',
	'station.transmitPackets',
	'interface.receiveBytes',
	'interface.transmitBytes',
	'interface.receivePackets',
	'interface.transmitPackets',
];
const notInStock = ['channel.receiveMs', 'channel.transmitMs'];
/** What grows in a survey of the lab's medium. */
export const airTime = ['channel.activeMs', 'channel.busyMs', 'channel.receiveMs', 'channel.transmitMs'];

export interface AgentCase {
	machine: MachineName;
	topology: string;
	/** Rounds of the tools, about a second each. */
	rounds: number;
	/** Values per series that must have been compared. */
	least: number;
	/** Series that must have grown meanwhile, besides those of stations and interfaces. */
	moving: string[];
	/** Stock hwsim has a survey only of what it scanned, without receive and transmit time. */
	stockSurvey?: boolean;
}

/** Boots a mesh with an agent in each router and a collector here, and holds them against `iw` and `ip`. */
export async function agentAgreesWithTools(t: ExecutionContext, one: AgentCase): Promise<void> {
	const binary = await agentBinary(one.machine);
	const dataFolder = await mkdtemp(join(tmpdir(), 'mesh-noc-collector-'));
	const collector = await startCollector({dataFolder, mqtt: {host: '127.0.0.1', port: 0}, roll: 'never'});
	const ask: AskCollector = async (node, names, fromMs, toMs, stepMs) => {
		const query = new URLSearchParams({
			node,
			name: names.join(','),
			from: String(fromMs),
			to: String(toMs),
			step: String(stepMs),
		});
		const response = await fetch(`${collector.httpUrl}/api/v1/series?${query}`);
		if (!response.ok) throw new Error(`the collector answered ${response.status}: ${await response.text()}`);
		return (await response.json()) as {fromMs: number; series: CollectedSeries[]};
	};
	const mesh = await startMesh(one.machine, one.topology, {uplink: true});
	try {
		const stock = one.stockSurvey === true;
		if (stock) for (const {name} of mesh.topology.routers) await mesh.inRouter(name, 'iw dev mesh0 scan >/dev/null');
		const agents = {agentBinary: binary, brokerPort: collector.mqttPort, intervalS: 1};
		const result = await compareWithTools(mesh, agents, ask, one.rounds);
		const expected = comparedNames.filter(name => !stock || !notInStock.includes(name));
		assertAgreement(t, result, expected, [...alwaysMoving, ...one.moving], one.least);
	} catch (error) {
		for (const {name} of mesh.topology.routers)
			t.log(await readFile(join(mesh.guest.share, `agent-${name}.log`), 'utf8').catch(() => `${name}: no log`));
		throw error;
	} finally {
		await mesh.stop();
		await collector.stop();
		await rm(dataFolder, {recursive: true, force: true});
	}
}
