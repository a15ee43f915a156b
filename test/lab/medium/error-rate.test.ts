// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {
	codedBitError,
	dsssBitError,
	neededDb,
	rawBitError,
	SurvivalCurve,
	survival,
} from '../../../src/lab/medium/error-rate.ts';
import {complementaryError} from '../../../src/lab/medium/exact.ts';
import {rateNamed, rates} from '../../../src/lab/medium/rates.ts';

const near = (value: number, wanted: number, share: number): boolean => Math.abs(value / wanted - 1) <= share;
const q = (x: number): number => complementaryError(x / Math.SQRT2) / 2;

test('error rate: BPSK at 9.6 dB is 1e-5, the textbook point', t => {
	t.true(near(rawBitError('bpsk', 10 ** 0.96), 9.7e-6, 0.02), `${rawBitError('bpsk', 10 ** 0.96)}`);
});

test('error rate: QPSK needs 3 dB more than BPSK, as its bits share the power', t => {
	t.is(rawBitError('qpsk', 8), rawBitError('bpsk', 4));
});

test('error rate: square QAM is 2/log2 M·(1 - 1/√M)·erfc(√(3γ/(2(M - 1))))', t => {
	for (const [modulation, points] of [
		['qam16', 16],
		['qam64', 64],
	] as const)
		for (const snr of [10, 50, 200]) {
			const side = Math.sqrt(points);
			const formula =
				(2 / Math.log2(points)) * (1 - 1 / side) * complementaryError(Math.sqrt((3 * snr) / (2 * (points - 1))));
			t.true(near(rawBitError(modulation, snr), formula, 1e-9));
		}
});

test('error rate: the decoder at rate ½ begins with ½·36·D^10', t => {
	const raw = 1e-4;
	const d = Math.sqrt(4 * raw * (1 - raw));
	t.true(near(codedBitError('1/2', raw), 0.5 * (36 * d ** 10 + 211 * d ** 12), 0.01));
	t.is(codedBitError('1/2', 0.4), 0.5);
});

test('error rate: less redundancy is worse at the same raw rate', t => {
	const at = (['1/2', '2/3', '3/4', '5/6'] as const).map(coding => codedBitError(coding, 1e-3));
	for (let i = 1; i < at.length; i++) t.true((at[i] as number) > (at[i - 1] as number));
});

/** All code words of CCK: eight chips e^{jφ}, φ1 rotates all of them. Source: IEEE 802.11-2020 16.3.6.6.2, eq. 16-1. */
function cckWords(phases: readonly (readonly [number, number, number, number])[]): {re: number; im: number}[][] {
	return phases.map(([p1, p2, p3, p4]) =>
		[p1 + p2 + p3 + p4, p1 + p3 + p4, p1 + p2 + p4, p1 + p4 + 2, p1 + p2 + p3, p1 + p3, p1 + p2 + 2, p1].map(
			quarter => ({re: [1, 0, -1, 0][quarter % 4] as number, im: [0, 1, 0, -1][quarter % 4] as number}),
		),
	);
}

function distances(words: {re: number; im: number}[][]): Map<number, number> {
	const counts = new Map<number, number>();
	const [first = [], ...others] = words;
	for (const word of others) {
		let square = 0;
		for (const [i, chip] of word.entries())
			square += (chip.re - (first[i]?.re ?? 0)) ** 2 + (chip.im - (first[i]?.im ?? 0)) ** 2;
		// The probability of this error is Q(√(d²/2 · γ)).
		counts.set(square / 2, (counts.get(square / 2) ?? 0) + 1);
	}
	return counts;
}

test('error rate: the union bound of CCK counts its code words by distance', t => {
	const quarters = [0, 1, 2, 3];
	const eleven = quarters.flatMap(a =>
		quarters.flatMap(b => quarters.flatMap(c => quarters.map(d => [a, b, c, d] as const))),
	);
	const fromEleven = distances(cckWords(eleven));
	// 5.5 Mb/s: φ2 = d2·π + π/2, φ3 = 0, φ4 = d3·π. Source: IEEE 802.11-2020 16.3.6.6.3.
	const five = quarters.flatMap(a => [0, 1].flatMap(b => [0, 1].map(c => [a, 2 * b + 1, 0, 2 * c] as const)));
	const fromFive = distances(cckWords(five));
	for (const [modulation, counted] of [
		['cck11', fromEleven],
		['cck55', fromFive],
	] as const) {
		const chip = 2 * 0.8; // 22 MHz of noise over 11 Mchip/s
		let bound = 0;
		for (const [distance, words] of counted) bound += words * q(Math.sqrt(distance * chip));
		t.true(near(dsssBitError(modulation, 0.8), bound / 2, 1e-6), `${modulation} ${[...counted].join(' ')}`);
	}
});

test('error rate: faster rates of one kind need a better signal, and none needs more than its sensitivity allows', t => {
	for (const kind of ['ofdm-', 'ht20-', 'ht40-']) {
		const some = rates.filter(rate => rate.name.startsWith(kind) && rate.streams === 1 && !rate.name.endsWith('short'));
		const needed = some.map(rate => neededDb(rate, 1000, 0.9));
		for (let i = 1; i < needed.length; i++) t.true((needed[i] as number) > (needed[i - 1] as number), some[i]?.name);
		for (const [i, rate] of some.entries()) {
			// Noise is -101 dBm over 20 MHz; the standard counts on a noise figure of 10 dB and 5 dB of losses.
			const noiseDbm = rate.widthMhz === 40 ? -98 : -101;
			t.true((needed[i] as number) < rate.sensitivityDbm - noiseDbm, rate.name);
		}
	}
});

test('error rate: the curve is the formula in steps of an eighth of a dB', t => {
	const rate = rateNamed('ofdm-24');
	const curve = new SurvivalCurve(rate);
	t.is(curve.perBit(60), 0);
	t.is(curve.perBit(-40), curve.perBit(-12));
	const exact = Math.log(1 - codedBitError('1/2', rawBitError('qam16', 10 ** 1.2)));
	t.true(near(curve.perBit(12), exact, 1e-9));
	t.true(survival(rate, 8000, 30) > 0.999999);
	t.true(survival(rate, 8000, 5) < 1e-6);
});
