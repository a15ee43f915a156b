// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';

/** Where a receiver believes to be. Units: degrees of WGS 84, metres. */
export interface Fix {
	readonly latitudeDegrees: number;
	readonly longitudeDegrees: number;
	/** Above sea level. */
	readonly altitudeM?: number;
	/** Horizontal, about one standard deviation. Absent: the receiver does not say. */
	readonly accuracyM?: number;
}

/** Errors: DecodeError 'range' for what is nowhere on Earth. */
export function checkedFix(fix: Fix, path: string): Fix {
	const {latitudeDegrees: latitude, longitudeDegrees: longitude} = fix;
	if (!(latitude >= -90 && latitude <= 90)) throw new DecodeError('range', `${path}.latitude`, 0);
	if (!(longitude >= -180 && longitude <= 180)) throw new DecodeError('range', `${path}.longitude`, 0);
	return fix;
}

/** An object with the quantity, or without it where it is absent. */
export function measured<K extends 'altitudeM' | 'accuracyM'>(name: K, value: number | undefined): {[P in K]?: number} {
	return value === undefined || !Number.isFinite(value) ? {} : ({[name]: value} as {[P in K]: number});
}
