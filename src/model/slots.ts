// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from './peer.ts';

// Time division: what evidence, schedule, gate and owner say to each other. Slots are counted from the start of a superframe,
// and superframes from mesh time 0, so that who knows the mesh's time knows the slot.

/** How time on a channel is cut. All nodes of a mesh keep the same one. */
export interface Superframe {
	/** 1 to 64. */
	readonly slots: number;
	readonly slotUs: number;
}

/** What a node's frames to one neighbour did in a stretch of time, and what was heard of it meanwhile. */
export interface LinkWindow {
	readonly peer: NodeId;
	readonly durationMs: number;
	/** Frames sent to it, how often they were repeated, and how many were given up. Absent: the driver does not say. */
	readonly transmitPackets: number | undefined;
	readonly transmitRetries: number | undefined;
	readonly transmitFailed: number | undefined;
	readonly transmitAirtimeUs: number | undefined;
	readonly receiveAirtimeUs: number | undefined;
	readonly signalDbm: number | undefined;
}

/** Two senders that do not hear each other and disturb each other at a receiver: why slots are worth their cost. */
export interface HiddenPair {
	readonly a: NodeId;
	readonly b: NodeId;
	/** Who witnesses it: frames of both go there. */
	readonly receiver: NodeId;
	/** Share of frames lost while both send, and while one does: 0 to 1. */
	readonly lossBoth: number;
	readonly lossOne: number;
	/** 0 to 1. */
	readonly confidence: number;
	readonly ageMs: number;
}

/** The mesh's time as one router knows it: the time of its lowest number, carried from hop to hop. */
export interface MeshTime {
	/** Mesh time minus the router's own monotonic time. */
	readonly offsetUs: number;
	/** What it may be wrong by. */
	readonly errorUs: number;
	/** Whose clock it is, and how many hops away. */
	readonly root: NodeId;
	readonly hops: number;
	/** How it is known: the kernel's beacons, or times in our messages. */
	readonly source: 'beacons' | 'messages';
	readonly ageMs: number;
}

/**
 * What a gate keeps to until its lease ends; after that, everything is open.
 *
 * Units: times of the router's own monotonic clock.
 */
export interface GateOrder {
	readonly superframe: Superframe;
	/** A superframe begins here; others follow and went before. */
	readonly originUs: number;
	/** By slot: frames to one neighbour may start here. */
	readonly own: readonly boolean[];
	/** By slot: everyone may, by the usual contention. Multicast and routing may use these and `own`. */
	readonly open: readonly boolean[];
	/** Before a stretch of own slots ends, nothing new starts for so long. */
	readonly guardUs: number;
	readonly leaseUntilUs: number;
	/**
	 * What a frame to one neighbour is reckoned to take on the air, so that no more is let go in a run than it can send: what
	 * was let go waits in the radio, where nothing holds it any more. Absent: frames are not added up.
	 */
	readonly airtime?: {readonly frameUs: number; readonly nsPerByte: number} | undefined;
}

/** What a radio is to keep to, as the engine wants it; when a superframe begins is the clock's. */
export type WantedSlots = Pick<GateOrder, 'superframe' | 'own' | 'open' | 'guardUs'>;

/**
 * What a router says of its slots on a radio's channel, to all on it.
 *
 * Shape: slots by number, each once, in order. Who is in no conflict any more says so once, with empty lists.
 */
export interface SlotRecord {
	/** The channel's, so that nobody takes it for one of another. */
	readonly mhz: number;
	readonly slots: number;
	readonly slotUs: number;
	/** Grows with every record of this start. */
	readonly version: number;
	/** In use now; and wanted, not before all in conflict know of it. */
	readonly own: readonly number[];
	readonly claims: readonly number[];
	/** Slots that its traffic needs, and how many it shall have beside others: 1 to 4. */
	readonly demand: number;
	readonly weight: number;
	/** Whom it shares no slot with, and which of their records it keeps to: the start's last 16 bits and the version. */
	readonly conflicts: readonly {readonly peer: NodeId; readonly epoch: number; readonly version: number}[];
}

/**
 * What a router says to its direct neighbours of losses on a radio's channel.
 *
 * Units: `loss` and `active` are shares of frames and of time, 0 to 255 for 0 to 1.
 */
export interface LossRecord {
	readonly mhz: number;
	/** The stretch of time, which ended when this was said. */
	readonly durationMs: number;
	/** It sent so much of the time, to whomever. */
	readonly active: number;
	/** Frames to each neighbour, repeated ones counted, and the share that was lost. */
	readonly links: readonly {readonly peer: NodeId; readonly frames: number; readonly loss: number}[];
	/** Whose frames disturb each other here. */
	readonly hidden: readonly LossPair[];
}

/** Two that disturb each other at whoever says so. */
export interface LossPair {
	readonly a: NodeId;
	readonly b: NodeId;
	readonly lossBoth: number;
	readonly lossOne: number;
	readonly confidence: number;
}

/** Why a radio's gate is as it is. */
export type GateState = 'off' | 'unable' | 'nothing-hidden' | 'no-clock' | 'stale' | 'agreeing' | 'gated';

/** A radio's part in time division, for the owner's eyes: what ubus, LuCI and collector draw. */
export interface SlotView {
	readonly radio: string;
	readonly state: GateState;
	/** A sentence. */
	readonly reason: string;
	readonly superframe: Superframe;
	/** By slot, who owns it among those in conflict here, this router first; open slots have nobody and `open` true. */
	readonly owners: readonly {readonly nodes: readonly NodeId[]; readonly open: boolean}[];
	readonly hidden: readonly HiddenPair[];
	/** Absent: no time is agreed on. */
	readonly time: MeshTime | undefined;
	/** Share of frames lost to the neighbours before slots and with them. Absent: not measured yet. */
	readonly lossBefore: number | undefined;
	readonly lossNow: number | undefined;
}
