// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from './peer.ts';

/** What a router's message about time said when it came here: by that its sender learns how long the way is. */
export interface ClockEcho {
	readonly peer: NodeId;
	/** Its message's number. */
	readonly number: number;
	/** It came so long before the message that says so was sent. */
	readonly agoUs: number;
}

/**
 * What a router says of time to its direct neighbours, on each radio. All that is needed to set a clock by it is in it: nobody
 * keeps what others said.
 *
 * Units:  `sentUs` is of the sender's monotonic clock, `tsfUs` of its radio; errors are what something may be wrong by.
 * Absent: without `hasTsf` and `hasTime` the members that belong to them are 0.
 */
export interface ClockTelling {
	/** Counts the sender's messages about time on this radio. */
	readonly number: number;
	/** When it was written, just before it was sent. */
	readonly sentUs: number;
	readonly hasTsf: boolean;
	/** The time of the radio, `tsfAgoUs` before `sentUs`. */
	readonly tsfUs: number;
	readonly tsfAgoUs: number;
	/** The sender knows the mesh's time. */
	readonly hasTime: boolean;
	/** Somewhere between the root and the sender it was carried by messages and not by beacons. */
	readonly byMessages: boolean;
	readonly root: NodeId;
	/** Grow while the root lives, the first with each start of it. */
	readonly rootEpoch: number;
	readonly rootNumber: number;
	readonly hops: number;
	/** Whom the sender has it from; itself where it is the root. */
	readonly parent: NodeId;
	/** The mesh's time minus the sender's, at `sentUs`, and how that grows. */
	readonly offsetUs: number;
	readonly driftPpb: number;
	readonly errorUs: number;
	readonly echoes: readonly ClockEcho[];
}
