// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {checkedFix, type Fix, measured} from './fix.ts';

// gpsd tells what its receivers say as lines of JSON objects, each with a 'class'.
// Source: gpsd_json(5).

export const GPSD_PORT = 2947;
export const GPSD_WATCH = '?WATCH={"enable":true,"json":true};\n';
/** gpsd's own limit of a line. */
export const GPSD_LINE_LIMIT = 10_240;

/**
 * The position in a line.
 *
 * Absent: undefined for every other class, and where there is no fix (mode below 2).
 * Errors: DecodeError 'syntax' | 'type' | 'range' | 'limit'.
 */
export function decodeGpsd(line: string): Fix | undefined {
	if (line.length > GPSD_LINE_LIMIT) throw new DecodeError('limit', 'gpsd', 0);
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		throw new DecodeError('syntax', 'gpsd', 0);
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError('type', 'gpsd', 0);
	const report = value as Readonly<Record<string, unknown>>;
	if (report.class !== 'TPV') return undefined;
	const {mode, lat, lon} = report;
	if (typeof mode !== 'number' || mode < 2) return undefined;
	if (typeof lat !== 'number' || typeof lon !== 'number') throw new DecodeError('type', 'gpsd.position', 0);
	const altitude = [report.altMSL, report.alt].find(each => typeof each === 'number');
	const fix = {
		latitudeDegrees: lat,
		longitudeDegrees: lon,
		...measured('altitudeM', mode >= 3 ? (altitude as number | undefined) : undefined),
		...measured('accuracyM', accuracyOf(report)),
	};
	return checkedFix(fix, 'gpsd');
}

/** eph where the release has it, else from the errors of both axes. */
function accuracyOf({eph, epx, epy}: Readonly<Record<string, unknown>>): number | undefined {
	if (typeof eph === 'number' && eph >= 0) return eph;
	return typeof epx === 'number' && typeof epy === 'number' ? Math.sqrt(epx * epx + epy * epy) : undefined;
}
