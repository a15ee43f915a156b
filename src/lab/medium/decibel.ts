// SPDX-License-Identifier: Apache-2.0

/** A power in milliwatts. Units: dBm to mW; minus infinity is no power at all. */
export function milliwatts(dbm: number): number {
	return 10 ** (dbm / 10);
}

/** A power in dBm. Units: mW to dBm; no power is minus infinity. */
export function dbm(milliwatt: number): number {
	return 10 * Math.log10(milliwatt);
}

/** The power of several signals that know nothing of each other, which add as powers do. */
export function sumDbm(levelsDbm: Iterable<number>): number {
	let total = 0;
	for (const level of levelsDbm) total += milliwatts(level);
	return dbm(total);
}
