// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {startAgents} from '../../../qemu/agents.ts';
import {type Mesh, startMesh} from '../../../qemu/mesh.ts';
import type {Topology} from '../../../qemu/topology/topology.ts';
import {startCollector} from '../../../src/noc/collector.ts';
import {buildBinary} from '../../build/binary.ts';
import {compileC, machineFlags} from '../../build/compiler.ts';
import {targetOf} from '../../build/targets.ts';

// A router with three radios and twelve mesh peers on big-endian MIPS, its agent reporting every second to a collector
// on the host. The machine's clock counts instructions; how long one is, the guest's kernel guesses when it boots, so a
// yardstick measures it. The same router on User-Mode Linux is x86_64, where no instructions are counted.

export const ROUTER = 'router';
const CHANNELS_MHZ = [2412, 5180, 5220];
const PEERS_A_CHANNEL = 4;
const MESH_KEY = '000102030405060708090a0b0c0d0e0f';
/** Peers report so rarely that they only talk to each other. */
const PEERS_INTERVAL_S = 3600;
/** All have heard each other, and their plans are made. */
const ACQUAINTED_MS = 90_000;
const archOf = {malta: 'mips_24kc', uml: 'x86_64'} as const;

/** Rare beacons: those of twelve peers at the usual rate keep the emulator busy, and their interrupts are charged to whom they meet. */
const BEACON_INTERVAL_TU = 1000;

function topology(): Topology {
	const peers = CHANNELS_MHZ.flatMap((mhz, channel) =>
		Array.from({length: PEERS_A_CHANNEL}, (_, peer) => ({name: `peer${channel}${peer}`, radios: [{mhz}]})),
	);
	return {
		name: 'busy-router',
		beaconIntervalTu: BEACON_INTERVAL_TU,
		routers: [{name: ROUTER, radios: CHANNELS_MHZ.map(mhz => ({mhz}))}, ...peers],
		links: peers.map(({name}) => ({from: ROUTER, to: name, signalDbm: -60})),
		channels: CHANNELS_MHZ.map(mhz => ({mhz, busyShare: 0.2, noiseDbm: -94})),
	};
}

export interface BusyRouter {
	readonly mesh: Mesh;
	/** Waits until the collector has this many more reports, and says how many it has. */
	reports(more: number): Promise<number>;
	/** Nanoseconds of the guest's clocks that one instruction takes. Absent: 0 where none are counted. */
	readonly nsPerInstruction: number;
	/** A file of /proc about the agent's process. */
	processFile(name: string): Promise<string>;
	stop(): Promise<void>;
}

export interface BusyRouterOptions {
	readonly machine?: 'malta' | 'uml';
	/**
	 * A key of the mesh is set, here and in its peers that run the agent too: they talk, agree and plan, as observers. For
	 * User-Mode Linux: the emulated processor, which all share, has not the time for several engines.
	 */
	readonly hasEngine?: boolean;
	/** The part that reads routing protocols is loaded: the bench's kernels have batman-adv in them. */
	readonly hasRouting?: boolean;
}

export async function startBusyRouter({
	machine = 'malta',
	hasEngine = false,
	hasRouting = false,
}: BusyRouterOptions = {}): Promise<BusyRouter> {
	const agent = await buildBinary({arch: archOf[machine], entry: 'src/main/agent.ts', name: 'astral-mesh'});
	const dataFolder = await mkdtemp(join(tmpdir(), 'mesh-noc-bench-'));
	const collector = await startCollector({dataFolder, mqtt: {host: '127.0.0.1', port: 0}, roll: 'never'});
	const isCounted = machine === 'malta';
	const mesh = await startMesh(machine, topology(), {uplink: true, countInstructions: isCounted, limitS: 2400});
	const only = {...mesh, topology: {...mesh.topology, routers: mesh.topology.routers.slice(0, 1)}};
	const engine = hasEngine ? {meshKeys: MESH_KEY, engineFile: `/tmp/epoch-${ROUTER}`} : {};
	const more = {routing: hasRouting ? 'auto' : 'off', ...engine};
	await startAgents(only, {agentBinary: agent.path, brokerPort: collector.mqttPort, intervalS: 1, more});
	if (hasEngine) await startPeers(mesh);
	const samples = async (): Promise<number> => {
		const answer = (await (await fetch(`${collector.httpUrl}/api/v1/nodes`)).json()) as {
			nodes: {node: string; counts: {samples: number}}[];
		};
		return answer.nodes.find(({node}) => node === ROUTER)?.counts.samples ?? 0;
	};
	return {
		mesh,
		nsPerInstruction: isCounted ? await measureInstruction(mesh) : 0,
		async reports(more) {
			const wanted = (await samples()) + more;
			for (;;) {
				const now = await samples();
				if (now >= wanted) return now;
				await new Promise(resolve => setTimeout(resolve, 50));
			}
		},
		processFile: name => mesh.guest.check(`cat /proc/$(cat /tmp/agent-${ROUTER}.pid)/${name}`),
		async stop() {
			await mesh.stop();
			await collector.stop();
			await rm(dataFolder, {recursive: true, force: true});
		},
	};
}

/** The agent in every peer, without a collector; returns when they know each other. */
async function startPeers(mesh: Mesh): Promise<void> {
	const peers = mesh.topology.routers.slice(1);
	const lines = peers.map(({name}) => {
		const settings = {node: name, meshKeys: MESH_KEY, intervalS: PEERS_INTERVAL_S, engineFile: `/tmp/epoch-${name}`};
		const words = Object.entries(settings).map(([option, value]) => `--set ${option}=${value}`);
		return `ip netns exec ${name} /tmp/astral-mesh ${words.join(' ')} >/host/agent-${name}.log 2>&1 </dev/null &`;
	});
	await mesh.guest.check(lines.join('\n'));
	await mesh.guest.check(`sleep ${ACQUAINTED_MS / 1000}`);
}

/** Nanoseconds of the guest's clock that one instruction takes. */
export async function measureInstruction(mesh: Mesh): Promise<number> {
	const source = join(import.meta.dirname, 'yardstick.c');
	const target = targetOf('mips_24kc');
	await compileC(target, [
		...machineFlags(target),
		'-O1',
		'-static',
		source,
		'-o',
		join(mesh.guest.share, 'yardstick'),
	]);
	return Number(await mesh.guest.check('cp /host/yardstick /tmp && chmod 755 /tmp/yardstick && /tmp/yardstick')) / 1000;
}
