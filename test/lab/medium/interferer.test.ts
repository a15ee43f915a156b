// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {seededRandom} from '../../../src/core/random.ts';
import {evening, office, profileAt} from '../../../src/lab/medium/day-profile.ts';
import {type Emission, emissionOf} from '../../../src/lab/medium/interferer/interferer.ts';

const HOUR_US = 3.6e9;

function shareOf(emission: Emission, fromUs: number, turns: number): number {
	const random = seededRandom(7);
	let [on, all] = [0, 0];
	for (let turn = 0; turn < turns; turn++) {
		const {silentUs, onUs} = emission.next(fromUs, random);
		on += onUs;
		all += silentUs + onUs;
	}
	return on / all;
}

test('day profile: says its hour in the middle of the hour and a line between', t => {
	t.is(profileAt(evening, 20.5 * HOUR_US), 1);
	t.is(profileAt(evening, (24 + 20.5) * HOUR_US), 1);
	t.true(Math.abs(profileAt(evening, 20 * HOUR_US) - 0.95) < 1e-9);
	t.is(profileAt(office, 3 * HOUR_US), 0);
	t.is(evening.length, 24);
	t.is(office.length, 24);
});

test('wifi neighbour: takes its share at the peak, a tenth of it at four in the morning', t => {
	const neighbour = emissionOf({kind: 'wifi', channelMhz: 2412, busyShare: 0.4});
	const peak = shareOf(neighbour, 20.5 * HOUR_US, 20_000);
	const night = shareOf(neighbour, 3.5 * HOUR_US, 20_000);
	t.true(Math.abs(peak - 0.4) < 0.01, `${peak}`);
	t.true(Math.abs(night - 0.4 * 0.08) < 0.002, `${night}`);
});

test('wifi neighbour: an office that is closed sends nothing', t => {
	const neighbour = emissionOf({kind: 'wifi', channelMhz: 2412, busyShare: 0.4, profile: 'office'});
	t.is(shareOf(neighbour, 3 * HOUR_US, 100), 0);
});

test('microwave: sends 9 ms of every 20 ms of 50 Hz mains', t => {
	t.deepEqual(
		emissionOf({kind: 'microwave'}).next(0, () => 0),
		{silentUs: 11_000, onUs: 9000},
	);
	t.true(Math.abs(shareOf(emissionOf({kind: 'microwave', mainsHz: 60}), 0, 10) - 0.45) < 1e-12);
});

test('analogue video: never pauses', t => {
	t.is(shareOf(emissionOf({kind: 'video', centreMhz: 2432}), 0, 10), 1);
});

test('radar: 18 pulses of 2 µs in ten seconds are 3.6 millionths of the time', t => {
	const share = shareOf(emissionOf({kind: 'radar', centreMhz: 5600}), 0, 18 * 5);
	t.true(Math.abs(share - (18 * 2e-6) / 10) < 1e-10, `${share}`);
});
