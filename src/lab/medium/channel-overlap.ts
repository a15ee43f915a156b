// SPDX-License-Identifier: Apache-2.0

/** A piece of spectrum that a radio uses. */
export interface Channel {
	/** The middle of the whole width, not of its control channel. */
	readonly centreMhz: number;
	readonly widthMhz: 20 | 40;
}

/** Share of the power that a receiver `gap` channels away takes in, at 2.4 GHz, where channels are 5 MHz apart. */
const byGap = [1, 0.73, 0.27, 0.04, 0.005, 0.001];
const SPACING_MHZ = 5;
const BELOW_5_GHZ_MHZ = 3000;

/** Transmit mask: offset from the middle in half widths of the flat part, limit in dB relative to it. */
const mask: readonly (readonly [number, number])[] = [
	[0.9, 0],
	[1.1, -20],
	[2, -28],
	[3, -40],
	[6, -75],
	[10, -100],
];

/**
 * The part of a transmission's power that falls into a receiver's channel.
 *
 * Shape:    1 on the same channel, 0 where nothing gets through.
 * Source:   2.4 GHz, 20 MHz: Mishra, Shrivastava, Banerjee, Arbaugh, "Partially overlapped channels not considered
 *           harmful", SIGMETRICS 2006, measured I-factor by channel gap 0 to 6: 1 .73 .27 .04 .005 .001 0; between two
 *           gaps a line through the decibels. 40 MHz are two halves of 20 MHz, each with half the power.
 *           5 GHz: the transmit mask of IEEE 802.11-2020 17.3.9.3 and 19.3.18.1 (0 dBr to 9 MHz, -20 at 11, -28 at 20,
 *           -40 at 30), integrated over the receiver's channel; past 30 MHz it falls to -75 dBr at 60 MHz, where radios
 *           in one box are found not to disturb each other, and to -100 dBr at 100 MHz.
 * Validity: masks are limits; good transmitters leak less between 20 and 30 MHz.
 */
export function overlapShare(from: Channel, to: Channel): number {
	if (from.centreMhz === to.centreMhz && from.widthMhz === to.widthMhz) return 1;
	if (Math.min(from.centreMhz, to.centreMhz) < BELOW_5_GHZ_MHZ) {
		if (Math.abs(from.centreMhz - to.centreMhz) > 1000) return 0;
		return mishra(from, to);
	}
	return maskShare(from, to);
}

/** Halves of 20 MHz: middle of each. */
function halves({centreMhz, widthMhz}: Channel): readonly number[] {
	return widthMhz === 20 ? [centreMhz] : [centreMhz - 10, centreMhz + 10];
}

function mishra(from: Channel, to: Channel): number {
	const senders = halves(from);
	const receivers = halves(to);
	let share = 0;
	for (const sender of senders) {
		let taken = 0;
		for (const receiver of receivers) taken += factor(Math.abs(sender - receiver) / SPACING_MHZ);
		share += Math.min(1, taken) / senders.length;
	}
	return share;
}

function factor(gap: number): number {
	const lower = byGap[Math.floor(gap)];
	if (lower === undefined) return 0;
	const upper = byGap[Math.ceil(gap)] ?? 0;
	if (upper === 0) return gap === Math.floor(gap) ? lower : 0;
	return lower * (upper / lower) ** (gap - Math.floor(gap));
}

/** Mask in dBr at an offset. Units: MHz. */
function maskDbr(offsetMhz: number, widthMhz: number): number {
	const at = Math.abs(offsetMhz) / (widthMhz / 2);
	let [beforeAt, beforeDbr] = [0, 0];
	for (const [cornerAt, cornerDbr] of mask) {
		if (at <= cornerAt) return beforeDbr + ((cornerDbr - beforeDbr) * (at - beforeAt)) / (cornerAt - beforeAt);
		[beforeAt, beforeDbr] = [cornerAt, cornerDbr];
	}
	return beforeDbr;
}

const STEP_MHZ = 0.5;
/** Shares by difference in frequency and widths: there are few. */
const shares = new Map<number, number>();

function maskShare(from: Channel, to: Channel): number {
	const gapMhz = Math.abs(from.centreMhz - to.centreMhz);
	const key = gapMhz * 10_000 + from.widthMhz * 100 + to.widthMhz;
	const known = shares.get(key);
	if (known !== undefined) return known;
	let within = 0;
	let whole = 0;
	for (let offset = -200 + STEP_MHZ / 2; offset < 200; offset += STEP_MHZ) {
		const power = 10 ** (maskDbr(offset, from.widthMhz) / 10);
		whole += power;
		if (Math.abs(offset - gapMhz) < to.widthMhz / 2) within += power;
	}
	const share = gapMhz > 180 ? 0 : within / whole;
	shares.set(key, share);
	return share;
}
