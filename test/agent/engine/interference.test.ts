// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {interferenceOf} from '../../../src/agent/engine/interference.ts';
import type {InterfererObservation, SpectralObservation} from '../../../src/model/observation.ts';

const radios = [
	{name: 'phy0', live: {mhz: 2437, widthMhz: 20}},
	{name: 'phy1', live: {mhz: 5190, widthMhz: 40}},
];
const looked = (radio: string, centroidMhz: number | undefined): SpectralObservation => ({
	kind: 'spectral',
	radio,
	samples: 500,
	errors: 0,
	listenShare: 0.05,
	occupiedMhz: 1,
	centroidMhz,
	flatnessShare: 0.5,
	mainsHz: 50,
	mainsDepth: 0.9,
	pulsesPerS: 50,
	pulseUs: 8192,
});
const found = (radio: string, source: string, presentShare: number, confidenceShare = 0.95): InterfererObservation => ({
	kind: 'interferer',
	radio,
	source,
	confidenceShare,
	presentShare,
	reasons: '',
});

test('interference: an oven fills the channel it is seen on, and all parts of a wide one', t => {
	const measured = [
		looked('phy0', 2441),
		found('phy0', 'microwave', 0.45),
		found('phy0', 'bluetooth', 0.1),
		looked('phy1', 5188.5),
		found('phy1', 'analogue-video', 1),
	];
	t.deepEqual(
		[...interferenceOf(measured, radios)],
		[
			[2437, 0.45],
			[5180, 1],
			[5200, 1],
		],
	);
});

test('interference: Wi-Fi is in the survey already, and what is guessed is no reason to move', t => {
	for (const finding of [
		found('phy0', 'wifi', 0.9),
		found('phy0', 'radar', 0.9),
		found('phy0', 'unknown', 0.9),
		found('phy0', 'microwave', 0.9, 0.55),
		found('phy1', 'microwave', 0.9),
	])
		t.deepEqual([...interferenceOf([looked('phy0', 2437), finding], radios)], [[2437, 0]], finding.source);
});

test('interference: a look at a channel that the radio has left says nothing of where it is', t => {
	const oven = found('phy0', 'microwave', 0.45);
	t.is(interferenceOf([looked('phy0', 2414), oven], radios).size, 0);
	t.is(interferenceOf([looked('phy0', undefined), oven], radios).size, 0);
	t.is(interferenceOf([oven], radios).size, 0, 'nobody looked in this interval');
	t.is(interferenceOf([looked('phy7', 2437)], radios).size, 0);
});
