// SPDX-License-Identifier: Apache-2.0
/** A mesh that runs in a bench: its machine, its guest, and commands inside its routers. */
import type {Guest} from './guest.ts';
import {type MachineName, type MachineOptions, machine} from './machine.ts';
import {awaitMeshScript, hostAddress, meshAddress, setupScript, uplinkScript} from './topology/setup.ts';
import {loadTopology, type Topology} from './topology/topology.ts';

/** How long a mesh may take to form, in the guest's seconds. */
const formLimitS = 60;

export interface Mesh {
	readonly machine: MachineName;
	readonly topology: Topology;
	readonly guest: Guest;
	/** Runs a shell command line inside a router; it must succeed. */
	inRouter(router: string, command: string): Promise<string>;
	/** A router's address on the mesh. */
	address(router: string): string;
	stop(): Promise<void>;
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Boots a machine and makes a topology in it; returns when all peers have found each other. */
export async function startMesh(
	name: MachineName,
	topologyOrName: Topology | string,
	options: Omit<MachineOptions, 'radios'> = {},
): Promise<Mesh> {
	const topology = typeof topologyOrName === 'string' ? await loadTopology(topologyOrName) : topologyOrName;
	const radios = topology.routers.reduce((sum, router) => sum + router.radios.length, 0);
	const {boot, medium, uplinkDevice} = machine(name);
	const guest = await boot({...options, radios});
	try {
		await guest.check(setupScript(topology, medium));
		if (options.uplink === true) await guest.check(uplinkScript(topology, uplinkDevice));
		await guest.check(awaitMeshScript(topology, formLimitS));
	} catch (error) {
		await guest.stop();
		throw error;
	}
	return {
		machine: name,
		topology,
		guest,
		inRouter: (router, command) => guest.check(`exec ip netns exec ${router} sh -c ${quoted(command)}`),
		address: router => meshAddress(topology, router),
		stop: () => guest.stop(),
	};
}

export {hostAddress};
