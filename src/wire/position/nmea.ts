// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {DECIMAL, HEXADECIMAL, isMadeOf} from '../../core/text.ts';
import {checkedFix, type Fix, measured} from './fix.ts';

// Sentences of GPS receivers: '$', address and fields separated by commas, '*', the XOR of all in between in hexadecimal.
// Source: NMEA 0183 as receivers speak it: GGA (position, satellites, HDOP, altitude), GST (error estimates), RMC.

/** The longest that the standard allows is 82; receivers with more digits exceed it. */
export const SENTENCE_LIMIT = 128;
/** One standard deviation of a single-frequency receiver's range error, by which HDOP is multiplied. */
const RANGE_ERROR_M = 5;

/** What one sentence says. Absent members: this kind of sentence does not tell, or there is no fix. */
export interface Sentence {
	readonly kind: string;
	readonly fix?: Fix;
	/** Of GST, which comes beside a position. */
	readonly accuracyM?: number;
}

/**
 * Reads one line, without its end.
 *
 * Errors: DecodeError 'syntax' (no sentence, or a checksum that is not its own), 'range' (nowhere on Earth), 'limit'.
 */
export function decodeSentence(line: string): Sentence {
	if (line.length > SENTENCE_LIMIT) throw new DecodeError('limit', 'nmea', 0);
	const star = line.lastIndexOf('*');
	const given = line.slice(star + 1);
	if (!line.startsWith('$') || star < 7 || given.length !== 2 || !isMadeOf(given, HEXADECIMAL))
		throw new DecodeError('syntax', 'nmea', 0);
	let sum = 0;
	for (let i = 1; i < star; i++) sum ^= line.charCodeAt(i);
	if (sum !== Number.parseInt(given, 16)) throw new DecodeError('syntax', 'nmea.checksum', star);
	const fields = line.slice(1, star).split(',');
	const kind = (fields[0] ?? '').slice(-3); // two letters of the constellation before
	if (kind === 'GGA') return {kind, ...positionOf(fields)};
	if (kind === 'GST') return {kind, ...errorOf(fields)};
	return {kind};
}

function positionOf(fields: readonly string[]): {fix?: Fix} {
	const [, , latitude = '', north = '', longitude = '', east = '', quality = '0', , hdop = '', altitude = ''] = fields;
	if (quality === '0' || quality === '' || latitude === '') return {};
	const precision = numberOf(hdop);
	const fix = {
		latitudeDegrees: degreesOf(latitude, 2, north === 'S'),
		longitudeDegrees: degreesOf(longitude, 3, east === 'W'),
		...measured('altitudeM', numberOf(altitude)),
		...measured('accuracyM', precision === undefined ? undefined : precision * RANGE_ERROR_M),
	};
	return {fix: checkedFix(fix, 'nmea')};
}

/** Standard deviations of latitude and longitude, in metres. */
function errorOf(fields: readonly string[]): {accuracyM?: number} {
	const [latitude, longitude] = [numberOf(fields[6] ?? ''), numberOf(fields[7] ?? '')];
	if (latitude === undefined || longitude === undefined) return {};
	return {accuracyM: Math.sqrt(latitude * latitude + longitude * longitude)};
}

function numberOf(text: string): number | undefined {
	const digits = text.startsWith('-') ? text.slice(1) : text;
	return digits !== '' && isMadeOf(digits, `${DECIMAL}.`) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** 'ddmm.mmmm' with as many digits of degrees as said. Errors: DecodeError 'syntax'. */
function degreesOf(text: string, digits: number, negative: boolean): number {
	const minutes = numberOf(text.slice(digits));
	const whole = text.slice(0, digits);
	if (minutes === undefined || minutes < 0 || minutes >= 60 || !isMadeOf(whole, DECIMAL))
		throw new DecodeError('syntax', 'nmea.position', 0);
	const degrees = Number(whole) + minutes / 60;
	return negative ? -degrees : degrees;
}
