// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import type {Frequency} from '../../wire/nl80211/wiphy.ts';

/**
 * What moves radios to other channels. One answer for every call; nothing here throws.
 *
 * Units: radios by the kernel's number of the wiphy, as observations name them.
 */
export interface Actuator {
	/**
	 * Moves all interfaces of a radio, then reads where they are. `done` comes once: without a word when the radio is
	 * where it should be, else with a sentence on who refused and why; the radio is then where it was, as far as it obeys.
	 *
	 * `frequencies`: what the kernel's rules say of the radio's channels, from who knows it already: its longest answer, for
	 * which a move then does not wait. Absent: it is read.
	 */
	retune(
		radio: number,
		to: Channel,
		done: (refusal: string | undefined) => void,
		frequencies?: readonly Frequency[],
	): void;
	/** The change held: it is written where a restart finds it. What stood there first is kept for `restore`. */
	keep(radio: number, channel: Channel): void;
	/** Puts back what was configured before the first `keep`, live and in the configuration. `done` comes once. */
	restore(done: (refusal: string | undefined) => void): void;
	/** Why a radio cannot be moved, as a sentence. Absent: it can, as far as is known. */
	pinned(radio: number): string | undefined;
}
