// SPDX-License-Identifier: Apache-2.0

const LIGHT_M_PER_S = 299_792_458;

/** What lies between two antennas, as two numbers. */
export interface PathLoss {
	/** How fast power falls with distance: 2 in free space, 2.7 to 3.5 over roofs, 4 and more through houses. */
	readonly exponent: number;
	/** Up to here it is free space: the roof and what stands on it. */
	readonly referenceM: number;
}

/** Over the roofs of a village. */
export const roofs: PathLoss = {exponent: 2.8, referenceM: 1};
/** Antenna sees antenna. */
export const freeSpace: PathLoss = {exponent: 2, referenceM: 1};

/**
 * Loss between isotropic antennas that see each other.
 *
 * Units:    metres and MHz to dB.
 * Source:   Friis, "A note on a simple transmission formula" (1946): L = 20·log10(4πdf/c).
 * Validity: far field, first Fresnel zone free; below 1 m it answers as for 1 m.
 */
export function freeSpaceLossDb(distanceM: number, frequencyMhz: number): number {
	return 20 * Math.log10((4 * Math.PI * Math.max(distanceM, 1) * frequencyMhz * 1e6) / LIGHT_M_PER_S);
}

/**
 * Loss over a distance on the average of many places.
 *
 * Units:    metres and MHz to dB.
 * Source:   Rappaport, "Wireless Communications" (2nd ed.), equation 4.69a: L(d) = L(d0) + 10·n·log10(d/d0), with free
 *           space up to d0.
 * Validity: some metres to some kilometres; the scatter about this average is `shadowing.ts`.
 */
export function logDistanceLossDb(distanceM: number, frequencyMhz: number, loss: PathLoss): number {
	if (distanceM <= loss.referenceM) return freeSpaceLossDb(distanceM, frequencyMhz);
	const reference = freeSpaceLossDb(loss.referenceM, frequencyMhz);
	return reference + 10 * loss.exponent * Math.log10(distanceM / loss.referenceM);
}
