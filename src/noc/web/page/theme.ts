// SPDX-License-Identifier: Apache-2.0
import {signal} from '@preact/signals';

const dark = window.matchMedia('(prefers-color-scheme: dark)');

/** The colours in use; charts are drawn anew when they change. */
export const scheme = signal<'light' | 'dark'>(dark.matches ? 'dark' : 'light');
dark.addEventListener('change', () => {
	scheme.value = dark.matches ? 'dark' : 'light';
});

/** A colour of the style sheet. */
export function colour(name: string): string {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const COLOURS = 8;

export function lineColour(index: number, alpha = 1): string {
	const hex = colour(`--line-${index % COLOURS}`);
	return alpha === 1
		? hex
		: `${hex}${Math.round(alpha * 255)
				.toString(16)
				.padStart(2, '0')}`;
}

/** Lines differ in their dashes as well: not everyone tells the colours apart. The style sheet has the same for keys. */
export const dashes: readonly (readonly number[] & number[])[] = [
	[],
	[7, 4],
	[2, 3],
	[10, 3, 2, 3],
	[4, 2],
	[12, 5],
	[1, 5],
	[6, 2, 1, 2],
];
