// SPDX-License-Identifier: Apache-2.0
import type {Channel} from '../../model/channel.ts';
import type {NodeId, PeerMessage} from '../../model/peer.ts';
import type {LinkWindow, MeshTime, SlotView, Superframe} from '../../model/slots.ts';

// What the engine knows of time division. The part itself is loaded by those routers only that are to keep to slots.

export type ScheduleInput =
	/** What frames on a radio did since the last time; the stretch of time ended now. */
	| {readonly kind: 'windows'; readonly radio: number; readonly windows: readonly LinkWindow[]}
	/** Absent: none is agreed on, or it is not known well. Told every few seconds, and when it changes. */
	| {readonly kind: 'meshTime'; readonly radio: number; readonly time: MeshTime | undefined}
	/** Which radios are to keep to slots, where it pays. */
	| {readonly kind: 'division'; readonly radios: readonly RadioDivision[]};

export interface RadioDivision {
	readonly radio: number;
	/** Absent: the usual one. */
	readonly superframe?: Superframe | undefined;
	/** How many slots it shall have beside others: 1 to 4. Absent: 1. */
	readonly weight?: number | undefined;
}

/** The engine's part that agrees on slots. */
export interface SlotSchedule {
	take(input: ScheduleInput): void;
	setRadios(radios: readonly Channel[]): void;
	/** Whom a neighbour hears on that radio's channel. */
	hearHello(from: NodeId, radio: number, heard: readonly NodeId[]): void;
	/** A new message of kind `slots` or `losses`. */
	hear(message: PeerMessage, radio: number): void;
	/** For the owner's eyes; its name is the radio's number. Absent: the radio keeps to no slots. */
	view(radio: number): SlotView | undefined;
}
