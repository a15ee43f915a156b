// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {DecodeError} from '../../../src/core/errors.ts';
import {decodeGpsd} from '../../../src/wire/position/gpsd.ts';
import {decodeSentence} from '../../../src/wire/position/nmea.ts';

/** A sentence with the checksum that belongs to it. */
function sentence(body: string): string {
	let sum = 0;
	for (const character of body) sum ^= character.charCodeAt(0);
	return `$${body}*${sum.toString(16).padStart(2, '0').toUpperCase()}`;
}

// The example that NMEA 0183's descriptions give: 48°07.038' N, 11°31.000' E, HDOP 0.9, 545.4 m.
const GGA = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47';

test('NMEA: a position is degrees and minutes of arc', t => {
	const {kind, fix} = decodeSentence(GGA);
	t.is(kind, 'GGA');
	t.is(fix?.latitudeDegrees, 48 + 7.038 / 60);
	t.is(fix?.longitudeDegrees, 11 + 31 / 60);
	t.is(fix?.altitudeM, 545.4);
	t.is(fix?.accuracyM, 0.9 * 5);
});

test('NMEA: south and west are below zero, whatever the constellation', t => {
	const {fix} = decodeSentence(sentence('GNGGA,000000,3130.000,S,06430.000,W,1,08,,,M,,M,,'));
	t.deepEqual(fix, {latitudeDegrees: -31.5, longitudeDegrees: -64.5});
});

test('NMEA: without a fix there is no position', t => {
	t.is(decodeSentence(sentence('GPGGA,123519,,,,,0,00,,,M,,M,,')).fix, undefined);
});

test('NMEA: GST tells the error of both axes together', t => {
	t.is(decodeSentence(sentence('GPGST,024603.00,3.2,6.6,4.7,47.3,3.0,4.0,22.0')).accuracyM, 5);
});

test('NMEA: other sentences have their kind and nothing else', t => {
	t.deepEqual(decodeSentence(sentence('GPGSV,1,1,00')), {kind: 'GSV'});
});

for (const [what, line, code] of [
	['a checksum of another sentence', GGA.replace('*47', '*48'), 'syntax'],
	['one without a checksum', GGA.slice(0, -3), 'syntax'],
	['one that was cut', GGA.slice(0, 20), 'syntax'],
	['sixty minutes', sentence('GPGGA,1,4860.000,N,01131.000,E,1,08,0.9,5,M,4,M,,'), 'syntax'],
	['the far side of the pole', sentence('GPGGA,1,9130.000,N,01131.000,E,1,08,0.9,5,M,4,M,,'), 'range'],
	['one that does not end', `$GPGGA${'1'.repeat(200)}*00`, 'limit'],
] as const)
	test(`NMEA: ${what} is refused`, t => {
		t.is(t.throws(() => decodeSentence(line), {instanceOf: DecodeError})?.code, code);
	});

test('gpsd: a report with a fix is a position, as accurate as it says', t => {
	t.deepEqual(decodeGpsd('{"class":"TPV","mode":3,"lat":48.1173,"lon":11.5167,"altMSL":545.4,"eph":4.5}'), {
		latitudeDegrees: 48.1173,
		longitudeDegrees: 11.5167,
		altitudeM: 545.4,
		accuracyM: 4.5,
	});
	t.is(decodeGpsd('{"class":"TPV","mode":2,"lat":1,"lon":2,"epx":3,"epy":4}')?.accuracyM, 5);
});

test('gpsd: no fix, and what is of another class, is no position', t => {
	t.is(decodeGpsd('{"class":"TPV","mode":1}'), undefined);
	t.is(decodeGpsd('{"class":"SKY","satellites":[]}'), undefined);
});

for (const [what, line, code] of [
	['half a line', '{"class":"TPV","mode":3,"la', 'syntax'],
	['a list', '[]', 'type'],
	['a latitude in words', '{"class":"TPV","mode":3,"lat":"north","lon":2}', 'type'],
	['a place that is none', '{"class":"TPV","mode":3,"lat":95,"lon":2}', 'range'],
	['a line beyond all measure', `{"a":"${'x'.repeat(11_000)}"}`, 'limit'],
] as const)
	test(`gpsd: ${what} is refused`, t => {
		t.is(t.throws(() => decodeGpsd(line), {instanceOf: DecodeError})?.code, code);
	});
