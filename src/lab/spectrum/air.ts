// SPDX-License-Identifier: Apache-2.0
import type {BinSample} from '../../model/spectrum/window.ts';
import {between, type Emitter, type Random, type View} from './signature.ts';

// FFT samples of an air: the powers of all that is there and of the noise, as a radio would have written them.

export type SampleFormat = 'ht20' | 'ht20-40' | 'ath10k-20' | 'ath10k-80';

interface Shape {
	readonly bins: number;
	readonly binKhz: number;
	readonly halves: 1 | 2;
}

const shapes: Readonly<Record<SampleFormat, Shape>> = {
	ht20: {bins: 56, binKhz: 312.5, halves: 1},
	'ht20-40': {bins: 128, binKhz: 312.5, halves: 2},
	'ath10k-20': {bins: 64, binKhz: 312.5, halves: 1},
	'ath10k-80': {bins: 256, binKhz: 312.5, halves: 1},
};

/** How far apart the AR9550 of the recorded capture took its samples, and how often and how long it did something else. */
const SPACING_US = 1494;
const PAUSE_CHANCE = 0.02;
const PAUSE_US = 36_000;
const NOISE_DBM = -95;
/** The strongest bin is written as 128 to 255. */
const FULL_SCALE = 256;

export function viewOf(format: SampleFormat, centreKhz: number): View {
	const {bins, binKhz} = shapes[format];
	return {centreKhz, spanKhz: bins * binKhz};
}

/** A radio that looks at an air: each call is the next sample, not before the time it is told. */
export function samplesOf(
	random: Random,
	format: SampleFormat,
	centreKhz: number,
	emitters: readonly Emitter[],
	spacingUs = SPACING_US,
): (notBeforeUs?: number) => BinSample {
	const {bins, binKhz, halves} = shapes[format];
	let nowUs = 0;
	return (notBeforeUs = 0) => {
		nowUs = Math.max(nowUs, notBeforeUs) + spacingUs + Math.floor(between(random, -3, 4));
		if (random() < PAUSE_CHANCE) nowUs += Math.floor(PAUSE_US * between(random, 0.9, 1.2));
		const powers = new Float64Array(bins);
		// Noise of one bin, in parts of the whole floor; its power is exponential.
		for (let i = 0; i < bins; i++) powers[i] = -Math.log(1 - random()) / (bins / halves);
		for (const emitter of emitters) {
			const glimpse = emitter(nowUs);
			if (glimpse === undefined) continue;
			const middle = (glimpse.khz - centreKhz) / binKhz + bins / 2;
			const power = 10 ** (glimpse.marginDb / 10);
			if (glimpse.widthKhz < binKhz) addTone(powers, middle, power);
			else addBand(random, powers, middle, glimpse.widthKhz / binKhz, power);
		}
		return written(powers, nowUs, {bins, binKhz, halves}, centreKhz);
	};
}

/** A tone leaks into other bins as the rectangular window of an FFT makes it. */
function addTone(powers: Float64Array, middle: number, power: number): void {
	for (let i = 0; i < powers.length; i++) {
		const x = Math.PI * (i - middle);
		const amplitude = Math.abs(x) < 1e-6 ? 1 : Math.sin(x) / x;
		powers[i] = (powers[i] as number) + power * amplitude * amplitude;
	}
}

/** Noise-like over a band: each bin's power is exponential; bins at its edges have their part. */
function addBand(random: Random, powers: Float64Array, middle: number, width: number, power: number): void {
	const from = middle - width / 2;
	for (let i = Math.max(0, Math.floor(from - 0.5)); i < powers.length && i - 0.5 < from + width; i++) {
		const inside = Math.min(i + 0.5, from + width) - Math.max(i - 0.5, from);
		if (inside > 0) powers[i] = (powers[i] as number) + (power / width) * inside * -Math.log(1 - random());
	}
}

function written(powers: Float64Array, tsfUs: number, shape: Shape, centreKhz: number): BinSample {
	const {bins, binKhz, halves} = shape;
	const middle = bins / halves;
	const sum = (from: number, to: number): number => powers.subarray(from, to).reduce((all, each) => all + each, 0);
	const rssi = (from: number, to: number): number =>
		Math.max(-128, Math.min(127, Math.round(10 * Math.log10(sum(from, to)))));
	// Each half is scaled by itself, as the radio measures it.
	const bytes = new Uint8Array(bins);
	for (let half = 0; half < halves; half++) {
		const most = Math.sqrt(powers.subarray(half * middle, (half + 1) * middle).reduce((a, b) => Math.max(a, b), 0));
		for (let i = half * middle; i < (half + 1) * middle; i++)
			bytes[i] = Math.min(255, Math.round((Math.sqrt(powers[i] as number) / most) * 0.8 * FULL_SCALE));
	}
	return {
		bytes,
		binsAt: 0,
		binCount: bins,
		binKhz,
		centreKhz,
		maxExponent: 2,
		tsfUs,
		halves,
		rssiDb: rssi(0, middle),
		noiseDbm: NOISE_DBM,
		upperRssiDb: halves === 2 ? rssi(middle, bins) : 0,
		upperNoiseDbm: halves === 2 ? NOISE_DBM : 0,
	};
}
