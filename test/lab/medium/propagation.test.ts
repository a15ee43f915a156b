// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {antennaGainDbi} from '../../../src/lab/medium/antenna.ts';
import {dbm, sumDbm} from '../../../src/lab/medium/decibel.ts';
import {levelOfQuality, qualityOfEtx} from '../../../src/lab/medium/link-quality.ts';
import {noiseFloorDbm} from '../../../src/lab/medium/noise-floor.ts';
import {freeSpaceLossDb, logDistanceLossDb} from '../../../src/lab/medium/path-loss.ts';
import {bearingDeg, elevationDeg} from '../../../src/lab/medium/place.ts';
import {Shadowing} from '../../../src/lab/medium/shadowing.ts';

const near = (value: number, wanted: number, within: number): boolean => Math.abs(value - wanted) <= within;

test('path loss: free space at 1 km and 5200 MHz is 32.45 + 60 + 74.32 = 106.77 dB', t => {
	// The textbook form: 20·log10(d/km) + 20·log10(f/MHz) + 32.45.
	t.true(near(freeSpaceLossDb(1000, 5200), 32.45 + 0 + 74.32, 0.01), `${freeSpaceLossDb(1000, 5200)}`);
	t.true(near(freeSpaceLossDb(2000, 5200) - freeSpaceLossDb(1000, 5200), 6.02, 0.001));
});

test('path loss: with exponent 3 ten times the distance is 30 dB more, and up to the reference it is free space', t => {
	const loss = {exponent: 3, referenceM: 10};
	t.is(logDistanceLossDb(10, 2437, loss), freeSpaceLossDb(10, 2437));
	t.true(near(logDistanceLossDb(1000, 2437, loss), freeSpaceLossDb(10, 2437) + 60, 1e-9));
});

test('decibel: two signals of -90 dBm are -87 dBm together, and nothing adds nothing', t => {
	t.true(near(sumDbm([-90, -90]), -86.99, 0.01));
	t.is(sumDbm([-90, Number.NEGATIVE_INFINITY]), dbm(10 ** -9));
});

test('noise floor: -174 + 10·log10(20e6) + 6 = -95 dBm, and 3 dB more at 40 MHz', t => {
	t.true(near(noiseFloorDbm(20), -174 + 73.01 + 6, 0.01));
	t.true(near(noiseFloorDbm(40) - noiseFloorDbm(20), 3.01, 0.001));
	t.true(near(noiseFloorDbm(20, 0), -100.99, 0.01));
});

test('antenna: a 90° sector loses 3 dB at 45°, 12 dB at 90°, and its front-to-back ratio behind', t => {
	const sector = {kind: 'sector', gainDbi: 14, bearingDeg: 90, beamWidthDeg: 90} as const;
	const here = {xM: 0, yM: 0};
	t.is(antennaGainDbi(sector, here, {xM: 100, yM: 0}), 14);
	t.true(near(antennaGainDbi(sector, here, {xM: 100, yM: 100}), 14 - 12 * 0.25, 1e-9));
	t.true(near(antennaGainDbi(sector, here, {xM: 0, yM: 100}), 14 - 12, 1e-9));
	t.true(near(antennaGainDbi(sector, here, {xM: -100, yM: 0}), 14 - 25, 1e-9));
});

test('antenna: downtilt takes from those at eye level and gives to those below', t => {
	const sector = {
		kind: 'sector',
		gainDbi: 14,
		bearingDeg: 0,
		beamWidthDeg: 90,
		verticalWidthDeg: 10,
		downtiltDeg: 5,
	} as const;
	const mast = {xM: 0, yM: 0, heightM: 20};
	// 12·(5/10)² = 3 dB at the horizon; full gain where tan(5°) is the slope: 20 m lower over 228.6 m.
	t.true(near(antennaGainDbi(sector, mast, {xM: 0, yM: 500, heightM: 20}), 11, 1e-9));
	t.true(near(antennaGainDbi(sector, mast, {xM: 0, yM: 20 / Math.tan((5 * Math.PI) / 180)}), 14, 1e-6));
});

test('place: bearings turn clockwise from north', t => {
	const here = {xM: 0, yM: 0};
	t.deepEqual(
		[
			[0, 1],
			[1, 0],
			[0, -1],
			[-1, 0],
		].map(([xM = 0, yM = 0]) => Math.round(bearingDeg(here, {xM, yM}))),
		[0, 90, 180, 270],
	);
	t.true(near(elevationDeg(here, {xM: 10, yM: 0, heightM: 10}), 45, 1e-9));
});

test('link quality: what is delivered half of the time arrives 1.6 dB above the sensitivity', t => {
	// -10·log10(-ln 0.5) = -10·log10(0.6931) = 1.59
	t.true(near(levelOfQuality(0.5), -82 + 1.59, 0.01));
	t.true(near(levelOfQuality(0.9), -82 + 9.77, 0.01));
	t.is(levelOfQuality(1), levelOfQuality(0.999));
	t.is(qualityOfEtx(4), 0.5);
	t.is(qualityOfEtx(0.3), 1);
});

test('shadowing: has its deviation, is the same both ways, and is forgotten over its distance', t => {
	const [deviationDb, correlationM] = [6, 20];
	const far = (i: number) => ({xM: 400 * (i % 50), yM: 400 * Math.floor(i / 50)});
	let [sum, squares, together, alone] = [0, 0, 0, 0];
	let count = 0;
	for (let seed = 1; seed <= 20; seed++) {
		const shadowing = new Shadowing({deviationDb, correlationM, seed});
		for (let i = 0; i < 300; i++) {
			const [one, other] = [far(i), far(i + 777)];
			const value = shadowing.lossDb(one, other);
			t.is(value, shadowing.lossDb(other, one));
			// One end moved by one correlation distance: exp(-1). Both ends: exp(-2).
			const moved = shadowing.lossDb({xM: one.xM + correlationM, yM: one.yM}, other);
			const both = shadowing.lossDb(
				{xM: one.xM + correlationM, yM: one.yM},
				{xM: other.xM, yM: other.yM + correlationM},
			);
			sum += value;
			squares += value * value;
			together += value * moved;
			alone += value * both;
			count++;
		}
	}
	const variance = squares / count;
	t.true(Math.abs(sum / count) < 0.4, `mean ${sum / count}`);
	t.true(near(Math.sqrt(variance), deviationDb, 0.2), `deviation ${Math.sqrt(variance)}`);
	t.true(near(together / squares, Math.exp(-1), 0.04), `${together / squares}`);
	t.true(near(alone / squares, Math.exp(-2), 0.04), `${alone / squares}`);
});

test('shadowing: keeps its deviation for ends that are close to each other', t => {
	let squares = 0;
	for (let seed = 1; seed <= 400; seed++) {
		const shadowing = new Shadowing({deviationDb: 6, correlationM: 50, seed});
		squares += shadowing.lossDb({xM: 0, yM: 0}, {xM: 20, yM: 10}) ** 2 / 400;
	}
	t.true(near(Math.sqrt(squares), 6, 0.6), `${Math.sqrt(squares)}`);
});
