// SPDX-License-Identifier: Apache-2.0

// Exponentials and logarithms from additions, multiplications and divisions alone. IEEE 754 defines these to the last
// bit, and leaves exp, log and pow to each engine: with Math.exp the same seed would give other results elsewhere.

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LN2 = LN2_HIGH + LN2_LOW;
const LN10 = Math.LN10;

/** 2^k for k from -1074 to 1023, made by exact doubling and halving. */
const powersOfTwo = new Float64Array(1074 + 1024);
for (let k = 0, up = 1; k < 1024; k++, up *= 2) powersOfTwo[1074 + k] = up;
for (let k = 0, down = 1; k <= 1074; k++, down /= 2) powersOfTwo[1074 - k] = down;

function powerOfTwo(k: number): number {
	return k > 1023 ? Number.POSITIVE_INFINITY : k < -1074 ? 0 : (powersOfTwo[k + 1074] ?? 0);
}

/**
 * e^x.
 *
 * Source: x = k ln 2 + r with |r| <= ln 2 / 2, and the Taylor series of e^r to r^13 (remainder below 5e-18).
 * Validity: relative error below 1e-15 for -700 < x < 700; 0 and Infinity beyond the range of a double.
 */
export function exponential(x: number): number {
	if (x > 709.8) return Number.POSITIVE_INFINITY;
	if (!(x > -745.2)) return Number.isNaN(x) ? x : 0;
	const k = Math.round(x / LN2);
	const r = x - k * LN2_HIGH - k * LN2_LOW;
	let sum = 1;
	for (let n = 13; n > 0; n--) sum = 1 + (sum * r) / n;
	return sum * powerOfTwo(k > -1020 ? k : k + 100) * (k > -1020 ? 1 : powerOfTwo(-100));
}

/**
 * The natural logarithm.
 *
 * Source: x = 2^k m with sqrt(1/2) <= m < sqrt(2), ln m = 2 artanh((m - 1) / (m + 1)) as a series to the 21st power.
 * Validity: relative error below 1e-15 for normal doubles; -Infinity for 0, NaN below.
 */
export function logarithm(x: number): number {
	if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
	if (x === Number.POSITIVE_INFINITY) return x;
	let m = x;
	let k = 0;
	for (let step = 512; step >= 1; step /= 2) {
		if (m >= powerOfTwo(step)) {
			m *= powerOfTwo(-step);
			k += step;
		} else if (m < powerOfTwo(1 - step)) {
			m *= powerOfTwo(step);
			k -= step;
		}
	}
	if (m > Math.SQRT2) {
		m /= 2;
		k++;
	} else if (m < Math.SQRT1_2) {
		m *= 2;
		k--;
	}
	const z = (m - 1) / (m + 1);
	const square = z * z;
	let sum = 0;
	for (let n = 21; n > 0; n -= 2) sum = sum * square + 1 / n;
	return k * LN2_HIGH + (2 * z * sum + k * LN2_LOW);
}

/** Decibels to a ratio, and dBm to milliwatts: 10^(dB/10). */
export function ratioOfDb(db: number): number {
	return exponential((db * LN10) / 10);
}

/** A ratio to decibels, and milliwatts to dBm: 10·log10. */
export function dbOfRatio(ratio: number): number {
	return (logarithm(ratio) * 10) / LN10;
}

/** base^exponent for a positive base: path loss and fading need fractional exponents. */
export function power(base: number, exponent: number): number {
	return exponential(exponent * logarithm(base));
}

/**
 * The complementary error function.
 *
 * Source: W. Press et al., Numerical Recipes, 3rd edition, section 6.2.2, the Chebyshev fit of `erfcc`.
 * Validity: relative error below 1.2e-7 everywhere.
 */
export function complementaryError(x: number): number {
	const t = 2 / (2 + Math.abs(x));
	let sum = 0.17087277;
	for (const coefficient of ERFC) sum = sum * t + coefficient;
	const tail = t * exponential(-x * x + sum);
	return x >= 0 ? tail : 2 - tail;
}

const ERFC = [
	-0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223,
];

/** A draw of the exponential distribution with this mean, from an equal draw in [0, 1). */
export function exponentialDraw(mean: number, equal: number): number {
	return -mean * logarithm(1 - equal);
}

/** A draw of the standard normal distribution, by the polar method of Marsaglia and Bray (1964). */
export function normalDraw(random: () => number): number {
	for (;;) {
		const u = 2 * random() - 1;
		const v = 2 * random() - 1;
		const s = u * u + v * v;
		if (s > 0 && s < 1) return u * Math.sqrt((-2 * logarithm(s)) / s);
	}
}
