// SPDX-License-Identifier: Apache-2.0

/** Length of a degree of latitude on a sphere of the Earth's mean radius. */
const METRES_A_DEGREE = 111_195;

export interface LatitudeLongitude {
	readonly latitude: number;
	readonly longitude: number;
}

/**
 * Places on Earth as metres from their common middle.
 *
 * Validity: an equirectangular projection: a town or a valley, to about 1 % of distances up to 50 km.
 * Absent: a place that is not known stays unknown.
 */
export function onGround(
	places: readonly (LatitudeLongitude | undefined)[],
): readonly ({readonly xM: number; readonly yM: number} | undefined)[] {
	const known = places.filter(place => place !== undefined);
	if (known.length === 0) return places.map(() => undefined);
	const mean = (pick: (place: LatitudeLongitude) => number): number =>
		known.reduce((sum, place) => sum + pick(place), 0) / known.length;
	const latitude = mean(place => place.latitude);
	const longitude = mean(place => place.longitude);
	const shrink = Math.cos((latitude * Math.PI) / 180);
	return places.map(
		place =>
			place && {
				xM: Math.round((place.longitude - longitude) * METRES_A_DEGREE * shrink),
				yM: Math.round((place.latitude - latitude) * METRES_A_DEGREE),
			},
	);
}
