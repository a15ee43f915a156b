// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {samplesOf} from '../../../src/lab/spectrum/air.ts';
import {classify} from '../../../src/model/spectrum/classify.ts';
import {featuresOf} from '../../../src/model/spectrum/features.ts';
import {amplitudeEighths, LEVELS, LOWEST_DBM, powerEighths} from '../../../src/model/spectrum/level.ts';
import {summarise} from '../../../src/model/spectrum/summary.ts';
import {type BinSample, SAMPLE_LIMIT, SpectrumWindow} from '../../../src/model/spectrum/window.ts';
import {binPowersDbm} from '../../../src/wire/spectral/power.ts';
import type {SpectralSample} from '../../../src/wire/spectral/sample.ts';
import {SpectralStream} from '../../../src/wire/spectral/stream.ts';

const folder = new URL('../../fixture/spectral/', import.meta.url);

/** The samples of a capture, each with bytes of its own. */
function samplesIn(name: string): SpectralSample[] {
	const samples: SpectralSample[] = [];
	const stream = new SpectralStream(sample => samples.push({...sample}));
	stream.push(new Uint8Array(readFileSync(new URL(`${name}.dump`, folder))));
	stream.end();
	return samples;
}

function windowOf(samples: readonly BinSample[]): SpectrumWindow {
	const window = new SpectrumWindow();
	for (const sample of samples) {
		if (window.samples === 0) window.begin(sample);
		window.add(sample);
	}
	return window;
}

test('level: powers are within an eighth of a decibel of their logarithm', t => {
	for (let power = 1; power < 2 ** 31; power = Math.ceil(power * 1.07))
		t.true(Math.abs(powerEighths(power) / 8 - 10 * Math.log10(power)) < 0.125, `${power}`);
	for (let b = 1; b < 256; b++) t.true(Math.abs((amplitudeEighths[b] ?? 0) / 8 - 20 * Math.log10(b)) <= 0.0625, `${b}`);
});

for (const [name, bins] of [
	['ar9550_20mhz_analog_camera_ch1', 56],
	['ar9550_20mhz_analog_camera_ch1', 128],
	['ar9280_analog_camera_ch1', 56],
	['ath10k_20mhz', 64],
	['ath10k_20mhz', 128],
	['ath10k_20mhz', 256],
] as [string, number][])
	test(`window: levels of ${name} with ${bins} bins are those of its powers within a decibel`, t => {
		const all = samplesIn(name);
		const first = all.find(sample => sample.binCount === bins);
		// Some radios are not calibrated and claim more power than any antenna gets: those are beyond the histogram.
		const samples = all.filter(
			({binCount, centreKhz, halves, rssiDb, noiseDbm, upperRssiDb, upperNoiseDbm}) =>
				binCount === bins &&
				centreKhz === first?.centreKhz &&
				rssiDb + noiseDbm < -3 &&
				(halves === 1 || upperRssiDb + upperNoiseDbm < -3),
		);
		t.true(samples.length > 8);
		const window = windowOf(samples);
		t.is(window.samples, samples.length);
		const summary = summarise(window);
		if (summary === undefined) return t.fail();
		const per = bins / window.bins;
		const clamp = (dbm: number): number => Math.max(LOWEST_DBM, Math.min(LOWEST_DBM + LEVELS - 1, dbm));
		for (let bin = 0; bin < window.bins; bin++) {
			const powers = samples
				.flatMap(sample => [...binPowersDbm(sample).slice(bin * per, (bin + 1) * per)])
				.map(clamp)
				.sort((a, b) => b - a);
			const mean = 10 * Math.log10(powers.reduce((sum, dbm) => sum + 10 ** (dbm / 10), 0) / powers.length);
			const high = powers[Math.ceil(powers.length / 10) - 1] ?? 0;
			t.true(
				Math.abs((summary.maximumDbm[bin] ?? 0) - (powers[0] ?? 0)) < 0.8,
				`maximum of bin ${bin}: ${summary.maximumDbm[bin]} for ${powers[0]}`,
			);
			t.true(Math.abs((summary.meanDbm[bin] ?? 0) - mean) < 1.2, `mean of bin ${bin}`);
			t.true(Math.abs((summary.highDbm[bin] ?? 0) - high) < 0.8, `p90 of bin ${bin}`);
		}
	});

const flat: BinSample = {
	bytes: new Uint8Array(56).fill(10),
	binsAt: 0,
	binCount: 56,
	binKhz: 312.5,
	centreKhz: 2_437_000,
	maxExponent: 0,
	tsfUs: 0,
	halves: 1,
	rssiDb: 0,
	noiseDbm: -95,
	upperRssiDb: 0,
	upperNoiseDbm: 0,
};
const withTone = (bin: number, tsfUs: number, rssiDb = 30): BinSample => ({
	...flat,
	bytes: Uint8Array.from({length: 56}, (_, i) => (i === bin ? 200 : 1)),
	tsfUs,
	rssiDb,
});

