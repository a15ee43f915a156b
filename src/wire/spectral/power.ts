// SPDX-License-Identifier: Apache-2.0
import type {SpectralSample} from './sample.ts';

/**
 * The power of each bin of a sample.
 *
 * Units:  dBm. A bin of 0 counts as 1 after the shift; where all are 0, the sample's power is spread evenly.
 * Source: `noise + rssi + 20·log10(b << e) − 10·log10(Σ (b << e)²)`, the sum over the half that was measured together.
 *         FFT_eval squares only the lower half's bins before it sums them; here both are.
 */
export function binPowersDbm(sample: SpectralSample): Float64Array {
	const powers = new Float64Array(sample.binCount);
	const middle = sample.binCount >> 1;
	if (sample.halves === 2) {
		fill(sample, 0, middle, sample.noiseDbm + sample.rssiDb, powers);
		fill(sample, middle, sample.binCount, sample.upperNoiseDbm + sample.upperRssiDb, powers);
	} else fill(sample, 0, sample.binCount, sample.noiseDbm + sample.rssiDb, powers);
	return powers;
}

function fill(sample: SpectralSample, from: number, to: number, totalDbm: number, powers: Float64Array): void {
	const {bytes, binsAt, maxExponent} = sample;
	const scale = 2 ** maxExponent;
	let sum = 0;
	for (let i = from; i < to; i++) sum += ((bytes[binsAt + i] as number) * scale) ** 2;
	const base = totalDbm - 10 * Math.log10(sum === 0 ? to - from : sum);
	for (let i = from; i < to; i++) powers[i] = base + 20 * Math.log10((bytes[binsAt + i] as number) * scale || 1);
}

/** The frequency of a bin. Units: MHz. */
export function binMhz({centreKhz, binKhz, binCount}: SpectralSample, bin: number): number {
	return (centreKhz + (bin - binCount / 2) * binKhz) / 1000;
}
