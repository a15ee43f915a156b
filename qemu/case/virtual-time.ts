// SPDX-License-Identifier: Apache-2.0
import type {ExecutionContext} from 'ava';
import {machine} from '../machine.ts';
import {awaitMeshScript, meshAddress, setupScript} from '../topology/setup.ts';
import {loadTopology} from '../topology/topology.ts';

const virtualS = 60;

/** With virtual time a minute of a mesh passes in seconds, and a timer is exact. */
export async function virtualTimeIsFast(t: ExecutionContext, wallMs: () => number): Promise<void> {
	const topology = await loadTopology('chain3');
	const {boot, medium} = machine('uml');
	const startedMs = wallMs();
	const [first, , last] = topology.routers;
	const firstScript = [
		setupScript(topology, medium),
		awaitMeshScript(topology, 60),
		'from=$(cut -d" " -f1 /proc/uptime)',
		`sleep ${virtualS}`,
		'echo "slept from $from to $(cut -d" " -f1 /proc/uptime)"',
		`ip netns exec ${first?.name} ping -c 20 -i 0.1 ${meshAddress(topology, last?.name ?? '')}`,
	].join('\n');
	const guest = await boot({radios: 3, virtualTime: true, firstScript});
	try {
		const {output: printed, code} = await guest.first;
		t.is(code, 0, printed);
		const wallS = (wallMs() - startedMs) / 1000;
		const [, from, to] = /slept from (\S+) to (\S+)/.exec(printed) ?? [];
		const sleptS = Number(to) - Number(from);
		t.true(sleptS >= virtualS && sleptS < virtualS + 0.1, `slept ${sleptS} s`);
		t.true(Number(/(\d+) received/.exec(printed)?.[1]) >= 18, printed);
		t.log(`${to} s of the mesh in ${wallS.toFixed(1)} s`);
		t.true(wallS < Number(to), `${wallS} s of wall time`);
	} finally {
		await guest.stop();
	}
}
