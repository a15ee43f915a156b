// SPDX-License-Identifier: Apache-2.0
import {join} from 'node:path';
import {build} from 'esbuild';
import {buildBinary} from '../build/binary.ts';
import {projectRoot} from '../build/bundle.ts';
import {instructionsPerRepetition} from './measure/callgrind.ts';
import type {Row} from './row.ts';

export const name = 'mqtt';
export const about = 'instructions per QoS 1 message of 200 bytes in QuickJS x86_64, beside MQTT.js in the same engine';

const FEW = 1000;
const MANY = 3000;

export async function run(report: (row: Row) => void): Promise<void> {
	const measure = async (entry: string, as: string): Promise<number> => {
		const {path} = await buildBinary({arch: 'x86_64', entry, name: as, dev: true});
		return instructionsPerRepetition(path, FEW, MANY);
	};
	const ours = await measure('scripts/bench/mqtt/ours.ts', 'bench-mqtt-ours');
	const peer = await measure(await bundlePeer(), 'bench-mqtt-peer');
	report({
		bench: name,
		metric: 'instructionsPerMessage',
		value: ours,
		unit: 'instructions',
		baseline: peer,
		ratio: ours / peer,
	});
}

/** The router's bundler takes no packages, so MQTT.js is bundled before it comes there. */
async function bundlePeer(): Promise<string> {
	const outfile = join(projectRoot, 'build', 'bench', 'mqtt-peer.js');
	await build({
		entryPoints: [join(projectRoot, 'scripts', 'bench', 'mqtt', 'peer.ts')],
		bundle: true,
		format: 'esm',
		platform: 'browser',
		target: 'es2023',
		define: {'process.env.NODE_ENV': '"production"', global: 'globalThis'},
		external: ['mesh:host'],
		logLevel: 'error',
		outfile,
	});
	return outfile;
}
