// SPDX-License-Identifier: Apache-2.0
// npm run spectral -- COMMAND …: what a spectral capture holds.
import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {train} from '../lab/spectrum/train.ts';
import {classify, type SpectrumFinding} from '../model/spectrum/classify.ts';
import {FEWEST_SAMPLES, type FeatureName, featuresOf} from '../model/spectrum/features.ts';
import {summarise} from '../model/spectrum/summary.ts';
import {SpectrumWindow} from '../model/spectrum/window.ts';
import {unchunk} from '../wire/spectral/chunks.ts';
import {binMhz, binPowersDbm} from '../wire/spectral/power.ts';
import {SAMPLE_ATH10K, SAMPLE_HT20, type SpectralSample} from '../wire/spectral/sample.ts';
import {type SpectralCounts, SpectralStream} from '../wire/spectral/stream.ts';

const usage = `Usage: npm run spectral -- COMMAND …

  decode FILE… [--json]
      Prints one line a sample: its time in µs (TSF), format, centre frequency, number of bins, signal over noise,
      noise floor, strongest bin and its power; then one line with what was counted.
      --json prints one JSON object a sample and line instead:
        tsfUs, format ("ht20" | "ht20-40" | "ath10k"), centreMhz, firstMhz and stepMhz (of the bins), rssiDb, noiseDbm,
        upperRssiDb and upperNoiseDbm (ht20-40 only), binsDbm; and the counts as one JSON object on standard error.
      Counted are: samples, errors (gaps where something else than a sample stood), truncated (samples that were cut),
      skippedBytes, chunks (length headers between samples, as athspectralscan writes them), withoutNoise (ath10k samples
      that state no noise floor: they are printed, their powers mean nothing).
      A file that is malformed is read as far as it goes: exit status 0. Exit status 1: a file could not be read.

  classify FILE…
      Prints who sends, for each run of samples of one channel, with the comparisons that led to it.

  train
      Grows src/model/spectrum/tree.ts anew from the lab's generator.

Captures: cat /sys/kernel/debug/ieee80211/phy0/ath9k/spectral_scan0 > FILE; ath9k HT20 and HT20/40, ath10k of any width.
`;

const MOST_DECIMALS = 1000;
const round = (value: number): number => Math.round(value * MOST_DECIMALS) / MOST_DECIMALS;

function formatOf({type}: SpectralSample): string {
	return type === SAMPLE_HT20 ? 'ht20' : type === SAMPLE_ATH10K ? 'ath10k' : 'ht20-40';
}

function asJson(sample: SpectralSample): string {
	const {tsfUs, centreKhz, binKhz, rssiDb, noiseDbm, upperRssiDb, upperNoiseDbm, halves} = sample;
	return JSON.stringify({
		tsfUs,
		format: formatOf(sample),
		centreMhz: centreKhz / 1000,
		firstMhz: binMhz(sample, 0),
		stepMhz: binKhz / 1000,
		rssiDb,
		noiseDbm,
		...(halves === 2 ? {upperRssiDb, upperNoiseDbm} : {}),
		binsDbm: Array.from(binPowersDbm(sample), round),
	});
}

function asText(sample: SpectralSample): string {
	const {tsfUs, centreKhz, rssiDb, noiseDbm, upperRssiDb, upperNoiseDbm, halves, binCount} = sample;
	const powers = binPowersDbm(sample);
	let peak = 0;
	for (let i = 1; i < powers.length; i++) if ((powers[i] as number) > (powers[peak] as number)) peak = i;
	const upper = halves === 2 ? `/${upperRssiDb}` : '';
	const upperNoise = halves === 2 ? `/${upperNoiseDbm}` : '';
	return [
		String(tsfUs).padStart(14),
		formatOf(sample).padEnd(7),
		`${centreKhz / 1000} MHz`,
		`${binCount} bins`.padStart(8),
		`rssi ${rssiDb}${upper} dB`,
		noiseDbm === 0 ? 'no noise floor' : `noise ${noiseDbm}${upperNoise} dBm`,
		`peak ${binMhz(sample, peak).toFixed(2)} MHz ${(powers[peak] as number).toFixed(1)} dBm`,
	].join('  ');
}

