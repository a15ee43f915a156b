// SPDX-License-Identifier: Apache-2.0
import {concatBytes} from '../../src/core/bytes.ts';
import {seededRandom} from '../../src/core/random.ts';
import {FOUND_SIZE, foldBins, foldByScript} from '../../src/model/spectrum/fold.ts';
import {LEVELS, levelTables} from '../../src/model/spectrum/level.ts';
import {SpectrumWindow} from '../../src/model/spectrum/window.ts';
import {encodeSample, SAMPLE_HT20} from '../../src/wire/spectral/sample.ts';
import {type SpectralCounts, SpectralStream} from '../../src/wire/spectral/stream.ts';
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
	{
		name: 'spectral: the host adds plain samples to a window as the script does',
		run({equal, ok}) {
			const random = seededRandom(SEED);
			for (let round = 0; round < ROUNDS / 8; round++) {
				const bytes = capture(random);
				const [byHost, byScript] = [new SpectrumWindow(), new SpectrumWindow()];
				const [host, script] = [read(byHost, bytes, true), read(byScript, bytes, false)];
				equal(JSON.stringify(host), JSON.stringify(script), `counts in round ${round}`);
				for (const name of ['counters', 'levels', 'lists'] as const)
					equal(byHost[name].join(), byScript[name].join(), `${name} in round ${round}`);
				ok(byHost.samples > 0, 'there are samples');
			}
		},
	},
];

/** Samples of two channels and of every kind of signal, some of them cut, a clock that jumps. */
function capture(random: () => number): Uint8Array {
	let tsfUs = Math.floor(random() * 2 ** 34);
	const parts = Array.from({length: 60}, () => {
		tsfUs =
			random() < 0.02 ? Math.floor(random() * 2 ** 34) : tsfUs + Math.floor(random() * (random() < 0.1 ? 9000 : 1600));
		const sample = encodeSample({
			type: SAMPLE_HT20,
			tsfUs,
			centreKhz: random() < 0.03 ? 2_412_000 : 2_437_000,
			binKhz: 312.5,
			maxExponent: Math.floor(random() * 17),
			rssiDb: Math.floor(random() * 80) - 20,
			noiseDbm: -95,
			halves: 1,
			upperRssiDb: 0,
			upperNoiseDbm: 0,
			bins: random() < 0.5 ? binsOf(random, 56) : toneOf(random, 56),
		});
		return random() < 0.02 ? sample.subarray(0, 30) : sample;
	});
	return concatBytes(parts);
}

function toneOf(random: () => number, count: number): Uint8Array {
	const peak = Math.floor(random() * count);
	const width = Math.floor(random() * 9);
	return Uint8Array.from({length: count}, (_, i) =>
		Math.abs(i - peak) <= width >> 1 ? 200 : Math.floor(random() * 20),
	);
}

function read(window: SpectrumWindow, bytes: Uint8Array, byHost: boolean): SpectralCounts {
	const stream = new SpectralStream(
		sample => {
			if (!window.takes(sample)) window.begin(sample);
			window.add(sample);
		},
		byHost ? (piece, at) => window.addPlain(piece, at) : undefined,
	);
	for (let at = 0; at < bytes.length; at += 1000) stream.push(bytes.subarray(at, at + 1000));
	stream.end();
	return stream.counts;
}
