// SPDX-License-Identifier: Apache-2.0

// Decibels as integers, in eighths: processors of routers have no floating-point unit.

/** Whole decibels that a histogram holds, from LOWEST_DBM up. */
export const LEVELS = 168;
export const LOWEST_DBM = -168;

const MANTISSA_BITS = 7;
const MANTISSAS = 1 << MANTISSA_BITS;
const OCTAVE = 8 * 10 * Math.log10(2);

/** 20·log10(b) in eighths of a decibel. What a bin of 0 is depends on the sample, which sets it: see `SpectrumWindow`. */
export const amplitudeEighths = /* @__PURE__ */ Int16Array.from({length: 256}, (_, b) =>
	b === 0 ? 0 : Math.round(8 * 20 * Math.log10(b)),
);

const mantissaEighths = /* @__PURE__ */ Int16Array.from({length: MANTISSAS}, (_, i) =>
	Math.round(8 * 10 * Math.log10(1 + (i + 0.5) / MANTISSAS)),
);
const octaveEighths = /* @__PURE__ */ Int16Array.from({length: 32}, (_, i) => Math.round(OCTAVE * i));

/** 10·log10(power) in eighths of a decibel, within one of them. Validity: 1 ≤ power < 2^31. */
export function powerEighths(power: number): number {
	const octave = 31 - Math.clz32(power);
	const mantissa = octave >= MANTISSA_BITS ? power >>> (octave - MANTISSA_BITS) : power << (MANTISSA_BITS - octave);
	return (octaveEighths[octave] as number) + (mantissaEighths[mantissa & (MANTISSAS - 1)] as number);
}
