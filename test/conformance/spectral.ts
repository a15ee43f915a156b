// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../src/core/random.ts';
import {FOUND_SIZE, foldBins, foldByScript} from '../../src/model/spectrum/fold.ts';
import {LEVELS, levelTables} from '../../src/model/spectrum/level.ts';
import type {ConformanceCase} from './case.ts';

const SEED = 20261123;
const ROUNDS = 400;
const BINS = 128;

/** Bins as radios write them and as none does. */
function binsOf(random: () => number, count: number): Uint8Array {
	const most = Math.floor(random() * 256);
	const zeros = random();
	return Uint8Array.from({length: count}, () => (random() < zeros ? 0 : Math.floor(random() * (most + 1))));
}

export const spectralCases: readonly ConformanceCase[] = [
	{
		name: 'spectral: the host folds a sample as the script does',
		run({equal}) {
			const random = seededRandom(SEED);
			const byHost = new Uint16Array(BINS * LEVELS);
			const byScript = new Uint16Array(BINS * LEVELS);
			for (let round = 0; round < ROUNDS; round++) {
				const at = Math.floor(random() * 8);
				const count = [56, 64, 128, 256, 512][Math.floor(random() * 5)] ?? 56;
				const shift = count > 256 ? 2 : count > 128 ? 1 : 0;
				const half = random() < 0.3 ? count >> 1 : 0;
				const bytes = binsOf(random, at + count);
				const totalDbm = Math.floor(random() * 400) - 260;
				const exponent = Math.floor(random() * 16);
				const hostFound = new Int32Array(FOUND_SIZE);
				const scriptFound = new Int32Array(FOUND_SIZE);
				const answers = [
					foldBins(bytes, at, half, count, shift, totalDbm, exponent, byHost, hostFound, levelTables),
					foldByScript(bytes, at, half, count, shift, totalDbm, exponent, byScript, scriptFound, levelTables),
				];
				equal(answers[0], answers[1], `crest in round ${round}`);
				equal(hostFound.join(), scriptFound.join(), `found in round ${round}`);
			}
			equal(
				byHost.every((levels, i) => levels === byScript[i]),
				true,
				'levels',
			);
		},
	},
];
