// SPDX-License-Identifier: Apache-2.0

/** The colours of the median, by the share that was lost up to here. */
export const lossColours = [
	{most: 0, colour: '--good'},
	{most: 0.05, colour: '--line-0'},
	{most: 0.2, colour: '--line-3'},
	{most: 1, colour: '--bad'},
] as const;

export function colourOfLoss(share: number): string {
	return lossColours.find(({most}) => share <= most)?.colour ?? '--bad';
}

/** The least of 1, 2, 5, 10, 20 … that is not below. */
export function niceStep(least: number): number {
	const power = 10 ** Math.floor(Math.log10(least));
	return ([1, 2, 5].find(factor => factor * power >= least * 0.999) ?? 10) * power;
}
