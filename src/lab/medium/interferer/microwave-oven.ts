// SPDX-License-Identifier: Apache-2.0
import type {Emission} from './interferer.ts';

/**
 * A microwave oven: its magnetron sends during one half of every mains period.
 *
 * Shape:    on for 0.45 of a period, silent for the rest, for as long as it heats.
 * Units:    powerDbm is what leaks over the whole of its band, 23 dBm where absent.
 * Source:   Kamerman, Erkoçevic, "Microwave oven interference on wireless LANs operating in the 2.4 GHz ISM band", PIMRC 1997
 *           (on for somewhat less than half the mains period; 2450 to 2470 MHz; 16 to 33 dBm); NTIA report TR-94-303-1.
 * Validity: ovens with a transformer; the sweep within a period is taken as an even spread over 40 MHz. Ovens with
 *           an inverter send in both halves.
 */
export function microwaveOven(options: {readonly mainsHz?: 50 | 60; readonly powerDbm?: number}): Emission {
	const periodUs = 1e6 / (options.mainsHz ?? 50);
	const onUs = 0.45 * periodUs;
	return {
		powerDbm: options.powerDbm ?? 23,
		centreMhz: 2458,
		widthMhz: 40,
		next: () => ({silentUs: periodUs - onUs, onUs}),
	};
}
