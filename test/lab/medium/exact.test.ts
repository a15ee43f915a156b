// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {
	complementaryError,
	dbOfRatio,
	exponential,
	exponentialDraw,
	logarithm,
	normalDraw,
	power,
	ratioOfDb,
} from '../../../src/lab/medium/exact.ts';

test('exact: exponentials and logarithms agree with the library to 1e-15', t => {
	const random = seededRandom(1);
	for (let i = 0; i < 20_000; i++) {
		const x = (random() - 0.5) * 1380;
		t.true(Math.abs(exponential(x) / Math.exp(x) - 1) < 1e-15);
		const y = Math.exp((random() - 0.5) * 1400);
		t.true(Math.abs(logarithm(y) - Math.log(y)) <= 1e-15 * Math.max(1, Math.abs(Math.log(y))));
	}
});

test('exact: the edges are those of IEEE 754', t => {
	t.is(exponential(0), 1);
	t.is(exponential(1000), Number.POSITIVE_INFINITY);
	t.is(exponential(-1000), 0);
	t.is(exponential(Number.NaN), Number.NaN);
	t.is(logarithm(1), 0);
	t.is(logarithm(0), Number.NEGATIVE_INFINITY);
	t.is(logarithm(-1), Number.NaN);
	t.is(logarithm(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
});

test('exact: the bits of a few values are written down, so that another platform must give the same', t => {
	const bits = (value: number): string => {
		const view = new DataView(new ArrayBuffer(8));
		view.setFloat64(0, value);
		return view.getBigUint64(0).toString(16);
	};
	t.is(bits(exponential(1)), '4005bf0a8b14576a');
	t.is(bits(logarithm(10)), '40026bb1bbb55516');
	t.is(bits(ratioOfDb(-95)), '3df5bb233fcb6a86');
	t.is(bits(ratioOfDb(3)), '3fffec982d5bb8b0');
});

test('exact: 3 dB are about twice, 10 dB ten times, and back', t => {
	t.true(Math.abs(ratioOfDb(3) - 1.99526) < 1e-5);
	t.true(Math.abs(dbOfRatio(ratioOfDb(-87.25)) + 87.25) < 1e-12);
	t.true(Math.abs(power(2, 3.5) - 2 ** 3.5) < 1e-13);
});

test('exact: erfc(1) is 0.157299207, and erfc(-1) what is left to 2', t => {
	t.true(Math.abs(complementaryError(1) / 0.15729920705 - 1) < 1.2e-7);
	t.true(Math.abs(complementaryError(-1) - (2 - 0.15729920705)) < 1e-7);
});

test('exact: draws have the mean and the spread that they should', t => {
	const random = seededRandom(7);
	let [sum, normal, square] = [0, 0, 0];
	const count = 100_000;
	for (let i = 0; i < count; i++) {
		sum += exponentialDraw(3, random());
		const draw = normalDraw(random);
		normal += draw;
		square += draw * draw;
	}
	t.true(Math.abs(sum / count - 3) < 0.03);
	t.true(Math.abs(normal / count) < 0.01);
	t.true(Math.abs(square / count - 1) < 0.02);
});
