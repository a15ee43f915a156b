// SPDX-License-Identifier: Apache-2.0
/** A mesh of routers with the real agent on a real kernel, for `npm start -- --kernel`. */
import {startAgents, startTraffic} from './agents.ts';
import type {MachineName} from './machine.ts';
import {startMesh} from './mesh.ts';
import type {Topology} from './topology/topology.ts';

export interface KernelBenchOptions {
	/** A topology or the name of one in qemu/topology; six routers unless told. */
	topology?: Topology | string;
	/** The agent for this machine's own architecture (build/x86_64/astral-mesh). */
	agentBinary: string;
	/** Port of the collector's MQTT listener on this host. */
	brokerPort: number;
	/** Seconds between two reports. */
	intervalS?: number;
	/** Told what happens, a sentence each. */
	onLine?: (line: string) => void;
}

export interface KernelBench {
	/** The routers' names, which are the nodes' names at the collector. */
	readonly routers: string[];
	/** Ends when the guest does, wanted or not. */
	readonly ended: Promise<void>;
	stop(): Promise<void>;
}

const machineName: MachineName = 'uml';
const yearS = 365 * 24 * 3600;

/** Boots the routers and returns when their agents run. The kernel is built on first use, which takes minutes. */
export async function startKernelBench(options: KernelBenchOptions): Promise<KernelBench> {
	const say = options.onLine ?? (() => undefined);
	const mesh = await startMesh(machineName, options.topology ?? 'street6', {
		uplink: true,
		memoryMb: 320,
		limitS: yearS,
	});
	try {
		const routers = mesh.topology.routers.map(router => router.name);
		say(`${routers.length} routers run on ${(await mesh.guest.check('uname -sr')).trim()}, and their mesh is complete`);
		await startAgents(mesh, options);
		await startTraffic(mesh, 20, 1200);
		say(`the agents report as ${routers.join(', ')}`);
		let stopping = false;
		void mesh.guest.ended.then(() => {
			if (!stopping) say(`the routers' kernel ended by itself; its last words:\n${mesh.guest.console}`);
		});
		const stop = () => {
			stopping = true;
			return mesh.stop();
		};
		return {routers, ended: mesh.guest.ended, stop};
	} catch (error) {
		await mesh.stop();
		throw error;
	}
}