test('summary: a flat spectrum is as wide as the view and around its centre', t => {
	const summary = summarise(windowOf([flat, flat]));
	t.like(summary, {occupiedKhz: 17_500, samples: 2, noiseDbm: -95});
	t.true(Math.abs((summary?.flatnessShare ?? 0) - 1) < 0.001);
	t.true(Math.abs((summary?.centroidKhz ?? 0) - 2_437_000) <= 157);
});

test('summary: a tone is one bin wide, in its place, and on in a share of the time', t => {
	const window = windowOf(
		Array.from({length: 100}, (_, i) => (i % 4 === 0 ? withTone(40, i * 1500) : {...flat, tsfUs: i * 1500})),
	);
	const summary = summarise(window);
	t.is(summary?.dutyPermille[40], 250);
	t.is(summary?.dutyPermille[10], 0);
	t.is(summary?.occupiedKhz, 313);
	t.true(Math.abs((summary?.centroidKhz ?? 0) - (2_437_000 + 12 * 312.5)) < 30);
	t.true((summary?.flatnessShare ?? 1) < 0.1);
});

test('summary: there is none of nothing', t => {
	t.is(summarise(new SpectrumWindow()), undefined);
});

for (const [hz, onShare] of [
	[50, 0.5],
	[60, 0.45],
	[100, 0.25],
	[120, 0.25],
] as [number, number][])
	test(`features: what follows the mains at ${hz} Hz is found, and how deeply`, t => {
		const periodUs = 1e6 / hz;
		const samples = Array.from({length: 1000}, (_, i) => {
			const tsfUs = i * 1494;
			return (tsfUs % periodUs) / periodUs < onShare ? withTone(30, tsfUs) : {...flat, tsfUs};
		});
		const features = featuresOf(windowOf(samples));
		t.is(features.mainsHz, hz);
		t.true(features.mainsPermille > 1000, `${features.mainsPermille}`);
		const steady = featuresOf(windowOf(samples.map((_, i) => withTone(30, i * 1494))));
		t.is(steady.mainsPermille, 0);
	});

test('features: pulses have their length and their pauses, to a power of two', t => {
	// 6 samples with, 20 without: 5 × 1000 µs from the first to the last, 21 × 1000 µs to the next.
	const samples = Array.from({length: 520}, (_, i) =>
		i % 26 < 6 ? withTone(20, i * 1000) : {...flat, tsfUs: i * 1000},
	);
	const features = featuresOf(windowOf(samples));
	t.is(features.runUs, 4096);
	t.is(features.gapUs, 16_384);
	t.is(features.narrowPermille, Math.round((1000 * 120) / 520));
	t.true(Math.abs(features.pulsesPerS - 1e6 / 26_000) < 1.5, `${features.pulsesPerS}`);
});

test('window: a clock that jumps breaks nothing', t => {
	for (const jump of [-1e9, 1e12, 2 ** 52]) {
		const window = windowOf([
			withTone(20, 2e9),
			withTone(20, 2e9 + 1500),
			withTone(20, Math.max(0, 2e9 + jump)),
			{...flat, tsfUs: Math.max(0, 2e9 + jump) + 1500},
		]);
		t.is(window.samples, 4);
		t.is(window.narrow, 3);
		t.notThrows(() => classify(featuresOf(window)));
	}
});

test('window: takes no other channel, no other width, and no more than its limit', t => {
	const window = windowOf([flat]);
	t.true(window.takes(flat));
	t.false(window.takes({...flat, centreKhz: 2_412_000}));
	t.false(window.takes({...flat, binCount: 64}));
	t.false(window.takes({...flat, binKhz: 300}));
	for (let i = 1; i < SAMPLE_LIMIT; i++) window.add(flat);
	t.false(window.takes(flat));
	t.is(summarise(window)?.samples, SAMPLE_LIMIT);
	t.is(summarise(window)?.dutyPermille[0], 0);
});

test('window: extremes of every field stay within the histogram', t => {
	for (const bytes of [0, 1, 255])
		for (const maxExponent of [0, 7, 15])
			for (const rssiDb of [-128, 0, 127, 255])
				for (const noiseDbm of [-32768, -128, 0, 127]) {
					const sample = {...flat, bytes: new Uint8Array(56).fill(bytes), maxExponent, rssiDb, noiseDbm};
					const half = {...sample, bytes: Uint8Array.from({length: 56}, (_, i) => (i === 3 ? 0 : bytes))};
					const window = windowOf([sample, half]);
					t.is(
						window.levels.reduce((sum, count) => sum + count, 0),
						112,
					);
				}
});

test('window: memory does not grow with the bins of a sample', t => {
	const random = seededRandom(1);
	const next = samplesOf(random, 'ath10k-80', 5_530_000, []);
	const window = windowOf([next(), next()]);
	t.is(window.bins, 128);
	t.is(window.levels.byteLength, 43_008);
	t.is(window.binKhz, 625);
});
