// SPDX-License-Identifier: Apache-2.0

// Delays are counted in bins that are an eighth of an octave wide: every percentile is known to 12.5 % or better, and
// two histograms add up.

const PARTS = 8;
const PART_BITS = 3;
/** The last octave ends at 2^28 µs, some 268 s; what waited longer stands in the last bin. */
const OCTAVES = 28;

/** How many bins a histogram has. */
export const delayBins = PARTS * (OCTAVES - PART_BITS + 1);

/** The bin of a delay in microseconds. */
export function delayBin(delayUs: number): number {
	if (delayUs < PARTS) return delayUs < 0 ? 0 : Math.floor(delayUs);
	const whole = delayUs >= 2 ** OCTAVES ? 2 ** OCTAVES - 1 : Math.floor(delayUs);
	const octave = 31 - Math.clz32(whole);
	return ((octave - PART_BITS + 1) << PART_BITS) + ((whole >> (octave - PART_BITS)) & (PARTS - 1));
}

/** The shortest delay in µs that each bin holds; one entry more than there are bins, for the end of the last. */
export function delayBounds(): Float64Array {
	return Float64Array.from({length: delayBins + 1}, (_, bin) => {
		if (bin < PARTS) return bin;
		const octave = (bin >> PART_BITS) + PART_BITS - 1;
		return (PARTS + (bin & (PARTS - 1))) * 2 ** (octave - PART_BITS);
	});
}

/** The delay in µs that a share of the packets stayed under, interpolated within its bin; undefined for no packets. */
export function delayQuantileUs(counts: ArrayLike<number>, share: number): number | undefined {
	let total = 0;
	for (let bin = 0; bin < counts.length; bin++) total += counts[bin] ?? 0;
	if (total === 0) return undefined;
	const bounds = delayBounds();
	let left = share * total;
	for (let bin = 0; bin < counts.length; bin++) {
		const count = counts[bin] ?? 0;
		const from = bounds[bin] ?? 0;
		if (count > 0 && left <= count) return from + ((bounds[bin + 1] ?? from) - from) * (left / count);
		left -= count;
	}
	return bounds[delayBins];
}
