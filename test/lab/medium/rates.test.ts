// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {bytesWithin, frameNs, mpduBytes, subframeBytes} from '../../../src/lab/medium/airtime.ts';
import {accessParameters} from '../../../src/lab/medium/parameters.ts';
import {controlRate, rateNamed, rates} from '../../../src/lab/medium/rates.ts';

test('rates: 802.11 names 4 DSSS, 8 OFDM and 64 HT rates of one and two streams', t => {
	t.is(rates.length, 4 + 8 + 2 * 2 * 16);
	t.is(new Set(rates.map(rate => rate.name)).size, rates.length);
	t.true(rates.every((rate, index) => rate.index === index));
});

test('rates: HT rates are data bits a symbol over the symbol, as tables 19-27 to 19-34 have them', t => {
	// Mb/s of MCS 0, 7, 8, 15: 20 MHz long and short guard interval, 40 MHz long and short.
	const expected: Record<string, number[]> = {
		'ht20-%': [6.5, 65, 13, 130],
		'ht20-%-short': [7.222, 72.222, 14.444, 144.444],
		'ht40-%': [13.5, 135, 27, 270],
		'ht40-%-short': [15, 150, 30, 300],
	};
	for (const [pattern, mbps] of Object.entries(expected))
		for (const [i, mcs] of [0, 7, 8, 15].entries())
			t.is(rateNamed(pattern.replace('%', String(mcs))).kbps / 1000, mbps[i] as number, `${pattern} ${mcs}`);
});

test('rates: twice the width needs 3 dB more', t => {
	t.is(rateNamed('ht20-7').sensitivityDbm, -64);
	t.is(rateNamed('ht40-7').sensitivityDbm, -61);
});

test('rates: an answer goes at the fastest basic rate that is not faster than the frame', t => {
	const answers: Record<string, string> = {
		'ofdm-54': 'ofdm-24',
		'ofdm-18': 'ofdm-12',
		'ofdm-9': 'ofdm-6',
		'dsss-11': 'dsss-2',
		'dsss-1': 'dsss-1',
		'ht20-0': 'ofdm-6',
		'ht20-2': 'ofdm-12', // QPSK ¾ stands for 18 Mb/s, which is no basic rate
		'ht40-15': 'ofdm-24',
	};
	for (const [data, answer] of Object.entries(answers)) t.is(controlRate(rateNamed(data)).name, answer, data);
});

test('rates: a name that the table does not have is refused', t => {
	t.throws(() => rateNamed('ofdm-55'), {instanceOf: RangeError, message: /ofdm-55/});
});

test('airtime: 1536 bytes at 54 Mb/s are 20 + 4·ceil((16 + 12288 + 6) / 216) = 248 µs', t => {
	t.is(mpduBytes(1500, false), 1500 + 8 + 28);
	t.is(frameNs(rateNamed('ofdm-54'), 1536), 248_000);
	t.is(frameNs(rateNamed('ofdm-6'), 1536), (20 + 4 * 513) * 1000);
	t.is(frameNs(rateNamed('ofdm-24'), 14), (20 + 4 * 2) * 1000);
});

test('airtime: 1536 bytes at 1 Mb/s are 192 + 12288 = 12480 µs, an Ack 304 µs', t => {
	t.is(frameNs(rateNamed('dsss-1'), 1536), 12_480_000);
	t.is(frameNs(rateNamed('dsss-1'), 14), 304_000);
	t.is(frameNs(rateNamed('dsss-5.5'), 1536), (192 + Math.ceil((1536 * 8) / 5.5)) * 1000);
});

test('airtime: HT-mixed has 36 µs before its data, 40 with two streams; short guard intervals end on 4 µs', t => {
	t.is(frameNs(rateNamed('ht20-7'), 1538), (36 + 4 * Math.ceil((22 + 1538 * 8) / 260)) * 1000);
	t.is(frameNs(rateNamed('ht20-15'), 1538), (40 + 4 * Math.ceil((22 + 1538 * 8) / 520)) * 1000);
	// 48 symbols of 3.6 µs are 172.8, which becomes 176 µs.
	t.is(frameNs(rateNamed('ht20-7-short'), 1538), (36 + 176) * 1000);
});

test('airtime: 28 subframes of 1544 bytes fit into 5.484 ms at 65 Mb/s, and 29 do not', t => {
	const bytes = subframeBytes(mpduBytes(1500, true));
	t.is(bytes, 1544); // 1538 + 4 of the delimiter, padded to four
	const most = bytesWithin(rateNamed('ht20-7'), 5_484_000);
	t.is(Math.floor(most / bytes), 28);
	t.true(frameNs(rateNamed('ht20-7'), most) <= 5_484_000);
	t.true(frameNs(rateNamed('ht20-7'), most + 33) > 5_484_000);
});

test('parameters: DIFS is 34 µs with 802.11a, 50 with b, 28 with g; AIFS of n 43', t => {
	const difsUs = (standard: 'a' | 'b' | 'g' | 'n', mhz: number): number => {
		const {sifsNs, slotNs, arbitrationSlots} = accessParameters(standard, mhz);
		return (sifsNs + arbitrationSlots * slotNs) / 1000;
	};
	t.is(difsUs('a', 5180), 16 + 2 * 9);
	t.is(difsUs('b', 2437), 10 + 2 * 20);
	t.is(difsUs('g', 2437), 10 + 2 * 9);
	t.is(difsUs('n', 5180), 16 + 3 * 9);
});
