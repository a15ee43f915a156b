// SPDX-License-Identifier: Apache-2.0
import type {ByteOrder} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {
	type Acknowledgement,
	decodeAcknowledgement,
	MessageCursor,
	NLM_F_DUMP_INTR,
	NLMSG_DONE,
	NLMSG_ERROR,
	NLMSG_NOOP,
	NLMSG_OVERRUN,
	setSequence,
} from './message.ts';

/** NLMSG_MIN_TYPE: below are the messages about messages. */
const FIRST_DATA_TYPE = 16;

// One request is under way at a time, because the kernel runs one dump per socket. States:
//
//   idle --request--> waiting --messages--> waiting --DONE, ERROR--> idle (or the next in the queue)
//                        \--abandon (the caller's time-out), a broken frame, overrun--> idle
//
// Invariants:
//   1  every request ends exactly once
//   2  a message reaches a reply only if its sequence number is that of the request under way and its port is ours
//   3  an answer to an abandoned request is counted, never delivered: its sequence number is not used again soon
//   4  after a reply failed to decode, nothing more of it is delivered

/** How a request ended. */
export type Ending =
	| {readonly kind: 'complete'}
	/** The table changed while it was dumped: ask again. */
	| {readonly kind: 'interrupted'}
	/** The kernel said no. */
	| ({readonly kind: 'refused'} & Acknowledgement)
	/** What came cannot be understood. */
	| {readonly kind: 'malformed'; readonly error: DecodeError}
	/** Messages of it were lost: ask again. */
	| {readonly kind: 'overrun'}
	/** The caller gave up. */
	| {readonly kind: 'abandoned'};

/** Of `Skipper.skip`: all was taken, and at the end of it the dump's, which is a good one. */
export const DUMP_ENDED = -1;

/** Takes what it can of a datagram from `at` on, all of it answers to our request, and answers where it stopped. */
export interface Skipper {
	skip(bytes: Uint8Array, at: number, sequence: number, port: number): number;
}

export interface Reply {
	/** Where it is there, it is asked before `message`, which gets what it leaves. */
	readonly rows?: Skipper | undefined;
	/** One message: its body is `start`..`end` of `bytes`, which may be kept. A DecodeError thrown here ends the reply. */
	message(bytes: Uint8Array, start: number, end: number, type: number): void;
	/** The end, exactly once. The next request of the queue has not been sent yet. */
	end(ending: Ending): void;
}

export interface ConversationOptions {
	readonly order: ByteOrder;
	/** The first sequence number, best drawn by chance: another program's must not be mistaken for ours. */
	readonly firstSequence: number;
	readonly send: (request: Uint8Array) => void;
	/** A message nobody asked for: multicast events. */
	event?(bytes: Uint8Array, start: number, end: number, type: number): void;
}

const COMPLETE: Ending = {kind: 'complete'};
const INTERRUPTED: Ending = {kind: 'interrupted'};

interface Request {
	readonly bytes: Uint8Array;
	readonly reply: Reply;
}

/** Requests and their replies over one netlink socket. It knows no time: who waits too long calls `abandon`. */
export class Conversation {
	/** Answers that came for no request under way. */
	strays = 0;
	readonly #options: ConversationOptions;
	/** What waits for the reply under way. */
	readonly #queue: Request[] = [];
	#current: Reply | undefined;
	#sequence: number;
	/** Our port number, which the kernel chose; 0 until its first answer says it. */
	#port = 0;
	#interrupted = false;
	/** Kept from one datagram to the next. Absent: in use, for a handler may bring the next datagram itself. */
	#cursor: MessageCursor | undefined;

	constructor(options: ConversationOptions) {
		this.#options = options;
		this.#sequence = options.firstSequence >>> 0;
	}

	/** Whether a request is under way. */
	get busy(): boolean {
		return this.#current !== undefined;
	}

