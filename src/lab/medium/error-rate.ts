// SPDX-License-Identifier: Apache-2.0
import {complementaryError, exponential, logarithm, ratioOfDb} from './exact.ts';
import type {Coding, Modulation, Rate} from './rates.ts';

// How likely bits survive, for each modulation and code, at a given ratio of signal to noise and interference.

/** Q(x), the tail of the standard normal distribution. */
function tail(x: number): number {
	return complementaryError(x * Math.SQRT1_2) / 2;
}

/**
 * Bit error rate before decoding.
 *
 * Units:    snr is the ratio (not dB) within the channel, equal to that of each carrier.
 * Source:   J. Proakis, Digital Communications, 4th edition, 5.2: BPSK ½·erfc(√γ), QPSK ½·erfc(√(γ/2)), and for square QAM
 *           of M points with Gray code 2/log2 M · (1 - 1/√M)·erfc(√(3γ/(2(M-1)))): ⅜·erfc(√(γ/10)), 7/24·erfc(√(γ/42));
 *           as in G. Pei, T. Henderson, "Validation of OFDM error rate model in ns-3" (2010), eq. 3 to 6.
 */
export function rawBitError(modulation: 'bpsk' | 'qpsk' | 'qam16' | 'qam64', snr: number): number {
	switch (modulation) {
		case 'bpsk':
			return complementaryError(Math.sqrt(snr)) / 2;
		case 'qpsk':
			return complementaryError(Math.sqrt(snr / 2)) / 2;
		case 'qam16':
			return (3 / 8) * complementaryError(Math.sqrt(snr / 10));
		case 'qam64':
			return (7 / 24) * complementaryError(Math.sqrt(snr / 42));
	}
}

/**
 * Bits in error on all paths of each weight, from the free distance on, of the code with generators 133, 171 (octal) and
 * its punctured forms; `step` apart, per `bits` information bits.
 *
 * Source: J. Conan, "The weight spectra of some short low-rate convolutional codes", IEEE Trans. Comm. 32 (1984);
 *         P. Frenger, P. Orten, T. Ottosson, "Multi-rate convolutional codes" (1998); Pei and Henderson (2010), eq. 8 to 10.
 */
const spectra: Readonly<
	Record<Exclude<Coding, 'none'>, {bits: number; from: number; step: number; weights: number[]}>
> = {
	'1/2': {
		bits: 1,
		from: 10,
		step: 2,
		weights: [36, 211, 1404, 11633, 77433, 502690, 3322763, 21292910, 134365911],
	},
	'2/3': {
		bits: 2,
		from: 6,
		step: 1,
		weights: [3, 70, 285, 1276, 6160, 27128, 117019, 498860, 2103891, 8784123],
	},
	'3/4': {
		bits: 3,
		from: 5,
		step: 1,
		weights: [42, 201, 1492, 10469, 62935, 379644, 2253373, 13073811, 75152755, 428005675],
	},
	'5/6': {
		bits: 5,
		from: 4,
		step: 1,
		weights: [92, 528, 8694, 79453, 792114, 7375573, 67884974, 610875423, 5427275376, 47664215639],
	},
};

/**
 * Bit error rate after a Viterbi decoder with hard decisions.
 *
 * Source:   union bound over the weights with the Chernoff bound D^d, D = √(4p(1-p)), for a path of weight d; halved, as
 *           the bound at d is nearer to ½·D^d: Pei and Henderson (2010), eq. 7; J. Proakis, 8.2.
 * Validity: below 1e-2 it is close; above it is capped, and frames of any length are lost there anyway.
 */
export function codedBitError(coding: Exclude<Coding, 'none'>, raw: number): number {
	const {bits, from, step, weights} = spectra[coding];
	const d = Math.sqrt(4 * raw * (1 - raw));
	let path = 1;
	for (let weight = 0; weight < from; weight++) path *= d;
	let sum = 0;
	for (const weight of weights) {
		sum += weight * path;
		for (let i = 0; i < step; i++) path *= d;
	}
	return Math.min(0.5, sum / (2 * bits));
}

const CHIPS_PER_SECOND = 11e6;
const NOISE_WIDTH_HZ = 22e6;
/** How many of the other code words of CCK lie at each squared distance (in chips × 2); see the test, which counts. */
const cckWords = {
	cck55: [
		[8, 14],
		[16, 1],
	],
	cck11: [
		[4, 24],
		[6, 16],
		[8, 174],
		[10, 16],
		[12, 24],
		[16, 1],
	],
} as const;

