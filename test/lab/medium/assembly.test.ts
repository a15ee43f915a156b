// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {couple, type RadioSite, reachOf} from '../../../src/lab/medium/assembly.ts';
import {emissionOf} from '../../../src/lab/medium/interferer/interferer.ts';
import {noiseFloorDbm} from '../../../src/lab/medium/noise-floor.ts';
import {logDistanceLossDb, roofs} from '../../../src/lab/medium/path-loss.ts';
import {pathsBetween} from '../../../src/lab/medium/paths.ts';

const radio = (node: number, centreMhz: number): RadioSite => ({
	setup: {node, standard: 'n', primaryMhz: centreMhz, widthMhz: 20, noiseDbm: noiseFloorDbm(20)},
	centreMhz,
	powerDbm: 20,
	antenna: {kind: 'omni', gainDbi: 8},
});
const places = [
	{xM: 0, yM: 0},
	{xM: 100, yM: 0},
	{xM: 5000, yM: 0},
];

function levels(radios: readonly RadioSite[], measured?: Parameters<typeof pathsBetween>[0]['measured'], at = places) {
	const paths = pathsBetween({
		places: at,
		loss: roofs,
		seed: 1,
		mostLossDb: 70,
		...(measured === undefined ? {} : {measured}),
	});
	const {from, to, receivedDbm} = couple(radios, at, paths);
	return new Map([...from].map((sender, i) => [`${sender}-${to[i]}`, receivedDbm[i] ?? 0]));
}

test('assembly: what arrives is power plus both gains minus the loss, both ways', t => {
	const found = levels([radio(0, 5180), radio(1, 5180)]);
	const wanted = 20 + 8 + 8 - logDistanceLossDb(100, 5180, roofs);
	t.true(Math.abs((found.get('0-1') ?? 0) - wanted) < 1e-9);
	t.is(found.get('0-1'), found.get('1-0'));
});

test('assembly: a neighbouring channel gets less, another band nothing, and who is too far is left out', t => {
	const found = levels([radio(0, 2412), radio(1, 2422), radio(1, 5180), radio(2, 2412)]);
	const wanted = 36 - logDistanceLossDb(100, 2412, roofs) + 10 * Math.log10(0.27);
	t.true(Math.abs((found.get('0-1') ?? 0) - wanted) < 1e-9);
	t.false(found.has('0-2'));
	t.false(found.has('0-3'));
});

test('assembly: radios of one box hear each other over 40 dB and the mask', t => {
	const found = levels([radio(0, 5180), radio(0, 5200)]);
	t.true((found.get('0-1') ?? 0) > -45);
	t.false(levels([radio(0, 5180), radio(0, 5320)]).has('0-1'));
});

test('assembly: a measured link has the level of its quality, an unmeasured pair is heard and not read', t => {
	const near = [
		{xM: 0, yM: 0},
		{xM: 20, yM: 0},
		{xM: 40, yM: 0},
	];
	const measured = {links: [{one: 0, other: 1, quality: 0.9}], budgetDbm: 36, frequencyMhz: 5180};
	const found = levels([radio(0, 5180), radio(1, 5180), radio(2, 5180)], measured, near);
	t.true(Math.abs((found.get('0-1') ?? 0) - -72.23) < 0.01, `${found.get('0-1')}`);
	t.true(Math.abs((found.get('1-2') ?? 0) - -85) < 1e-9);
});

test('assembly: without places a common neighbour makes two nodes audible', t => {
	const paths = pathsBetween({
		places: [undefined, undefined, undefined, undefined],
		loss: roofs,
		seed: 1,
		mostLossDb: 60,
		measured: {
			links: [
				{one: 0, other: 1, quality: 0.9},
				{one: 1, other: 2, quality: 0.9},
				{one: 2, other: 3, quality: 0.9},
			],
			budgetDbm: 36,
			frequencyMhz: 5180,
		},
	});
	t.deepEqual(paths[0]?.nodes, [1, 2]);
	t.deepEqual(paths[1]?.nodes.toSorted(), [0, 2, 3]);
});

test('assembly: a Wi-Fi neighbour is frames on its own channel and power beside it', t => {
	const emission = emissionOf({kind: 'wifi', channelMhz: 2412, busyShare: 0.3});
	const radios = [radio(0, 2412), radio(1, 2422), radio(1, 5180)];
	const setups = reachOf(emission, {xM: 50, yM: 10}, radios, places, roofs);
	t.deepEqual(
		setups.map(({preamble, to}) => [preamble, [...to]]),
		[
			[true, [0]],
			[false, [1]],
		],
	);
});

test('assembly: video of 18 MHz gives a channel the part that lies in it', t => {
	// 2432 ± 9 against 2437 ± 10: from 2427 to 2441 are 14 of 18 MHz.
	const emission = emissionOf({kind: 'video', centreMhz: 2432});
	const [setup] = reachOf(emission, {xM: 0, yM: 50}, [radio(0, 2437)], places, roofs);
	const wanted = 10 + 8 - logDistanceLossDb(50, 2432, roofs) + 10 * Math.log10(14 / 18);
	t.true(Math.abs((setup?.receivedDbm[0] ?? 0) - wanted) < 1e-9);
	t.false(setup?.preamble);
});
