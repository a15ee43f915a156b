// SPDX-License-Identifier: Apache-2.0
import {DECIMAL, isMadeOf} from '../../core/text.ts';
import type {Channel} from '../../model/channel.ts';

/** What a daemon without rights wants kept. */
export interface Wish {
	readonly radio: number;
	readonly channel: Channel;
}

const MOST_RADIOS = 16;
const widths = [20, 40, 80, 160];

/**
 * Reads wishes. Whoever may write the file can choose channels, and nothing else.
 *
 * Shape: lines `RADIO MHZ WIDTH_MHZ`; all others are left out.
 */
export function readWishes(text: string): Wish[] {
	const wishes: Wish[] = [];
	for (const line of text.split('\n')) {
		const words = line.split(' ');
		const [radio = 0, mhz = 0, widthMhz = 0] = words.map(Number);
		const isWhole =
			words.length === 3 && words.every(word => word.length > 0 && word.length < 5 && isMadeOf(word, DECIMAL));
		if (!isWhole || mhz < 2400 || mhz > 7200 || !widths.includes(widthMhz) || wishes.length >= MOST_RADIOS) continue;
		wishes.push({radio, channel: {mhz, widthMhz}});
	}
	return wishes;
}

export function writeWishes(wishes: readonly Wish[]): string {
	return wishes.map(({radio, channel: {mhz, widthMhz}}) => `${radio} ${mhz} ${widthMhz}\n`).join('');
}
