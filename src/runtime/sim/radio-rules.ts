// SPDX-License-Identifier: Apache-2.0
import * as command from '../../wire/nl80211/command.ts';
import {type Frequency, frequency} from '../../wire/nl80211/wiphy.ts';

/** What a driver can do that announces a change of channel in its beacons. */
export const announcing: readonly number[] = [command.CHANNEL_SWITCH];

/** A channel of 20 MHz that may be used as it is. */
export function freeFrequency(frequencyMhz: number): Frequency {
	return frequency.decode(frequency.encode({frequencyMhz}, 'little'), 'little');
}
