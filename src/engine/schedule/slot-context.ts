// SPDX-License-Identifier: Apache-2.0
import type {NodeId} from '../../model/peer.ts';
import type {SlotRecord} from '../../model/slots.ts';
import type {Agenda} from '../agenda.ts';

/** What the agreement on a radio's slots is given. */
export interface SlotContext {
	readonly id: NodeId;
	/** Of this start. */
	readonly epoch: number;
	readonly agenda: Agenda;
	readonly nowMs: () => number;
	readonly random: () => number;
	readonly say: (record: SlotRecord, hopsLeft: number) => void;
	/** What is owned, or by whom, is different now. */
	readonly changed: () => void;
	readonly unfair: (node: NodeId, share: number) => void;
}
