// SPDX-License-Identifier: Apache-2.0
import type {Band, Wiphy, WiphyPart} from './wiphy.ts';

interface Gathering {
	part: WiphyPart;
	readonly bands: Map<number, Band>;
}

/**
 * Puts the parts of a split NL80211_CMD_GET_WIPHY dump together.
 *
 * Shape:  a part repeats the radio's number and name; a band's frequencies come a few to a part, in order; everything
 *         else comes whole in one part.
 */
export class WiphyCollector {
	readonly #gatherings = new Map<number, Gathering>();

	add(part: WiphyPart): void {
		let gathering = this.#gatherings.get(part.wiphy);
		if (gathering === undefined) {
			gathering = {part, bands: new Map()};
			this.#gatherings.set(part.wiphy, gathering);
		}
		const {selfManagedRegulatory, supports10Mhz, supports5Mhz} = gathering.part;
		gathering.part = {
			...gathering.part,
			...part,
			// A flag is false in every part that is not about it.
			selfManagedRegulatory: selfManagedRegulatory || part.selfManagedRegulatory,
			supports10Mhz: supports10Mhz || part.supports10Mhz,
			supports5Mhz: supports5Mhz || part.supports5Mhz,
		};
		for (const [key, band] of part.bands ?? []) gathering.bands.set(key, joinBand(gathering.bands.get(key), band));
	}

	/** The radios, in the order they came. Call it when the dump is complete. */
	wiphys(): Wiphy[] {
		return [...this.#gatherings.values()].map(({part, bands}) => ({
			...part,
			name: part.name ?? `phy${part.wiphy}`,
			bands,
		}));
	}
}

function joinBand(before: Band | undefined, next: Band): Band {
	if (before === undefined) return next;
	const joined = {...before, ...next};
	if (before.frequencies === undefined || next.frequencies === undefined) return joined;
	return {...joined, frequencies: [...before.frequencies, ...next.frequencies]};
}
