// SPDX-License-Identifier: Apache-2.0
import {spawnSync} from 'node:child_process';
import {basename, join} from 'node:path';
import {buildBinary} from '../build/binary.ts';
import {projectRoot} from '../build/bundle.ts';
import {countInstructions} from './measure/callgrind.ts';
import {nanosecondsIn, withMaltaProgram} from './measure/malta-program.ts';
import type {Row} from './row.ts';

export const name = 'spectral';
export const about =
	'FFT samples decoded and featured in QuickJS, x86_64 and big-endian MIPS; baseline: the script without the host';

const ENTRY = 'scripts/bench/spectral/decode.ts';
const CAPTURE = 'test/fixture/spectral/ar9550_20mhz_analog_camera_ch1.dump';
const FEW = 1400;
const MANY = 4200;
const TIMED = 70_000;
/** ath9k in the background, and what a 74Kc of the slower kind executes. Source: the design's 720 MHz part does 430 M/s. */
const SAMPLES_PER_S = 700;
const ROUTER_INSTRUCTIONS_PER_S = 430e6;
/** The share of the router's processor that it may take. */
const MOST_SHARE = 0.1;

export async function run(report: (row: Row) => void): Promise<void> {
	const say = (metric: string, value: number, unit: string, baseline: number): void =>
		report({bench: name, metric, value, unit, baseline, ratio: value / baseline});
	const native = await buildBinary({arch: 'x86_64', entry: ENTRY, name: 'bench-spectral'});
	const each = async (what: string): Promise<number> => {
		const count = (samples: number): Promise<number> => countInstructions(native.path, [`${samples}`, CAPTURE, what]);
		return ((await count(MANY)) - (await count(FEW))) / (MANY - FEW);
	};
	say('instructionsPerSample', await each('all'), 'instructions', await each('script'));
	const pace = (what: string): number => {
		const {stdout, stderr} = spawnSync(native.path, [`${TIMED}`, CAPTURE, what], {cwd: projectRoot, encoding: 'utf8'});
		return (TIMED * 1e9) / nanosecondsIn(stdout + stderr);
	};
	say('samplesPerS', pace('all'), 'samples/s', pace('script'));
	await onMips(say);
}

async function onMips(say: (metric: string, value: number, unit: string, baseline: number) => void): Promise<void> {
	const {path} = await buildBinary({arch: 'mips_24kc', entry: ENTRY, name: 'bench-spectral'});
	const capture = join(projectRoot, CAPTURE);
	await withMaltaProgram(path, [capture], async count => {
		const each = async (what: string): Promise<number> => {
			const of = (samples: number): Promise<number> => count([`${samples}`, basename(capture), what]);
			return ((await of(MANY)) - (await of(FEW))) / (MANY - FEW);
		};
		const [all, script] = [await each('all'), await each('script')];
		say('mips.instructionsPerSample', all, 'instructions', script);
		say('mips.cpuShareAt700', (all * SAMPLES_PER_S) / ROUTER_INSTRUCTIONS_PER_S, '1', MOST_SHARE);
	});
}
