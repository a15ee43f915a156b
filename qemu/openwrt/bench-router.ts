// SPDX-License-Identifier: Apache-2.0
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {AgentReplies} from '../../src/model/agent-object.ts';
import {hostAddress, type Mesh} from '../mesh.ts';
import type {BusServer} from './bus-server.ts';
import {waitFor} from './check.ts';

/** The router of the bench that gets the packages. */
export const ROUTER = 'west';
/** Where its service writes what it says. */
export const LOG = '/var/log/astral-mesh';
export const SOCKET = '/var/run/ubus/ubus.sock';
/** What the service is told after its first start; a restart must bring it back. */
export const INTERVAL_S = 2;

export interface BenchRouter {
	readonly mesh: Mesh;
	readonly server: BusServer;
	/** Runs a script in the router and answers what it printed. */
	run(script: string): Promise<string>;
	/** Writes the configuration and has it read: it reports to the collector each INTERVAL_S, but for what is said otherwise. */
	configure(options?: Readonly<Record<string, string>>): Promise<string>;
	pid(): Promise<string>;
	/** What a method of the agent answers. Absent: undefined where it answers with another status than 0. */
	ask<N extends keyof AgentReplies>(method: N): Promise<AgentReplies[N] | undefined>;
	/** Lets the router reach the bus. */
	startBus(): Promise<string>;
	/** Restarts the service and waits until it answers with its settings. */
	restart(): Promise<void>;
	/** The file of a package in the distribution, by the start of its name. */
	packageOf(start: string): Promise<Uint8Array>;
}

export interface Surroundings {
	readonly server: BusServer;
	/** Where the distribution is. */
	readonly folder: string;
	readonly brokerPort: number;
}

export function openBenchRouter(mesh: Mesh, {server, folder, brokerPort}: Surroundings): BenchRouter {
	const run = (script: string): Promise<string> => mesh.inRouter(ROUTER, script);
	const reporting = {node: ROUTER, broker: `${hostAddress}:${brokerPort}`, interval_s: `${INTERVAL_S}`};
	const ask = async <N extends keyof AgentReplies>(method: N): Promise<AgentReplies[N] | undefined> => {
		const {status, replies} = await server.bus.call('astral-mesh', method);
		return status === 0 ? (replies[0] as unknown as AgentReplies[N]) : undefined;
	};
	return {
		mesh,
		server,
		run,
		ask,
		configure: options =>
			run(
				[
					"cat >/etc/config/astral-mesh <<'END'",
					"config agent 'main'",
					...Object.entries({...reporting, ...options}).map(([name, value]) => `\toption ${name} '${value}'`),
					'END',
					'/etc/init.d/astral-mesh reload',
				].join('\n'),
			),
		pid: async () => (await run('cat /var/run/astral-mesh.agent.procd-pid')).trim(),
		startBus: () =>
			mesh.guest.check(`mkdir -p /var/run/ubus
ip netns exec ${ROUTER} sh -c "LD_LIBRARY_PATH=/host/openwrt/lib /host/openwrt/socat UNIX-LISTEN:${SOCKET},fork,mode=666 TCP:${hostAddress}:${server.port} >/tmp/socat 2>&1 &"`),
		async restart() {
			await run('/etc/init.d/astral-mesh restart');
			await waitFor('object on the bus', () => server.bus.find('astral-mesh'));
			await waitFor('answer', async () => ((await ask('status'))?.intervalS === INTERVAL_S ? true : undefined));
		},
		async packageOf(start) {
			const name = (await readdir(folder)).find(each => each.startsWith(start) && each.endsWith('.ipk'));
			return readFile(join(folder, name ?? ''));
		},
	};
}
