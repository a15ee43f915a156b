// SPDX-License-Identifier: Apache-2.0

/** A place on Earth. Units: degrees of WGS 84. */
export interface Place {
	readonly latitudeDegrees: number;
	readonly longitudeDegrees: number;
}

/** A degree of latitude on a sphere of the Earth's mean radius. Validity: within 0.6 % anywhere. */
const METRES_A_DEGREE = 111_195;
const HALF_DIAGONAL = Math.SQRT2 / 2;

/**
 * The middle of the grid's cell that a place is in: all that is known of it afterwards.
 *
 * Units: `gridM` is the cell's side in metres; 0 leaves the place as it is. Cells are squares on the ground: towards the
 * poles they hold more degrees of longitude. The grid does not move with the place, so many reports say no more than one.
 */
export function snapToGrid(place: Place, gridM: number): Place {
	if (gridM <= 0) return place;
	const step = gridM / METRES_A_DEGREE;
	const latitudeDegrees = middle(place.latitudeDegrees, step, 90);
	const shrink = Math.max(Math.cos((latitudeDegrees * Math.PI) / 180), step / 360);
	return {latitudeDegrees, longitudeDegrees: middle(place.longitudeDegrees, step / shrink, 180)};
}

function middle(degrees: number, step: number, most: number): number {
	return Math.max(-most, Math.min(most, (Math.floor(degrees / step) + 0.5) * step));
}

/** How far off a place on the grid may be, given how far off it was measured. Units: metres. */
export function accuracyOnGrid(accuracyM: number, gridM: number): number {
	return accuracyM + gridM * HALF_DIAGONAL;
}
