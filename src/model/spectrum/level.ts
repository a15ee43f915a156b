// SPDX-License-Identifier: Apache-2.0

// Decibels as integers, in eighths: processors of routers have no floating-point unit.

/** Whole decibels that a histogram holds, from LOWEST_DBM up. */
export const LEVELS = 168;
export const LOWEST_DBM = -168;

const BYTES = 256;
const MANTISSA_BITS = 7;
const MANTISSAS = 1 << MANTISSA_BITS;
const OCTAVES = 32;
const EIGHTHS = 8;

/** The host's: 20·log10 of a byte, then 10·log10 of 1 to 2 in MANTISSAS steps, then of the powers of two. */
export const levelTables = /* @__PURE__ */ Int16Array.from({length: BYTES + MANTISSAS + OCTAVES}, (_, i) => {
	if (i < BYTES) return Math.round(EIGHTHS * 20 * Math.log10(Math.max(1, i)));
	const j = i - BYTES;
	if (j < MANTISSAS) return Math.round(EIGHTHS * 10 * Math.log10(1 + (j + 0.5) / MANTISSAS));
	return Math.round(EIGHTHS * 10 * Math.log10(2) * (j - MANTISSAS));
});

/** 20·log10(b) in eighths of a decibel; 0 for a bin of 0, which is what its sample says. */
export const amplitudeEighths = levelTables;

/** 10·log10(power) in eighths of a decibel, within one of them. Validity: 1 ≤ power < 2^31. */
export function powerEighths(power: number): number {
	const octave = 31 - Math.clz32(power);
	const mantissa = octave >= MANTISSA_BITS ? power >>> (octave - MANTISSA_BITS) : power << (MANTISSA_BITS - octave);
	const fraction = levelTables[BYTES + (mantissa & (MANTISSAS - 1))] as number;
	return (levelTables[BYTES + MANTISSAS + octave] as number) + fraction;
}
