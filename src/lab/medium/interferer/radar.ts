// SPDX-License-Identifier: Apache-2.0
import type {Emission} from './interferer.ts';

const PULSE_US = 2;
const PULSES_A_SECOND = 700;
const PULSES_A_BURST = 18;
/** A turn of the antenna: the beam passes so often. */
const ROTATION_US = 10e6;

/**
 * A weather radar: short pulses while its beam passes, silence until it comes round again.
 *
 * Shape:    bursts of 18 pulses of 2 µs at 700 a second, every 10 s. A burst is one turn after another; the last silence
 *           of a burst is the rest of the rotation.
 * Units:    powerDbm is effective radiated power in the beam, 70 dBm where absent.
 * Source:   ETSI EN 301 893 V2.1.1 table D.4, reference radar type 1: pulse width 0.5 to 5 µs, 200 to 1000 pulses a second,
 *           10 or more pulses a burst; ITU-R M.1638 for the rotation and power of meteorological radars.
 * Validity: what matters to a mesh is that it is there: `dfs.ts` has the rules. As interference it is nearly nothing.
 */
export function radarPulses(options: {readonly centreMhz: number; readonly powerDbm?: number}): Emission {
	let pulse = 0;
	const gapUs = 1e6 / PULSES_A_SECOND - PULSE_US;
	return {
		powerDbm: options.powerDbm ?? 70,
		centreMhz: options.centreMhz,
		widthMhz: 4,
		next() {
			pulse = (pulse + 1) % PULSES_A_BURST;
			const burstUs = PULSES_A_BURST * (gapUs + PULSE_US);
			return {silentUs: pulse === 0 ? ROTATION_US - burstUs + gapUs : gapUs, onUs: PULSE_US};
		},
	};
}
