// SPDX-License-Identifier: Apache-2.0
import type {Decision, Explanation} from '../model/decision.ts';
import type {NodeId, PeerBody, PeerMessage} from '../model/peer.ts';
import type {Agenda} from './agenda.ts';
import type {EngineSettings} from './settings.ts';

/** A radio's move for a plan, made before the engine began that is told of it. */
export interface EarlierMove {
	readonly radio: number;
	/** In the time of the engine's inputs; may be below 0. */
	readonly atMs: number;
}

/** What every part of the engine is given. */
export interface EngineContext {
	readonly id: NodeId;
	/** Moves for a plan that radios made before we began. */
	readonly movedBefore: readonly EarlierMove[];
	readonly agenda: Agenda;
	/** [0, 1), from the seed. */
	readonly random: () => number;
	readonly settings: () => EngineSettings;
	/** The time of the input that is being worked on. */
	readonly nowMs: () => number;
	readonly decide: (decision: Decision) => void;
	/** Numbers a message of ours and sends it. Absent radio: on all. Answers its number. */
	readonly send: (body: PeerBody, hopsLeft: number, via?: NodeId, radio?: number) => number;
	readonly forward: (message: PeerMessage, radio?: number) => void;
	readonly explain: (explanation: Partial<Explanation> & Pick<Explanation, 'why'>) => void;
}

/** A number for a node in a round that all nodes compute alike, and nobody can hope for: 1 to 1024. */
export function lotOf(node: NodeId, round: number): number {
	let mixed = Math.imul(node ^ Math.imul(round, 0x9e3779b1), 0x85ebca6b);
	mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
	return (((mixed ^ (mixed >>> 16)) >>> 0) % 1024) + 1;
}
