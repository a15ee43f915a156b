// SPDX-License-Identifier: Apache-2.0
/** The agent's binary in every router of a mesh, and traffic for it to see. */
import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import {hostAddress, type Mesh} from './mesh.ts';

export interface AgentOptions {
	/** The agent for the guest's architecture. */
	agentBinary: string;
	/** Port of the collector's MQTT listener on the host's loopback. */
	brokerPort: number;
	intervalS?: number;
	/** Other options of the agent, the same in every router; words without spaces. */
	more?: Readonly<Record<string, string>>;
}

/** Starts an agent per router; each reports under its router's name. Its log is in the share, `agent-<router>.log`. */
export async function startAgents(mesh: Mesh, options: AgentOptions): Promise<void> {
	await copyFile(options.agentBinary, join(mesh.guest.share, 'astral-mesh'));
	await copyFile(`${options.agentBinary}-extras`, join(mesh.guest.share, 'astral-mesh-extras'));
	const lines = ['set -e', 'cp /host/astral-mesh /host/astral-mesh-extras /tmp/', 'chmod 755 /tmp/astral-mesh'];
	for (const {name} of mesh.topology.routers) {
		const settings = {
			node: name,
			broker: `${hostAddress}:${options.brokerPort}`,
			intervalS: options.intervalS ?? 1,
			...options.more,
		};
		const words = Object.entries(settings).map(([key, value]) => `--set ${key}=${value}`);
		lines.push(
			`ip netns exec ${name} /tmp/astral-mesh ${words.join(' ')} >/host/agent-${name}.log 2>&1 </dev/null &`,
			`echo $! >/tmp/agent-${name}.pid`,
		);
	}
	await mesh.guest.check(lines.join('\n'));
}

/** Ends the agents as a router's init script would. */
export async function stopAgents(mesh: Mesh): Promise<void> {
	await mesh.guest.run('for pid in $(cat /tmp/agent-*.pid); do kill $pid; done; rm -f /tmp/agent-*.pid');
}

/** Every router sends to the next one of the topology over the mesh, `perSecond` packets of `bytes`, until the guest ends. */
export async function startTraffic(mesh: Mesh, perSecond: number, bytes: number): Promise<void> {
	const {routers} = mesh.topology;
	const lines = routers.slice(1).flatMap(({name}, index) => {
		const from = routers[index]?.name ?? name;
		const command = `ping -q -i ${1 / perSecond} -s ${bytes} ${mesh.address(name)}`;
		return `ip netns exec ${from} ${command} >/dev/null 2>&1 </dev/null &`;
	});
	await mesh.guest.check(lines.join('\n'));
}
