// SPDX-License-Identifier: Apache-2.0
import type {Participation} from '../model/peer.ts';

/** What the owner decides. */
export interface EngineSettings {
	readonly participation: Participation;
	/** Radios that stay where they are, by number. */
	readonly pinned: readonly number[];
	/** Where lost nodes look first, one channel a band. */
	readonly homeMhz: readonly number[];
	/** It is an hour of the day in which no plan is carried out. What radar and lost neighbours need is done all the same. */
	readonly isQuiet: boolean;
	/** A plan must be cheaper by such a share of what is. */
	readonly leastGain: number;
	/** Of a radio. Going back after a failure does not count. */
	readonly retunesPerHour: number;
}

export const usualSettings: EngineSettings = {
	participation: 'observe',
	pinned: [],
	homeMhz: [],
	isQuiet: false,
	leastGain: 0.1,
	retunesPerHour: 2,
};

// Times. All in milliseconds.

/** Hellos on every radio. Three lost in a row happen once in 8,000 with 5 % loss. */
export const HELLO_MS = 2000;
/** After a switch, until all are confirmed. */
export const FAST_HELLO_MS = 350;
/** A peer that was not heard for so long is not there. */
export const PEER_SILENT_MS = 9000;
/** Its link is forgotten by the plan. */
export const LINK_FORGOTTEN_MS = 60_000;
/** A record is said again so often. */
export const RECORD_REFRESH_MS = 60_000;
/** Who changed says so at most so often. */
export const RECORD_PAUSE_MS = 400;
/** Whose record is older is not within reach, whatever it says. */
export const RECORD_FRESH_MS = 100_000;
export const RECORD_FORGOTTEN_MS = 200_000;
/** Of planning: in each at most one within reach proposes. */
export const ROUND_MS = 3000;
/** An answer is awaited so long, three times. */
export const ANSWER_MS = 500;
/** Who agreed waits so long for the verdict: all answers, and all copies of the verdict on a way of four hops. */
export const LOCK_MS = 2700;
/** Rounds without a change of the plan before it is carried out. */
export const QUIET_ROUNDS = 8;
/** From the verdict to the switch: three copies of it travel in that time. */
export const SWITCH_LEAD_MS = 1200;
/** All expected neighbours were heard on the new channel, or back. */
export const CONFIRM_MS = 3000;
/** A member may still call it off so long after its switch. */
export const REVERT_MS = 6000;
export const TRIAL_MS = 60_000;
/** No neighbour at all for so long: lost. */
export const LOST_MS = 20_000;
/** Lost nodes listen so long on a channel. */
export const DWELL_MS = 2600;
/** After a failure; doubles each time. */
export const HOLD_MS = 10_000;
export const LONGEST_HOLD_MS = 3_600_000;

/** Links between nodes so many hops from the leader are planned. */
export const BALL_HOPS = 2;
/** Records travel so far: a ball, the ring around it, and their neighbours. */
export const GOSSIP_HOPS = 4;
/** Nodes that switch together at most. */
export const LARGEST_CLOSURE = 24;
