// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {overlapShare} from '../../../src/lab/medium/channel-overlap.ts';
import {coSiteDbm, disturbsCoSite} from '../../../src/lab/medium/co-site.ts';
import {noiseFloorDbm} from '../../../src/lab/medium/noise-floor.ts';

const at = (centreMhz: number, widthMhz: 20 | 40 = 20) => ({centreMhz, widthMhz});

test('overlap: 2.4 GHz channels share what Mishra measured, by gap', t => {
	t.deepEqual(
		[0, 1, 2, 3, 4, 5, 6].map(gap => overlapShare(at(2412), at(2412 + 5 * gap))),
		[1, 0.73, 0.27, 0.04, 0.005, 0.001, 0],
	);
	t.is(overlapShare(at(2437), at(2412)), overlapShare(at(2412), at(2437)));
});

test('overlap: a 40 MHz sender gives each of its halves to who is there', t => {
	// Channels 1 and 5 together, middle at 2422: half the power on channel 1 (2412), the other half 4 channels away.
	t.is(overlapShare(at(2422, 40), at(2412)), (1 + 0.005) / 2);
	// A 20 MHz sender puts all it has on one half, 0.5 % of it also on the other: no more than all.
	t.is(overlapShare(at(2412), at(2422, 40)), 1);
	t.is(overlapShare(at(2422, 40), at(2422, 40)), 1);
});

test('overlap: at 5 GHz neighbouring channels get the skirt of the transmit mask', t => {
	const first = 10 * Math.log10(overlapShare(at(5180), at(5200)));
	const second = 10 * Math.log10(overlapShare(at(5180), at(5220)));
	const third = 10 * Math.log10(overlapShare(at(5180), at(5240)));
	// Between 10 and 30 MHz the mask goes from -10 over -20 and -28 to -40 dBr: -22 dB or so over a channel; then it falls on.
	t.true(first < -19 && first > -25, `${first}`);
	t.true(second < -42 && second > -52, `${second}`);
	t.true(third < -65 && third > -75, `${third}`);
	t.is(overlapShare(at(2412), at(5180)), 0);
	t.is(overlapShare(at(5180), at(5745)), 0);
});

test('overlap: a 40 MHz sender at 5 GHz gives a 20 MHz receiver within it half its power', t => {
	const share = overlapShare(at(5190, 40), at(5180));
	t.true(Math.abs(share - 0.5) < 0.01, `${share}`);
	t.true(overlapShare(at(5180), at(5190, 40)) > 0.98);
});

test('co-site: 60 MHz apart a radio leaves its neighbour in the box at the noise floor, 20 MHz apart 45 dB above it', t => {
	// 20 dBm - 40 dB isolation = -20 dBm at the other antenna, then what the mask lets through.
	t.true(coSiteDbm(20, at(5180), at(5240)) < noiseFloorDbm(20) + 8);
	t.true(coSiteDbm(20, at(5180), at(5260)) < noiseFloorDbm(20) + 1);
	t.true(coSiteDbm(20, at(5180), at(5200)) > noiseFloorDbm(20) + 45);
	t.is(coSiteDbm(20, at(5180), at(5180)), -20);
});

test('co-site: the rule of 60 MHz counts from middle to middle, wider channels from edge to edge', t => {
	t.true(disturbsCoSite(at(5180), at(5220)));
	t.false(disturbsCoSite(at(5180), at(5240)));
	t.true(disturbsCoSite(at(5190, 40), at(5240, 20)));
	t.false(disturbsCoSite(at(2412), at(5180)));
});
