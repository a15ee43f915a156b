// SPDX-License-Identifier: Apache-2.0
import type {Channel} from './channel.ts';
import type {ClockTelling} from './clock.ts';
import type {LossRecord, SlotRecord} from './slots.ts';

// What routers tell each other. Every message has an origin and a number that only grows, so an old one is known as old.

/** A router, by a number of 32 bits that says nothing about it. */
export type NodeId = number;

/** A radio and where it is now. */
export interface RadioRecord {
	readonly live: Channel;
	/** The owner fixed it: no plan may move it. */
	readonly pinned: boolean;
}

/** A neighbour with whom frames are exchanged, and the channel both mean to use for that. */
export interface LinkRecord {
	readonly peer: NodeId;
	/** Share of the air time this link needs, in sixteenths; at least 1. */
	readonly weight: number;
	/** The planned channel's `mhz`; 0 where both ends just use what they have in common. */
	readonly planMhz: number;
	/** Which agreement planned it: the larger one is the later one. */
	readonly stamp: number;
}

/** A channel a node may use. */
export interface ChannelRecord extends Channel {
	/** Share of the time foreign signals keep it busy, 0 to 255 for 0 to 1. */
	readonly busy: number;
	/** Radar was seen, or the law or the owner says no. */
	readonly blocked: boolean;
	/** Radars have the right of way there. */
	readonly radar: boolean;
}

/** How far a node takes part. */
export type Participation = 'active' | 'observe' | 'stopped';

/** Everything a node says of itself to those within four hops. */
export interface NodeRecord {
	readonly radios: readonly RadioRecord[];
	readonly links: readonly LinkRecord[];
	readonly channels: readonly ChannelRecord[];
	/** What it hopes to gain by planning; 0 when it tried and found nothing. */
	readonly pressure: number;
	/** Live channels differ from the plan, and it is about to change that. */
	readonly deploying: boolean;
	readonly participation: Participation;
	/** Where to go at once when radar is seen; 0 for nowhere. */
	readonly backupMhz: number;
}

/** The agreement a leader asks for. */
export interface TransactionId {
	readonly leader: NodeId;
	readonly number: number;
}

/** A link's channel, as proposed. */
export interface PlannedLink {
	readonly a: NodeId;
	readonly b: NodeId;
	readonly mhz: number;
}

/** A radio's move, as proposed. */
export interface Move {
	readonly node: NodeId;
	readonly radio: number;
	readonly from: Channel;
	readonly to: Channel;
}

/** What members are asked to agree to. `seq` is the record each member was judged by. */
export interface Proposal {
	readonly transaction: TransactionId;
	readonly members: readonly {readonly id: NodeId; readonly seq: number}[];
	readonly stamp: number;
	readonly links: readonly PlannedLink[];
	readonly moves: readonly Move[];
	/** Expected gain in units of `Cost`. */
	readonly gain: number;
}

export type Refusal =
	| 'locked'
	| 'stale'
	| 'no-gain'
	| 'radios'
	| 'blocked'
	| 'pinned'
	| 'observing'
	| 'budget'
	| 'quiet-hours'
	| 'holding'
	| 'cut-off'
	| 'unknown';

export type PeerBody =
	/** To direct neighbours, every few seconds on every radio: who is heard here, and the round of planning. */
	| {
			readonly kind: 'hello';
			readonly live: Channel;
			readonly heard: readonly NodeId[];
			readonly recordSeq: number;
			readonly round: number;
			readonly roundAgeMs: number;
	  }
	| {readonly kind: 'record'; readonly record: NodeRecord}
	| {readonly kind: 'propose'; readonly proposal: Proposal}
	/** Goes back the way the proposal came. Absent refusal: agreed. */
	| {readonly kind: 'answer'; readonly transaction: TransactionId; readonly refusal: Refusal | undefined}
	/** Moves happen `inMs` after the first copy was sent. */
	| {readonly kind: 'verdict'; readonly transaction: TransactionId; readonly commit: boolean; readonly inMs: number}
	| {readonly kind: 'revert'; readonly transaction: TransactionId}
	| {
			readonly kind: 'radar';
			readonly mhz: number;
			readonly widthMhz: number;
			readonly backupMhz: number;
			readonly leftS: number;
	  }
	/** To direct neighbours, on each radio that is to keep to time slots. */
	| {readonly kind: 'clock'; readonly clock: ClockTelling}
	/** On the radio that keeps to time slots, to all on its channel, or to those two hops away. */
	| {readonly kind: 'slots'; readonly slots: SlotRecord}
	/** To direct neighbours on such a radio. */
	| {readonly kind: 'losses'; readonly losses: LossRecord}
	/** What a later release says: passed on, and not understood. */
	| {readonly kind: 'other'; readonly number: number};

/** A message as it travels. Authentication is below: what reaches the engine was signed by `origin`. */
export interface PeerMessage {
	readonly origin: NodeId;
	/** Grows when the origin starts anew. */
	readonly epoch: number;
	readonly seq: number;
	/** Hops it may still go: 0 for direct neighbours only. */
	readonly hopsLeft: number;
	/** Only this node passes it on. Absent: everyone does. */
	readonly via: NodeId | undefined;
	readonly body: PeerBody;
}