	/** Sends a request, at once or when those before it have ended. Its sequence number is written into the bytes. */
	request(bytes: Uint8Array, reply: Reply): void {
		if (this.#current === undefined && this.#queue.length === 0) this.#send(bytes, reply);
		else this.#queue.push({bytes, reply});
	}

	/** Gives the request under way up. */
	abandon(): void {
		this.#end({kind: 'abandoned'});
	}

	/** The socket lost messages. What is under way may be incomplete. */
	overrun(): void {
		this.#end({kind: 'overrun'});
	}

	/**
	 * Takes one datagram of the kernel.
	 *
	 * Errors: DecodeError when its framing is broken or an event handler threw one. A request under way has ended as
	 *         malformed by then, and the rest of the datagram is lost.
	 */
	receive(bytes: Uint8Array): void {
		let at = 0;
		if (this.#port !== 0) {
			const rows = this.#current?.rows;
			if (rows !== undefined) at = rows.skip(bytes, 0, this.#sequence, this.#port);
			if (at === DUMP_ENDED) return this.#end(this.#interrupted ? INTERRUPTED : COMPLETE);
			if (at >= bytes.length) return;
		}
		const message = this.#cursor ?? new MessageCursor(bytes, this.#options.order);
		this.#cursor = undefined;
		message.reset(bytes, at);
		try {
			while (message.next()) this.#take(message);
		} catch (error) {
			if (error instanceof DecodeError) this.#end({kind: 'malformed', error});
			throw error;
		}
		this.#cursor = message;
	}

	#take(message: MessageCursor): void {
		const type = message.type;
		if (type === NLMSG_NOOP) return;
		if (type === NLMSG_OVERRUN) {
			this.overrun();
			return;
		}
		// An event of the kernel's own has no number; one that another program caused has that program's number and port.
		const port = this.#port;
		const ours = message.sequence === this.#sequence && (port === 0 || message.port === port);
		if (ours && port === 0) this.#port = message.port;
		const current = this.#current;
		if (!ours || current === undefined) {
			if (type >= FIRST_DATA_TYPE && (message.sequence === 0 || message.port !== this.#port))
				this.#options.event?.(message.bytes, message.start, message.end, type);
			else this.strays++;
			return;
		}
		if ((message.flags & NLM_F_DUMP_INTR) !== 0) this.#interrupted = true;
		if (type === NLMSG_DONE || type === NLMSG_ERROR) this.#acknowledge(message);
		else {
			try {
				current.message(message.bytes, message.start, message.end, type);
				const rows = current.rows;
				if (rows !== undefined) this.#skip(message, rows);
			} catch (error) {
				if (!(error instanceof DecodeError)) throw error;
				this.#end({kind: 'malformed', error});
			}
		}
	}

	/** Behind a message that needed the script there may be many that do not. */
	#skip(message: MessageCursor, rows: Skipper): void {
		const at = rows.skip(message.bytes, message.at, this.#sequence, this.#port);
		message.at = at === DUMP_ENDED ? message.bytes.length : at;
		if (at === DUMP_ENDED) this.#end(this.#interrupted ? INTERRUPTED : COMPLETE);
	}

	#acknowledge(message: MessageCursor): void {
		const acknowledgement = decodeAcknowledgement(message);
		if (acknowledgement.errno !== 0) this.#end({kind: 'refused', ...acknowledgement});
		else if (this.#interrupted) this.#end(INTERRUPTED);
		else this.#end(COMPLETE);
	}

	#end(ending: Ending): void {
		const current = this.#current;
		if (current === undefined) return;
		this.#current = undefined;
		current.end(ending);
		if (this.#current === undefined && this.#queue.length > 0) this.#sendNext();
	}

	#sendNext(): void {
		const next = this.#queue.shift();
		if (next !== undefined) this.#send(next.bytes, next.reply);
	}

	#send(bytes: Uint8Array, reply: Reply): void {
		const {order, send} = this.#options;
		const sequence = (this.#sequence + 1) >>> 0 || 1;
		this.#current = reply;
		this.#interrupted = false;
		this.#sequence = sequence;
		setSequence(bytes, sequence, order);
		send(bytes);
	}
}
