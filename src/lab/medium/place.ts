// SPDX-License-Identifier: Apache-2.0

/** Where an antenna is. Units: metres east and north of any origin, and above the ground. */
export interface Place {
	readonly xM: number;
	readonly yM: number;
	/** Absent: as high as the others. */
	readonly heightM?: number;
}

/** Distance between two antennas. Units: metres. */
export function distanceM(one: Place, other: Place): number {
	return Math.hypot(one.xM - other.xM, one.yM - other.yM, (one.heightM ?? 0) - (other.heightM ?? 0));
}

/** Direction from one place to another. Units: degrees clockwise from north, 0 to 360. */
export function bearingDeg(from: Place, to: Place): number {
	const degrees = (Math.atan2(to.xM - from.xM, to.yM - from.yM) * 180) / Math.PI;
	return (degrees + 360) % 360;
}

/** How far above the horizon a place is seen from another. Units: degrees, negative below. */
export function elevationDeg(from: Place, to: Place): number {
	const flatM = Math.hypot(to.xM - from.xM, to.yM - from.yM);
	return (Math.atan2((to.heightM ?? 0) - (from.heightM ?? 0), flatM) * 180) / Math.PI;
}
