// SPDX-License-Identifier: Apache-2.0
import type {RadioStatistics} from '../medium/medium.ts';

/** A channel's counters as a driver keeps them. Units: ms since the radio came up. */
export interface ChannelAir {
	activeMs: number;
	busyMs: number;
	receiveMs: number;
	transmitMs: number;
	/** Frames of its own network that it could read. */
	ownReceiveMs: number;
}

/** Of what an access point serves its guests, so much comes from them. */
const FROM_GUESTS = 0.25;

export function newAir(): ChannelAir {
	return {activeMs: 0, busyMs: 0, receiveMs: 0, transmitMs: 0, ownReceiveMs: 0};
}

/**
 * Counts what a radio did between two readings of the medium, and what an access point served its guests meanwhile.
 *
 * Shape: guests take their share of the time that was free; counters never fall. `decodedShare` is that of frames in the air
 *        which could be read.
 */
export function countAir(
	air: ChannelAir,
	before: RadioStatistics,
	now: RadioStatistics,
	guestShare: number,
	decodedShare = 1,
): void {
	const passedMs = (pick: (radio: RadioStatistics) => number): number => Math.max(0, pick(now) - pick(before)) / 1000;
	const transmitMs = passedMs(radio => radio.transmitUs);
	const receiveMs = passedMs(radio => radio.receiveUs);
	const otherMs = passedMs(radio => radio.busyUs);
	const idleMs = passedMs(radio => radio.idleUs);
	const guestsMs = idleMs * guestShare;
	air.activeMs += transmitMs + receiveMs + otherMs + idleMs;
	air.busyMs += transmitMs + receiveMs + otherMs + guestsMs;
	air.receiveMs += receiveMs + guestsMs * FROM_GUESTS;
	air.ownReceiveMs += receiveMs * decodedShare + guestsMs * FROM_GUESTS;
	air.transmitMs += transmitMs + guestsMs * (1 - FROM_GUESTS);
}
