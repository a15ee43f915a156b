// SPDX-License-Identifier: Apache-2.0
// What a radio's driver, or a file that claims to be from one, can hand the decoder of FFT samples.
import {concatBytes} from '../../src/core/bytes.ts';
import {classify} from '../../src/model/spectrum/classify.ts';
import {featuresOf} from '../../src/model/spectrum/features.ts';
import {summarise} from '../../src/model/spectrum/summary.ts';
import {SpectrumWindow} from '../../src/model/spectrum/window.ts';
import {unchunk} from '../../src/wire/spectral/chunks.ts';
import {binPowersDbm} from '../../src/wire/spectral/power.ts';
import {
	decodeSample,
	encodeSample,
	SAMPLE_ATH10K,
	SAMPLE_HT20,
	SAMPLE_HT20_40,
	type SampleInput,
	type SpectralSample,
} from '../../src/wire/spectral/sample.ts';
import {type SpectralCounts, SpectralStream} from '../../src/wire/spectral/stream.ts';
import type {Target} from './fuzzer.ts';

const base: SampleInput = {
	type: SAMPLE_HT20,
	tsfUs: 123_456,
	centreKhz: 2_437_000,
	binKhz: 312.5,
	maxExponent: 2,
	rssiDb: 12,
	noiseDbm: -95,
	halves: 1,
	upperRssiDb: 0,
	upperNoiseDbm: 0,
	bins: Uint8Array.from({length: 56}, (_, i) => (i * 37) & 255),
};
const samples = [
	base,
	{
		...base,
		type: SAMPLE_HT20_40,
		halves: 2 as const,
		upperRssiDb: 3,
		upperNoiseDbm: -90,
		bins: new Uint8Array(128).fill(9),
	},
	{...base, type: SAMPLE_ATH10K, centreKhz: 5_530_000, noiseDbm: -105, bins: new Uint8Array(64).fill(1)},
	{...base, type: SAMPLE_ATH10K, centreKhz: 5_530_000, noiseDbm: -105, bins: new Uint8Array(256)},
].map(encodeSample);
const stream = concatBytes([...samples, ...samples]);
const chunk = (bytes: Uint8Array): Uint8Array =>
	concatBytes([Uint8Array.of(bytes.length & 255, bytes.length >> 8, 0, 0), bytes]);

function read(bytes: Uint8Array, piece: number, take: (sample: SpectralSample) => void): SpectralCounts {
	const reader = new SpectralStream(take);
	for (let at = 0; at < bytes.length; at += piece) reader.push(bytes.subarray(at, at + piece));
	reader.end();
	return reader.counts;
}

function demand(condition: boolean, what: string): void {
	if (!condition) throw new Error(what);
}

export const spectralTargets: readonly Target[] = [
	{
		name: 'spectral.sample',
		seeds: samples,
		decode(bytes) {
			const sample = decodeSample(bytes);
			const powers = binPowersDbm(sample);
			demand(
				powers.every(dbm => Number.isFinite(dbm)),
				'every bin has a power',
			);
			const bins = sample.bytes.slice(sample.binsAt, sample.binsAt + sample.binCount);
			const again = decodeSample(encodeSample({...sample, bins}));
			demand(again.tsfUs === sample.tsfUs && again.rssiDb === sample.rssiDb, 'a sample that is read can be written');
			return {type: sample.type, halves: sample.halves, bins: bins.length};
		},
	},
	{
		// Every byte is in a sample or counted as skipped; pieces change nothing.
		name: 'spectral.stream',
		seeds: [
			stream,
			chunk(stream),
			concatBytes([chunk(samples[0] as Uint8Array), chunk(samples[1] as Uint8Array)]),
			concatBytes([stream.slice(0, 100), stream]),
		],
		decode(bytes) {
			let inSamples = 0;
			let sum = 0;
			const whole = read(bytes, Math.max(1, bytes.length), sample => {
				inSamples += sample.binCount + headOf(sample);
				sum += sample.tsfUs % 1000;
			});
			const counted = inSamples + whole.skippedBytes;
			demand(counted === bytes.length, `${counted} of ${bytes.length} bytes are accounted for`);
			let pieces = 0;
			const cut = read(bytes, 97, sample => {
				pieces += sample.tsfUs % 1000;
			});
			demand(pieces === sum && JSON.stringify(cut) === JSON.stringify(whole), 'pieces change nothing');
			// Its kind is which of the counts are not zero.
			return Object.fromEntries(Object.entries(whole).filter(([, count]) => count > 0));
		},
	},
	{
		// Headers are taken out, nothing else is.
		name: 'spectral.chunks',
		seeds: [chunk(stream), concatBytes([chunk(stream.slice(0, 100)), chunk(stream.slice(100))]), stream],
		decode(bytes) {
			const {bytes: left, chunks} = unchunk(bytes);
			demand(left.length <= bytes.length && left.length >= bytes.length - 4 * chunks, 'only headers are taken out');
			return {...(chunks > 0 ? {chunks} : {}), ...(chunks > 1 ? {many: 1} : {})};
		},
	},
	{
		// Whatever a radio says, a window stands it and who sends is answered.
		name: 'spectral.window',
		seeds: [stream, concatBytes([stream, stream, stream, stream, stream, stream])],
		decode(bytes) {
			const window = new SpectrumWindow();
			const found = new Set<string>();
			const close = (): void => {
				const summary = summarise(window);
				if (summary === undefined) return;
				found.add(`${window.bins} bins`);
				if (window.narrow > 0) found.add('narrow');
				if (window.wide > 0) found.add('wide');
				const levels = window.levels.reduce((all, count) => all + count, 0);
				demand(levels === window.samples * window.bins * window.perBin, 'every bin is counted once');
				demand(Number.isFinite(summary.centroidKhz) && summary.occupiedKhz > 0, 'a spectrum has a middle');
				for (const {source} of classify(featuresOf(window))) found.add(source);
			};
			read(bytes, 1000, sample => {
				if (!window.takes(sample)) {
					close();
					window.begin(sample);
				}
				window.add(sample);
			});
			close();
			return Object.fromEntries([...found].map(source => [source, 1]));
		},
	},
];

/** What stands before the bins, by the type's own structure. */
function headOf({type}: SpectralSample): number {
	return type === SAMPLE_HT20 ? 20 : type === SAMPLE_HT20_40 ? 27 : 29;
}