/**
 * Bit error rate of 802.11b.
 *
 * Source:   DBPSK ½·exp(-Eb/N0) and DQPSK taken as ½·exp(-Eb/N0 · (2 - √2)), Proakis 5.2.8; Eb/N0 = snr · 22 MHz / bit rate.
 *           CCK: union bound Σ A_k·Q(√(k·γ)) over code words, γ being the ratio of a chip: M. Pursley, T. Royster,
 *           "Properties and performance of the IEEE 802.11b complementary code key signal sets", IEEE Trans. Comm. 57
 *           (2009); half of a wrong word's bits are wrong.
 * Validity: white noise. An OFDM interferer is treated as noise too.
 */
export function dsssBitError(modulation: 'dbpsk' | 'dqpsk' | 'cck55' | 'cck11', snr: number): number {
	if (modulation === 'dbpsk') return exponential(-(snr * NOISE_WIDTH_HZ) / 1e6) / 2;
	if (modulation === 'dqpsk') return exponential(-((snr * NOISE_WIDTH_HZ) / 2e6) * (2 - Math.SQRT2)) / 2;
	const chip = (snr * NOISE_WIDTH_HZ) / CHIPS_PER_SECOND;
	let wrong = 0;
	for (const [distance, words] of cckWords[modulation]) wrong += words * tail(Math.sqrt(distance * chip));
	return Math.min(0.5, wrong / 2);
}

function isDsss(modulation: Modulation): modulation is 'dbpsk' | 'dqpsk' | 'cck55' | 'cck11' {
	return modulation === 'dbpsk' || modulation === 'dqpsk' || modulation === 'cck55' || modulation === 'cck11';
}

/** Bit error rate of a rate. Streams share the sender's power, so each has its part of the ratio. */
export function bitError(rate: Pick<Rate, 'modulation' | 'coding' | 'streams'>, snr: number): number {
	const {modulation, coding} = rate;
	if (isDsss(modulation)) return dsssBitError(modulation, snr);
	const raw = rawBitError(modulation, snr / rate.streams);
	return coding === 'none' ? raw : codedBitError(coding, raw);
}

const FROM_DB = -12;
const TO_DB = 48;
const STEPS_PER_DB = 8;

/**
 * ln of the probability that one bit survives, as a function of the ratio in dB: what the engine adds up over a frame.
 *
 * Shape: from -12 dB in eighths of a dB, with a line between two points.
 */
export class SurvivalCurve {
	readonly #values: Float64Array;

	constructor(rate: Pick<Rate, 'modulation' | 'coding' | 'streams'>) {
		this.#values = Float64Array.from({length: (TO_DB - FROM_DB) * STEPS_PER_DB + 1}, (_, step) => {
			const wrong = bitError(rate, ratioOfDb(FROM_DB + step / STEPS_PER_DB));
			return wrong < 1e-9 ? -wrong : logarithm(1 - wrong);
		});
	}

	perBit(ratioDb: number): number {
		const position = (ratioDb - FROM_DB) * STEPS_PER_DB;
		const values = this.#values;
		if (!(position > 0)) return values[0] ?? 0;
		const whole = Math.floor(position);
		if (whole >= values.length - 1) return 0;
		const before = values[whole] ?? 0;
		return before + ((values[whole + 1] ?? 0) - before) * (position - whole);
	}
}

const curves = new Map<string, SurvivalCurve>();

/** The curve of a rate; rates of one modulation, code and number of streams share theirs. */
export function survivalCurve(rate: Rate): SurvivalCurve {
	const key = `${rate.modulation} ${rate.coding} ${rate.streams}`;
	let curve = curves.get(key);
	if (curve === undefined) {
		curve = new SurvivalCurve(rate);
		curves.set(key, curve);
	}
	return curve;
}

/** The probability that so many bits survive at this ratio. */
export function survival(rate: Rate, bits: number, snrDb: number): number {
	return exponential(survivalCurve(rate).perBit(snrDb) * bits);
}

/** The ratio in dB that lets this share of frames of so many bytes through: found by halving. */
export function neededDb(rate: Rate, bytes: number, share: number): number {
	let low = FROM_DB;
	let high = TO_DB;
	for (let i = 0; i < 40; i++) {
		const middle = (low + high) / 2;
		if (survival(rate, bytes * 8, middle) < share) low = middle;
		else high = middle;
	}
	return high;
}
