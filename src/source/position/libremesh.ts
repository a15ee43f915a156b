// SPDX-License-Identifier: Apache-2.0
import {DecodeError, PortError} from '../../core/errors.ts';
import type {Files} from '../../port/port.ts';
import {UciError} from '../../uci-parser/error.ts';
import {parsePackage} from '../../uci-parser/parse.ts';
import {checkedFix, type Fix} from '../../wire/position/fix.ts';

// Where LibreMesh keeps the place that its owner put on the map: now in `location`, before in `libremap`.
// Source: lime-packages, ubus-lime-location and the uci-defaults that carry the old place over.
const places = [
	{file: 'location', section: 'settings', names: ['node_latitude', 'node_longitude']},
	{file: 'libremap', section: 'location', names: ['latitude', 'longitude']},
] as const;

/** Errors: PortError 'not-found' where no place was set, and that of a file that may not be read. */
export function libremeshPlace(files: Pick<Files, 'read'>): Fix {
	for (const {file, section, names} of places) {
		// The files are root's: the service is handed copies.
		const bytes = files.read(`/var/run/astral-mesh/${file}`) ?? files.read(`/etc/config/${file}`);
		const fix = bytes === undefined ? undefined : placeIn(bytes, file, section, names);
		if (fix !== undefined) return fix;
	}
	throw new PortError('not-found', "LibreMesh was told no place of this router's own");
}

function placeIn(bytes: Uint8Array, file: string, section: string, names: readonly string[]): Fix | undefined {
	try {
		const found = parsePackage(bytes, file).sections.find(({name}) => name === section);
		const numbers = names.map(name => {
			const value = found?.options.find(option => option.name === name)?.value;
			return typeof value !== 'string' || value.trim() === '' ? Number.NaN : Number(value);
		});
		const [latitudeDegrees = Number.NaN, longitudeDegrees = Number.NaN] = numbers;
		return numbers.some(Number.isNaN) ? undefined : checkedFix({latitudeDegrees, longitudeDegrees}, file);
	} catch (error) {
		if (error instanceof UciError || error instanceof DecodeError) return undefined;
		throw error;
	}
}
