// SPDX-License-Identifier: Apache-2.0
import {startKernelBench} from '../../qemu/bench.ts';
import {buildBinary} from '../build/binary.ts';

export interface KernelMesh {
	stop(): Promise<void>;
}

/** Six routers on a real kernel, each running the agent's own binary. The first time, toolchain and kernel are built. */
export async function startKernelMesh(options: {mqttPort: number; intervalS: number}): Promise<KernelMesh> {
	console.log('Building the agent; the first time this takes some minutes …');
	const agent = await buildBinary({arch: 'x86_64', entry: 'src/main/agent.ts', name: 'astral-mesh'});
	console.log('Starting six routers on a kernel of their own; the first time it is built …');
	return startKernelBench({
		agentBinary: agent.path,
		brokerPort: options.mqttPort,
		intervalS: options.intervalS,
		onLine: line => console.log(`  ${line}`),
	});
}
