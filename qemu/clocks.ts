// SPDX-License-Identifier: Apache-2.0
/** Six routers in a row on a kernel in real time: what each agent believes the mesh's time to be. */
import {copyFile, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildBinary} from '../scripts/build/binary.ts';
import {startMesh} from './mesh.ts';
import {slotAgentScript} from './stories/slot-scene.ts';
import type {Topology} from './topology/topology.ts';

/** One line of an agent about the clock. */
export interface Belief {
	readonly router: string;
	/** All routers of a guest have one monotonic clock, so what it is off by is what it is wrong by. */
	readonly offsetUs: number;
	readonly withinUs: number;
	readonly hops: number;
	readonly source: string;
}

const tsfOffsetsUs = [0, 500_000, -300_000, 1234, 77, -9_000_000];
const SETTLING_S = 75;

export const row6: Topology = {
	name: 'row6',
	routers: tsfOffsetsUs.map((tsfOffsetUs, i) => ({name: `r${i}`, radios: [{mhz: 5180, tsfOffsetUs}]})),
	links: tsfOffsetsUs.slice(1).map((_, i) => ({from: `r${i}`, to: `r${i + 1}`, signalDbm: -60})),
};

/** Runs for so long after the clocks had time to settle. `files`: whether agents may read their radios' clocks. */
export async function watchClocks(seconds: number, files: boolean): Promise<Belief[]> {
	const {path} = await buildBinary({arch: 'x86_64', entry: 'src/main/agent.ts', name: 'astral-mesh'});
	const mesh = await startMesh('uml', row6);
	try {
		const {share} = mesh.guest;
		await copyFile(path, join(share, 'astral-mesh'));
		await copyFile(`${path}-extras`, join(share, 'astral-mesh-extras'));
		const agents = row6.routers.map(({name}) => slotAgentScript(name, {logLevel: 'debug'}, {files}));
		const lines = ['cp /host/astral-mesh /host/astral-mesh-extras /tmp/; chmod 755 /tmp/astral-mesh', ...agents];
		await mesh.guest.check([...lines, `sleep ${SETTLING_S + seconds}`].join('\n'));
		const beliefs: Belief[] = [];
		for (const {name} of row6.routers) {
			const log = await readFile(join(share, `log-${name}`), 'utf8');
			const said = [...log.matchAll(/mesh's time is (-?\d+) us ahead, within (\d+) us, (\d+) hops from \w+ by (\w+)/g)];
			for (const [, offsetUs, withinUs, hops, source = ''] of said.slice(-Math.floor(seconds / 10)))
				beliefs.push({
					router: name,
					offsetUs: Number(offsetUs),
					withinUs: Number(withinUs),
					hops: Number(hops),
					source,
				});
		}
		return beliefs;
	} finally {
		await mesh.stop();
	}
}
