// SPDX-License-Identifier: Apache-2.0
import {bandOf} from '../../model/channel.ts';

/** UDP, IPv6, LLC, the mesh header, encryption, and what 802.11 puts around a frame. */
const HEADER_BYTES = 8 + 40 + 8 + 6 + 16 + 30;

/**
 * What one frame takes of the air, about.
 *
 * Units:    µs.
 * Source:   IEEE Std 802.11-2020, 17.3 (OFDM: preamble 20 µs, DIFS 34, mean of 7.5 slots of 9, SIFS and acknowledgement
 *           44) and 15.3 (DSSS: long preamble 192 µs, DIFS 50, mean of 15.5 slots of 20). Frames to everybody go at the
 *           lowest basic rate and are not acknowledged.
 * Validity: 6 Mbit/s above 3 GHz, 1 Mbit/s below: the usual lowest rates; a mesh that sets its multicast rate uses less.
 *           To one receiver 24 Mbit/s, which most links of a mesh exceed.
 */
export function airTimeUs(bytes: number, mhz: number, toOne = false): number {
	const bits = 8 * (bytes + HEADER_BYTES);
	if (toOne) return 20 + 34 + 68 + 44 + bits / 24;
	return bandOf(mhz) === 2 ? 192 + 50 + 310 + bits : 20 + 34 + 68 + bits / 6;
}
