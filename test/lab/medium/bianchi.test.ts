// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {attemptChance, bianchiMbps} from '../../../src/lab/medium/bianchi.ts';
import {rateNamed} from '../../../src/lab/medium/rates.ts';

test('bianchi: a single station never collides, and τ = 2 / (W + 1)', t => {
	const {tau, collides} = attemptChance(1, 15, 1023);
	t.is(collides, 0);
	// Σ of (2p)^0 is 1 and p is 0: 2 / (1 + 16 + 0).
	t.true(Math.abs(tau - 2 / 17) < 1e-12);
});

test('bianchi: the fixed point fulfils both of its equations', t => {
	const {tau, collides} = attemptChance(10, 15, 1023);
	t.true(Math.abs(collides - (1 - (1 - tau) ** 9)) < 1e-12);
	let sum = 0;
	for (let i = 0; i < 6; i++) sum += (2 * collides) ** i; // 1024 / 16 = 2^6
	t.true(Math.abs(tau - 2 / (1 + 16 + collides * 16 * sum)) < 1e-9);
});

test('bianchi: one station at 54 Mb/s, worked out by hand', t => {
	// T_s = 248 + 16 + 28 + 34 = 326 µs; B = 1/16; a cycle is idle slots and a success of T_s / (1 - B) + 9 µs.
	const tau = 2 / 17;
	const cycleUs = (1 - tau) * 9 + tau * (326 / (15 / 16) + 9);
	const mbps = (tau * (12_000 / (15 / 16))) / cycleUs;
	const ours = bianchiMbps({
		standard: 'a',
		primaryMhz: 5180,
		rate: rateNamed('ofdm-54'),
		stations: 1,
		packetBytes: 1500,
		space: 'difs',
	});
	t.true(Math.abs(ours - mbps) < 1e-6, `${ours} ${mbps}`);
});
