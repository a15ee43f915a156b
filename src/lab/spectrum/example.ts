// SPDX-License-Identifier: Apache-2.0
import {seededRandom} from '../../core/random.ts';
import {type SpectrumSource, sources} from '../../model/spectrum/classify.ts';
import {featuresOf, type SpectrumFeatures} from '../../model/spectrum/features.ts';
import {SpectrumWindow} from '../../model/spectrum/window.ts';
import {type SampleFormat, samplesOf, viewOf} from './air.ts';
import {between, type Emitter, pick, type Random, type View} from './signature.ts';
import {bluetooth, carrier, microwave, radar, stranger, video, wifi, zigbee} from './signatures.ts';

// Labelled windows: a second of an air that holds one sender or none, with the traffic of a Wi-Fi network beside it in
// some. Equal seeds make equal windows; those of training are even, those of testing odd.

export interface Example {
	readonly seed: number;
	/** What it was made to hold. */
	readonly source: SpectrumSource;
	/** All that is in it. */
	readonly truth: readonly SpectrumSource[];
	readonly features: SpectrumFeatures;
}

const emitters: Readonly<Record<Exclude<SpectrumSource, 'none'>, (random: Random, view: View) => Emitter>> = {
	wifi: (random, view) => wifi(random, view),
	microwave,
	'analogue-video': video,
	zigbee,
	bluetooth,
	carrier,
	radar,
	unknown: stranger,
};

const CHANNELS_2 = [2412, 2417, 2422, 2427, 2432, 2437, 2442, 2447, 2452, 2457, 2462];
const CHANNELS_5 = [5180, 5220, 5260, 5300, 5500, 5540, 5580, 5620, 5660, 5700, 5745];
/** Where a source is found. */
const bands: Readonly<Record<SpectrumSource, readonly (2 | 5)[]>> = {
	none: [2, 5],
	wifi: [2, 5],
	microwave: [2],
	'analogue-video': [2, 2, 5],
	zigbee: [2],
	bluetooth: [2],
	carrier: [2, 5],
	radar: [5],
	unknown: [2, 5],
};
const formats2: readonly SampleFormat[] = ['ht20', 'ht20', 'ht20-40'];
const formats5: readonly SampleFormat[] = ['ht20', 'ht20', 'ht20-40', 'ath10k-20', 'ath10k-80'];
const WINDOW_US = 1e6;
const BESIDE_CHANCE = 0.3;
/** A sender that was seen in fewer samples was not there to be seen. */
const FEWEST_GLIMPSES = 4;

/** One window of a source; `spacingUs` is the time from one sample to the next, the recorded radio's where absent. */
export function makeExample(source: SpectrumSource, seed: number, spacingUs?: number): Example {
	for (let attempt = 0; ; attempt++) {
		const random = seededRandom((seed * 7919 + sources.indexOf(source) * 104_729 + attempt * 1_299_709) >>> 0);
		const example = tryExample(source, seed, random, spacingUs);
		if (example !== undefined) return example;
	}
}

function tryExample(
	source: SpectrumSource,
	seed: number,
	random: Random,
	spacingUs: number | undefined,
): Example | undefined {
	const band = pick(random, bands[source]);
	const format = pick(random, band === 2 ? formats2 : formats5);
	const centreKhz = pick(random, band === 2 ? CHANNELS_2 : CHANNELS_5) * 1000;
	const view = viewOf(format, centreKhz);
	let glimpses = 0;
	const present: Emitter[] = [];
	const truth: SpectrumSource[] = [];
	if (source !== 'none') {
		const emitter = emitters[source](random, view);
		present.push(now => {
			const glimpse = emitter(now);
			if (glimpse !== undefined) glimpses++;
			return glimpse;
		});
		truth.push(source);
	}
	if (source !== 'none' && source !== 'wifi' && random() < BESIDE_CHANCE) {
		present.push(wifi(random, view, between(random, 0.03, 0.35)));
		truth.push('wifi');
	}
	const next = samplesOf(random, format, centreKhz, present, spacingUs);
	const window = new SpectrumWindow();
	let sample = next();
	const endUs = sample.tsfUs + WINDOW_US;
	window.begin(sample);
	for (; sample.tsfUs < endUs; sample = next()) window.add(sample);
	if (source !== 'none' && glimpses < FEWEST_GLIMPSES) return undefined;
	return {seed, source, truth, features: featuresOf(window)};
}

export function makeExamples(perSource: number, kind: 'training' | 'test', spacingUs?: number): Example[] {
	return sources.flatMap(source =>
		Array.from({length: perSource}, (_, i) => makeExample(source, 2 * i + (kind === 'training' ? 0 : 1), spacingUs)),
	);
}
