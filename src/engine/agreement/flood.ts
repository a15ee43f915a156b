// SPDX-License-Identifier: Apache-2.0
import type {NodeId, PeerMessage} from '../../model/peer.ts';
import type {EngineContext} from '../context.ts';

/** Numbers so far behind the highest are too old to be told apart. */
const WINDOW = 64;
/** Who was sent a message by so many has heard it: both copies are lost once in 400 times with 5 % loss. */
const ENOUGH_COPIES = 2;
const LEAST_WAIT_MS = 3;
const WAIT_SPREAD_MS = 40;
/** By then a message is passed on. */
export const LONGEST_WAIT_MS = LEAST_WAIT_MS + WAIT_SPREAD_MS + 10;

interface Origin {
	epoch: number;
	highest: number;
	/** Numbers up to the highest that were seen, and how many hops the copy with the most had left. */
	readonly seen: Map<number, number>;
}

interface Waiting {
	/** The copy with the most hops left. */
	message: PeerMessage;
	/** Who sent a copy, by radio. */
	readonly senders: NodeId[][];
}

/** Who is near, on each radio. */
export interface Surroundings {
	heardOn(radio: number): readonly NodeId[];
	/** Whom a neighbour hears there. */
	heardBy(neighbour: NodeId, radio: number): readonly NodeId[];
}

/**
 * What was heard before, and passing on what was not.
 *
 * Shape: a message waits a moment; where all neighbours have heard it from others meanwhile, we need not pass it on. To count
 *        copies only is not enough: who joins two crowds hears many from one and is the only one to tell the other.
 */
export class Flood {
	readonly #context: EngineContext;
	readonly #surroundings: Surroundings;
	readonly #origins = new Map<NodeId, Origin>();
	readonly #waiting = new Map<string, Waiting>();

	constructor(context: EngineContext, surroundings: Surroundings) {
		this.#context = context;
		this.#surroundings = surroundings;
	}

	/**
	 * Whether a message was not heard before, or only with fewer hops left: where the short way lost it, it comes by a longer
	 * one first, and would end too early. What is too old to know is old.
	 */
	look(message: PeerMessage, from: NodeId, radio: number): 'new' | 'farther' | 'old' {
		const {origin, epoch, seq, hopsLeft} = message;
		const waiting = this.#waiting.get(`${origin} ${seq}`);
		if (waiting !== undefined) addTo(waiting.senders, radio, from);
		const known = this.#origins.get(origin);
		if (known === undefined || epoch > known.epoch) {
			this.#origins.set(origin, {epoch, highest: seq, seen: new Map([[seq, hopsLeft]])});
			return 'new';
		}
		if (epoch < known.epoch || seq <= known.highest - WINDOW) return 'old';
		const most = known.seen.get(seq);
		if (most !== undefined && hopsLeft <= most) return 'old';
		known.seen.set(seq, hopsLeft);
		if (waiting !== undefined) waiting.message = message;
		if (most !== undefined) return waiting === undefined ? 'farther' : 'old';
		if (seq > known.highest) {
			known.highest = seq;
			for (const old of known.seen.keys()) if (old <= seq - WINDOW) known.seen.delete(old);
		}
		return 'new';
	}

	/** Passes a message on, on every radio where somebody may not have heard it. Absent `only`: on all. */
	passOn(message: PeerMessage, from: NodeId, radio: number, radios: number, only?: number): void {
		if (message.hopsLeft <= 0) return;
		const key = `${message.origin} ${message.seq}`;
		const waiting: Waiting = {message, senders: []};
		addTo(waiting.senders, radio, from);
		this.#waiting.set(key, waiting);
		const {agenda, nowMs, random, forward} = this.#context;
		agenda.at(nowMs() + LEAST_WAIT_MS + random() * WAIT_SPREAD_MS, () => {
			this.#waiting.delete(key);
			const farthest = {...waiting.message, hopsLeft: waiting.message.hopsLeft - 1};
			for (let each = 0; each < radios; each++)
				if ((only === undefined || only === each) && !this.#isKnownBy(message.origin, waiting.senders, each))
					forward(farthest, each);
		});
	}

	/** Whether all neighbours on a radio have heard what was sent by others. Whom a radio has just come to is not known yet. */
	#isKnownBy(origin: NodeId, senders: readonly (readonly NodeId[] | undefined)[], radio: number): boolean {
		const near = this.#surroundings.heardOn(radio);
		if (near.length === 0) return false;
		const left = new Map(near.map(node => [node, ENOUGH_COPIES]));
		left.delete(origin);
		for (const list of senders) for (const sender of list ?? []) left.delete(sender);
		for (let channel = 0; channel < senders.length && left.size > 0; channel++)
			for (const sender of senders[channel] ?? [])
				for (const reached of this.#surroundings.heardBy(sender, channel)) {
					const copies = left.get(reached);
					if (copies === 1) left.delete(reached);
					else if (copies !== undefined) left.set(reached, copies - 1);
				}
		return left.size === 0;
	}

	/** Forgets an origin that has not been heard of for long. */
	forget(origin: NodeId): void {
		this.#origins.delete(origin);
	}
}

function addTo(lists: NodeId[][], radio: number, node: NodeId): void {
	const list = lists[radio];
	if (list === undefined) lists[radio] = [node];
	else if (!list.includes(node)) list.push(node);
}
