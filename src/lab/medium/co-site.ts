// SPDX-License-Identifier: Apache-2.0
import {type Channel, overlapShare} from './channel-overlap.ts';
import {dbm} from './decibel.ts';

/** Between two antennas of one box or one mast. */
export const USUAL_ISOLATION_DB = 40;
/** Two radios of one box want this between the middles of their channels at 5 GHz. */
export const CO_SITE_MHZ = 60;

/**
 * What one radio of a box puts into another's receiver.
 *
 * Units:    dBm of the sender to dBm within the receiver's channel.
 * Source:   power minus isolation, times the share of the mask in the other channel (`channel-overlap.ts`). 20 dBm over 40 dB
 *           leave -20 dBm; -75 dBr at 60 MHz bring this to -95 dBm, the noise floor: the 60 MHz that installers keep.
 * Validity: 5 GHz, one box. A receiver driven into compression (above -10 dBm or so) is not modelled.
 */
export function coSiteDbm(powerDbm: number, from: Channel, to: Channel, isolationDb = USUAL_ISOLATION_DB): number {
	return powerDbm - isolationDb + dbm(overlapShare(from, to));
}

/** Whether two channels on one box disturb each other: closer than 60 MHz in the same band. */
export function disturbsCoSite(one: Channel, other: Channel): boolean {
	return Math.abs(one.centreMhz - other.centreMhz) < CO_SITE_MHZ + (one.widthMhz + other.widthMhz - 40) / 2;
}
