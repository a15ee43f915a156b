// SPDX-License-Identifier: Apache-2.0
import type {Channel} from './channel.ts';
import type {NodeId, PeerMessage} from './peer.ts';
import type {GateState, WantedSlots} from './slots.ts';

// What the engine wants done, and why. A decision carries the numbers it compared: log, page and test read the same.

export type Why =
	| 'planned'
	| 'gain'
	| 'no-gain'
	| 'refused'
	| 'unanswered'
	| 'switched'
	| 'confirmed'
	| 'unconfirmed'
	| 'reverted'
	| 'trial-held'
	| 'trial-failed'
	| 'lost'
	| 'found'
	| 'repaired'
	| 'radar'
	| 'driver-refused'
	| 'observing'
	| 'silent'
	| 'slots-hidden'
	| 'slots-agreed'
	| 'slots-open'
	| 'slots-stale'
	| 'slots-unfair'
	| 'slots-forged';

/** One line of the decisions' list. */
export interface Explanation {
	readonly atMs: number;
	readonly why: Why;
	readonly radio: number | undefined;
	readonly from: Channel | undefined;
	readonly to: Channel | undefined;
	/** The numbers that were compared, by name; costs in units of air time squared. */
	readonly numbers: Readonly<Record<string, number>>;
	/** Other channels and what they would have cost. */
	readonly alternatives: readonly {readonly mhz: number; readonly cost: number}[];
	/** Who agreed; or, where it was refused, who did not. */
	readonly nodes: readonly NodeId[];
	/** The word of who refused; of `slots-open` a sentence that says why. Absent: nobody did. */
	readonly refusal: string | undefined;
}

export type Decision =
	/** On every radio, or on one. */
	| {readonly kind: 'send'; readonly message: PeerMessage; readonly radio: number | undefined}
	| {readonly kind: 'retune'; readonly radio: number; readonly to: Channel; readonly why: Why}
	/** The change held: it may outlive a restart. */
	| {readonly kind: 'keep'; readonly radio: number; readonly channel: Channel}
	/** What a radio's gate is to keep to from now on. Absent wanted: everything is open. */
	| {
			readonly kind: 'gate';
			readonly radio: number;
			readonly wanted: WantedSlots | undefined;
			readonly state: GateState;
			/** A sentence. */
			readonly reason: string;
	  }
	| {readonly kind: 'explain'; readonly explanation: Explanation};
