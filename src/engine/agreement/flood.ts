// SPDX-License-Identifier: Apache-2.0
import type {NodeId, PeerMessage} from '../../model/peer.ts';
import type {EngineContext} from '../context.ts';

/** Numbers so far behind the highest are too old to be told apart. */
const WINDOW = 64;
/** Others who passed a message on here already: it was heard by whoever hears us. */
const ENOUGH_COPIES = 3;
const LEAST_WAIT_MS = 3;
const WAIT_SPREAD_MS = 40;

interface Origin {
	epoch: number;
	highest: number;
	/** Numbers below the highest that were seen. */
	readonly seen: Set<number>;
}

interface Waiting {
	readonly message: PeerMessage;
	/** Copies heard, by radio. */
	readonly copies: number[];
}

/**
 * What was heard before, and passing on what was not.
 *
 * Shape: a message waits a moment; where enough others passed it on meanwhile, we need not.
 */
export class Flood {
	readonly #context: EngineContext;
	readonly #origins = new Map<NodeId, Origin>();
	readonly #waiting = new Map<string, Waiting>();

	constructor(context: EngineContext) {
		this.#context = context;
	}

	/** False: heard before, or too old to know. */
	isNew({origin, epoch, seq}: PeerMessage, radio: number): boolean {
		const waiting = this.#waiting.get(`${origin} ${seq}`);
		if (waiting !== undefined) waiting.copies[radio] = (waiting.copies[radio] ?? 0) + 1;
		const known = this.#origins.get(origin);
		if (known === undefined || epoch > known.epoch) {
			this.#origins.set(origin, {epoch, highest: seq, seen: new Set([seq])});
			return true;
		}
		if (epoch < known.epoch || seq <= known.highest - WINDOW || known.seen.has(seq)) return false;
		known.seen.add(seq);
		if (seq > known.highest) {
			known.highest = seq;
			for (const old of known.seen) if (old <= seq - WINDOW) known.seen.delete(old);
		}
		return true;
	}

	/** Passes a new message on, on every radio where not enough others do. Absent `only`: on all. */
	passOn(message: PeerMessage, radio: number, radios: number, only?: number): void {
		if (message.hopsLeft <= 0) return;
		const key = `${message.origin} ${message.seq}`;
		const copies: number[] = [];
		copies[radio] = 1;
		this.#waiting.set(key, {message: {...message, hopsLeft: message.hopsLeft - 1}, copies});
		const {agenda, nowMs, random, forward} = this.#context;
		agenda.at(nowMs() + LEAST_WAIT_MS + random() * WAIT_SPREAD_MS, () => {
			this.#waiting.delete(key);
			for (let each = 0; each < radios; each++)
				if ((only === undefined || only === each) && (copies[each] ?? 0) < ENOUGH_COPIES)
					forward({...message, hopsLeft: message.hopsLeft - 1}, each);
		});
	}

	/** Forgets an origin that has not been heard of for long. */
	forget(origin: NodeId): void {
		this.#origins.delete(origin);
	}
}
