// SPDX-License-Identifier: Apache-2.0
import {bearingDeg, elevationDeg, type Place} from './place.ts';

export interface Omni {
	readonly kind: 'omni';
	readonly gainDbi: number;
}

export interface Sector {
	readonly kind: 'sector';
	/** In the middle of the beam. */
	readonly gainDbi: number;
	/** Where the beam points, clockwise from north. */
	readonly bearingDeg: number;
	/** Full width at which half the power is left. */
	readonly beamWidthDeg: number;
	readonly verticalWidthDeg?: number;
	/** Positive is below the horizon. */
	readonly downtiltDeg?: number;
	/** How much less leaves to the back. */
	readonly frontToBackDb?: number;
}

export type Antenna = Omni | Sector;

/** How far a direction is off another. Units: degrees, 0 to 180. */
function offDeg(oneDeg: number, otherDeg: number): number {
	const difference = Math.abs(oneDeg - otherDeg) % 360;
	return difference > 180 ? 360 - difference : difference;
}

/**
 * Gain of an antenna towards a place.
 *
 * Units:    dBi.
 * Source:   3GPP TR 36.814 table A.2.1.1-2: A_H = -min(12·(φ/φ3dB)², A_m), A_V alike over elevation with 10° width,
 *           A = -min(-(A_H + A_V), A_m); A_m = 25 dB there, the preset here.
 * Validity: sectors of 10° to 120°; side lobes are not drawn, the back is A_m everywhere.
 */
export function antennaGainDbi(antenna: Antenna, from: Place, to: Place): number {
	if (antenna.kind === 'omni') return antenna.gainDbi;
	const {beamWidthDeg, verticalWidthDeg = 30, downtiltDeg = 0, frontToBackDb = 25} = antenna;
	const horizontalDeg = offDeg(bearingDeg(from, to), antenna.bearingDeg);
	const verticalDeg = elevationDeg(from, to) + downtiltDeg;
	const horizontal = Math.min(12 * (horizontalDeg / beamWidthDeg) ** 2, frontToBackDb);
	const vertical = Math.min(12 * (verticalDeg / verticalWidthDeg) ** 2, frontToBackDb);
	return antenna.gainDbi - Math.min(horizontal + vertical, frontToBackDb);
}