/** Errors: those of reading the file. */
function readCapture(
	path: string,
	take: (sample: SpectralSample) => void,
): SpectralCounts & {readonly chunks: number; readonly withoutNoise: number} {
	let withoutNoise = 0;
	const stream = new SpectralStream(sample => {
		if (sample.type === SAMPLE_ATH10K && sample.noiseDbm === 0) withoutNoise++;
		take(sample);
	});
	const {bytes, chunks} = unchunk(new Uint8Array(readFileSync(path)));
	stream.push(bytes);
	stream.end();
	return {...stream.counts, chunks, withoutNoise};
}

function decode(paths: readonly string[], json: boolean): void {
	for (const path of paths) {
		const lines: string[] = [];
		const counts = readCapture(path, sample => lines.push(json ? asJson(sample) : asText(sample)));
		for (const line of lines) process.stdout.write(`${line}\n`);
		if (json) process.stderr.write(`${JSON.stringify({file: path, ...counts})}\n`);
		else {
			const said = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
			process.stdout.write(`${path}: ${said.join(', ')}\n`);
		}
	}
}

const inWords: Readonly<Record<FeatureName, string>> = {
	narrowPermille: 'narrow in ‰ of samples',
	widePermille: 'wide in ‰ of samples',
	widthKhz: 'width kHz',
	spreadKhz: 'places spread kHz',
	stepKhz: 'steps kHz',
	peakPermille: 'at one place in ‰',
	mainsPermille: 'follows the mains in ‰',
	runUs: 'lasts µs',
	marginDb: 'over noise dB',
	band: 'band GHz',
};

/** A finding's reasons as a line for people. */
function reasonsInWords({reasons}: SpectrumFinding): string {
	return reasons
		.map(({feature, value, limit, isAbove}) => `${inWords[feature]} ${value} ${isAbove ? '>' : '≤'} ${limit}`)
		.join(', ');
}

/** What a window of samples comes to, as lines for people. */
function describe(window: SpectrumWindow): string[] {
	const summary = summarise(window);
	if (summary === undefined) return [];
	const features = featuresOf(window);
	const {centreKhz, samples, occupiedKhz, centroidKhz, flatnessShare} = summary;
	const head = [
		`${centreKhz / 1000} MHz`,
		`${samples} samples`,
		`${occupiedKhz / 1000} MHz occupied around ${(centroidKhz / 1000).toFixed(2)} MHz`,
		`flatness ${flatnessShare.toFixed(3)}`,
	].join(', ');
	if (samples < FEWEST_SAMPLES) return [`${head}: too few samples to say who sends`];
	const findings = classify(features);
	if (findings.length === 0) return [`${head}: nobody`];
	return [
		`${head}:`,
		...findings.map(
			finding => `  ${finding.source}, confidence ${finding.confidenceShare.toFixed(2)}: ${reasonsInWords(finding)}`,
		),
	];
}

function classifyFiles(paths: readonly string[]): void {
	for (const path of paths) {
		const window = new SpectrumWindow();
		const say = (): void => {
			for (const line of describe(window)) process.stdout.write(`${line}\n`);
		};
		process.stdout.write(`${path}\n`);
		readCapture(path, sample => {
			if (!window.takes(sample)) {
				say();
				window.begin(sample);
			}
			window.add(sample);
		});
		say();
	}
}

function main(words: readonly string[]): number {
	const json = words.includes('--json');
	const [command = '', ...names] = words.filter(word => !word.startsWith('--'));
	// npm runs this in the project's folder; names are meant from where it was called.
	const paths = names.map(name => resolve(process.env.INIT_CWD ?? '.', name));
	if (words.includes('--help')) {
		process.stdout.write(usage);
		return 0;
	}
	if (!(command === 'train' ? paths.length === 0 : ['decode', 'classify'].includes(command) && paths.length > 0)) {
		process.stderr.write(usage);
		return 2;
	}
	try {
		if (command === 'decode') decode(paths, json);
		else if (command === 'classify') classifyFiles(paths);
		else writeFileSync(new URL('../model/spectrum/tree.ts', import.meta.url), train());
		return 0;
	} catch (error) {
		process.stderr.write(`spectral: ${(error as Error).message}\n`);
		return 1;
	}
}

process.exitCode = main(process.argv.slice(2));
