// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import test from 'ava';
import {concatBytes, writeU32} from '../../../src/core/bytes.ts';
import {DecodeError} from '../../../src/core/errors.ts';
import {seededRandom} from '../../../src/core/random.ts';
import {unchunk} from '../../../src/wire/spectral/chunks.ts';
import {binMhz, binPowersDbm} from '../../../src/wire/spectral/power.ts';
import {
	decodeSample,
	encodeSample,
	SAMPLE_ATH10K,
	SAMPLE_HT20,
	SAMPLE_HT20_40,
	type SampleInput,
	SpectralSample,
} from '../../../src/wire/spectral/sample.ts';
import {type SpectralCounts, SpectralStream} from '../../../src/wire/spectral/stream.ts';

const folder = new URL('../../fixture/spectral/', import.meta.url);
const capture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.dump`, folder)));

interface Read {
	readonly tsfUs: number;
	readonly centreMhz: number;
	readonly powers: Float64Array;
}

function readAll(bytes: Uint8Array, piece = bytes.length): {found: Read[]; counts: SpectralCounts} {
	const found: Read[] = [];
	const stream = new SpectralStream(sample => {
		found.push({tsfUs: sample.tsfUs, centreMhz: sample.centreKhz / 1000, powers: binPowersDbm(sample)});
	});
	for (let at = 0; at < bytes.length; at += piece) stream.push(bytes.subarray(at, at + piece));
	stream.end();
	return {found, counts: stream.counts};
}

const clean = {errors: 0, truncated: 0, skippedBytes: 0};

for (const [name, samples] of [
	['ar9280_analog_camera_ch1', 283],
	['ath10k_20mhz', 128],
] as [string, number][])
	test(`spectral: ${name} has ${samples} samples, and the bins that FFT_eval found`, t => {
		const {found, counts} = readAll(capture(name));
		t.deepEqual(counts, {...clean, samples});
		const expected = JSON.parse(readFileSync(new URL(`${name}.expected-16.json`, folder), 'utf8')) as {
			tsf: number;
			central_freq: number;
			data: [number, number][];
		}[];
		[...found.slice(0, 8), ...found.slice(-8)].forEach((sample, i) => {
			const {tsf, central_freq: centre, data} = expected[i] ?? {tsf: 0, central_freq: 0, data: []};
			t.deepEqual([sample.tsfUs, sample.centreMhz, sample.powers.length], [tsf, centre, data.length]);
			data.forEach(([, dbm], bin) => {
				t.true(Math.abs((sample.powers[bin] ?? 0) - dbm) < 0.001, `sample ${i}, bin ${bin}`);
			});
		});
	});

test('spectral: a capture of HT20 and HT20/40 mixed has 676 and 122 samples', t => {
	const {found, counts} = readAll(capture('ar9550_20mhz_analog_camera_ch1'));
	t.deepEqual(counts, {...clean, samples: 798});
	t.is(found.filter(({powers}) => powers.length === 56).length, 676);
	t.is(found.filter(({powers}) => powers.length === 128).length, 122);
});

test('spectral: a malformed capture is one counted gap, and what follows it is read', t => {
	const crash = capture('crash_1');
	const {counts} = readAll(crash);
	t.is(counts.samples, 0);
	t.true(counts.errors + counts.truncated > 0);
	t.is(counts.skippedBytes, crash.length);
	const good = capture('ath10k_20mhz');
	const both = readAll(concatBytes([crash, good]));
	t.is(both.counts.samples, 128);
	t.is(both.counts.skippedBytes, crash.length);
});

const base: SampleInput = {
	type: SAMPLE_HT20,
	tsfUs: 2 ** 33 + 5,
	centreKhz: 2_437_000,
	binKhz: 312.5,
	maxExponent: 2,
	rssiDb: -7,
	noiseDbm: -95,
	halves: 1,
	upperRssiDb: 0,
	upperNoiseDbm: 0,
	bins: Uint8Array.from({length: 56}, (_, i) => i * 3),
};
const wide: SampleInput = {
	...base,
	type: SAMPLE_HT20_40,
	halves: 2,
	centreKhz: 2_447_000,
	upperRssiDb: 20,
	upperNoiseDbm: -90,
	bins: Uint8Array.from({length: 128}, (_, i) => 10 + (i & 63)),
};
const ath10k = (bins: number, widthMhz: number): SampleInput => ({
	...base,
	type: SAMPLE_ATH10K,
	centreKhz: 5_530_000,
	binKhz: (widthMhz * 1000) / bins,
	rssiDb: 130,
	noiseDbm: -105,
	bins: Uint8Array.from({length: bins}, (_, i) => i & 255),
});

const inputs: readonly SampleInput[] = [
	base,
	wide,
	...[64, 128, 256, 512].flatMap(bins => [20, 22, 40, 80, 160].map(width => ath10k(bins, width))),
];

test('spectral: every kind of sample is written and read again', t => {
	for (const input of inputs) {
		const sample = decodeSample(encodeSample(input));
		const {bins, ...fields} = input;
		t.like(sample, fields);
		t.deepEqual([...sample.bytes.subarray(sample.binsAt, sample.binsAt + sample.binCount)], [...bins]);
	}
});

test('spectral: the first recorded bytes read as the fields they are', t => {
	t.like(decodeSample(capture('ar9280_analog_camera_ch1').slice(0, 76)), {
		type: SAMPLE_HT20,
		tsfUs: 8237,
		centreKhz: 2_412_000,
		maxExponent: 1,
		rssiDb: -15,
		noiseDbm: -86,
		binCount: 56,
	});
	t.like(decodeSample(capture('ath10k_20mhz').slice(0, 93)), {
		type: SAMPLE_ATH10K,
		tsfUs: 658_887_114,
		centreKhz: 5_640_000,
		binKhz: 343.75,
		rssiDb: 77,
		noiseDbm: -105,
		binCount: 64,
	});
});

test('spectral: the halves of 40 MHz are powers of their own, both of squares', t => {
	const sample = decodeSample(encodeSample(wide));
	const powers = binPowersDbm(sample);
	const sum = (from: number, to: number): number =>
		10 * Math.log10(powers.slice(from, to).reduce((all, dbm) => all + 10 ** (dbm / 10), 0));
	t.true(Math.abs(sum(0, 64) - (-95 - 7)) < 1e-9);
	t.true(Math.abs(sum(64, 128) - (-90 + 20)) < 1e-9);
	t.is(binMhz(sample, 64), 2447);
	t.is(binMhz(sample, 0), 2427);
});

test('spectral: a sample of zeros has its power spread evenly', t => {
	const powers = binPowersDbm(decodeSample(encodeSample({...base, bins: new Uint8Array(56)})));
	for (const dbm of powers) t.true(Math.abs(dbm - (-102 - 10 * Math.log10(56))) < 1e-9);
});

const refusal = test.macro({
	title: (name = '') => `spectral: refuses ${name}`,
	exec(t, change: (bytes: Uint8Array) => Uint8Array, code: DecodeError['code']) {
		const error = t.throws(() => decodeSample(change(encodeSample(base))), {instanceOf: DecodeError});
		t.is(error?.code, code);
	},
});
const set = (at: number, value: number) => (bytes: Uint8Array) => {
	bytes[at] = value;
	return bytes;
};
test('nothing', refusal, () => new Uint8Array(0), 'truncated');
test('half a sample', refusal, bytes => bytes.slice(0, 40), 'truncated');
test('bytes behind the last bin', refusal, bytes => concatBytes([bytes, Uint8Array.of(0)]), 'length');
test('a type that is none', refusal, set(0, 9), 'type');
test('an absurd length', refusal, set(1, 0xff), 'length');
test('a frequency that no radio has', refusal, set(4, 0x70), 'range');
test('a shift beyond any magnitude', refusal, set(3, 200), 'range');
test('a time beyond any clock', refusal, set(12, 0x80), 'range');

/** Samples of all kinds, and each's bytes. */
const parts = inputs.map(encodeSample);

function chunked(pieces: readonly Uint8Array[], order: 'little' | 'big'): Uint8Array {
	return concatBytes(
		pieces.flatMap(piece => {
			const header = new Uint8Array(4);
			writeU32(header, 0, piece.length, order);
			return [header, piece];
		}),
	);
}

for (const order of ['little', 'big'] as const)
	test(`spectral: chunks with ${order}-endian lengths are unpacked`, t => {
		const {bytes, chunks} = unchunk(chunked([concatBytes(parts), ...parts], order));
		t.is(chunks, 1 + parts.length);
		t.deepEqual(readAll(bytes).counts, {...clean, samples: 2 * parts.length});
	});

test('spectral: a chunk may end within a sample, even within its header', t => {
	const all = concatBytes(parts);
	for (const size of [5, 77, 100, 1000, 1024, 4096]) {
		const pieces = [];
		for (let at = 0; at < all.length; at += size) pieces.push(all.subarray(at, at + size));
		const {bytes, chunks} = unchunk(chunked(pieces, 'little'));
		t.is(chunks, pieces.length, `${size}`);
		t.deepEqual(bytes, all);
	}
});

test('spectral: a file without chunks stays as it is', t => {
	for (const bytes of [concatBytes(parts), new Uint8Array(0), Uint8Array.of(1, 0, 0), capture('crash_1')])
		t.deepEqual(unchunk(bytes), {bytes, chunks: 0});
	for (const name of ['ar9280_analog_camera_ch1', 'ar9550_20mhz_analog_camera_ch1', 'ath10k_20mhz'])
		t.is(unchunk(capture(name)).chunks, 0);
});

test('spectral: a chunk of an absurd length ends the chunks, not the samples', t => {
	const broken = concatBytes([chunked([...parts], 'little'), Uint8Array.of(255, 255, 255, 255), ...parts]);
	const {bytes, chunks} = unchunk(broken);
	t.is(chunks, parts.length);
	t.deepEqual(readAll(bytes).counts, {...clean, samples: 2 * parts.length, errors: 1, skippedBytes: 4});
});

test('spectral: chunks that begin behind garbage are four bytes each, their samples are found', t => {
	const {counts} = readAll(unchunk(concatBytes([Uint8Array.of(9, 9, 9), chunked(parts, 'little')])).bytes);
	t.is(counts.samples, parts.length);
	t.is(counts.skippedBytes, 3 + 4 * parts.length);
});

test('spectral: samples are found again behind garbage of any length', t => {
	const random = seededRandom(7);
	for (let length = 1; length < 300; length += 7) {
		const garbage = Uint8Array.from({length}, () => 128 + Math.floor(random() * 128));
		const {counts} = readAll(concatBytes([...parts, garbage, ...parts]));
		t.deepEqual(counts, {...clean, samples: 2 * parts.length, errors: 1, skippedBytes: length}, `${length}`);
	}
});

test('spectral: a capture that stopped within a sample loses that one, not the next', t => {
	for (const cut of [1, 5, 30, 70]) {
		const {counts} = readAll(concatBytes([encodeSample(base), encodeSample(base).slice(0, cut), ...parts]));
		t.is(counts.samples, 1 + parts.length, `cut at ${cut}`);
		t.is(counts.skippedBytes, cut);
		t.is(counts.errors + counts.truncated, 1);
	}
});

test('spectral: a length that would reach beyond the stream holds nothing up', t => {
	const absurd = Uint8Array.of(3, 0xff, 0xff, ...new Uint8Array(40), 1, 0xff, 0xff);
	const {counts} = readAll(concatBytes([absurd, ...parts]));
	t.is(counts.samples, parts.length);
	t.is(counts.skippedBytes, absurd.length);
});

test('spectral: the pieces that a stream comes in change nothing', t => {
	const messy = concatBytes([
		Uint8Array.of(9, 9, 1, 0),
		...parts,
		encodeSample(wide).slice(0, 100),
		...parts,
		chunked(parts, 'little'),
		Uint8Array.of(2, 0, 152, 1),
		...parts,
	]);
	const whole = readAll(messy);
	t.true(whole.counts.samples >= 4 * parts.length - 1, `${whole.counts.samples}`);
	for (const piece of [1, 2, 3, 7, 64, 155, 1000]) {
		const {found, counts} = readAll(messy, piece);
		t.deepEqual(counts, whole.counts, `pieces of ${piece}`);
		t.deepEqual(
			found.map(({tsfUs}) => tsfUs),
			whole.found.map(({tsfUs}) => tsfUs),
		);
	}
});

test('spectral: an empty sample is what a reader starts from', t => {
	t.is(new SpectralSample().binCount, 0);
	t.deepEqual(readAll(new Uint8Array(0)).counts, {...clean, samples: 0});
});
