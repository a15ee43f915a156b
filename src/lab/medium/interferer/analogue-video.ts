// SPDX-License-Identifier: Apache-2.0
import type {Emission} from './interferer.ts';

/** It is on at all times; a second is one turn. */
const TURN_US = 1e6;

/**
 * An analogue video sender: a camera or a television link. It never pauses.
 *
 * Units:    powerDbm is radiated power, 10 dBm where absent (the limit of the 2.4 GHz ones).
 * Source:   frequency modulation with 17 to 18 MHz between zeros (Carson: 2·(4 + 4.5) MHz at 2.4 GHz); channels usual at
 *           2414, 2432, 2450 and 2468 MHz.
 * Validity: its power is taken as even over 18 MHz; the real carrier is peaked, as recorded spectra show.
 */
export function analogueVideo(options: {readonly centreMhz: number; readonly powerDbm?: number}): Emission {
	return {
		powerDbm: options.powerDbm ?? 10,
		centreMhz: options.centreMhz,
		widthMhz: 18,
		next: () => ({silentUs: 0, onUs: TURN_US}),
	};
}
