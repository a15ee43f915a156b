// SPDX-License-Identifier: Apache-2.0
import {DecodeError, PortError} from '../core/errors.ts';
import type {Observe} from '../model/observation.ts';
import type {Netlink, Runtime} from '../port/port.ts';
import {Conversation, type Ending, type Reply} from '../wire/netlink/conversation.ts';
import {RowReader} from '../wire/netlink/row-reader.ts';

export type NetlinkPort = Pick<Runtime, 'netlink' | 'clock' | 'random' | 'byteOrder'>;

/** One message: its body is `start`..`end` of `bytes`. A DecodeError thrown here ends the reply as a failure. */
export type OnMessage = (bytes: Uint8Array, start: number, end: number, type: number) => void;

export interface Request {
	/** What is asked, in words, for a failure's text. */
	readonly name: string;
	readonly bytes: Uint8Array;
	/** Called before each attempt: what was collected of an attempt before is void. */
	begin?(): void;
	/** What is done with an answer: rows are made of it, or each message is handed over. */
	readonly answer: RowReader | OnMessage;
	/** The end, exactly once. */
	done(ok: boolean): void;
	/** errno values that mean "there is nothing", as a radio that vanished has: the end is not ok, but nothing failed. */
	readonly absent?: readonly number[];
	/** What the kernel said when it refused, before `done`. Absent: the refusal is observed as a failure. */
	refused?(errno: number, text: string | undefined): void;
}

/** ENODEV: what we ask about went away while we asked. */
export const ENODEV = 19;
export const ENOENT = 2;
export const EOPNOTSUPP = 95;

const ATTEMPTS = 3;
const TIMEOUT_MS = 5000;
const REOPEN_MS = 10_000;

/** One request, asked again when it was interrupted. It refers to no function that refers to it, so it needs no collector. */
class Exchange implements Reply {
	readonly rows: RowReader | undefined;
	readonly #client: NetlinkClient;
	readonly #request: Request;
	#attempt = 0;

	constructor(client: NetlinkClient, request: Request) {
		this.#client = client;
		this.#request = request;
		this.rows = request.answer instanceof RowReader ? request.answer : undefined;
	}

	ask(): void {
		const request = this.#request;
		const {conversation} = this.#client;
		if (conversation === undefined) return this.#finish(false);
		this.#attempt++;
		request.begin?.();
		conversation.request(request.bytes, this);
	}

	message(bytes: Uint8Array, start: number, end: number, type: number): void {
		const {answer} = this.#request;
		if (answer instanceof RowReader) answer.message(bytes, start, end);
		else answer(bytes, start, end, type);
	}

	end(ending: Ending): void {
		const {kind} = ending;
		if (this.#attempt < ATTEMPTS && (kind === 'interrupted' || kind === 'overrun')) this.ask();
		else this.#finish(kind === 'complete' || this.#client.judge(this.#request, ending));
	}

	#finish(ok: boolean): void {
		this.#attempt = 0;
		this.#request.done(ok);
	}
}

/** Requests to one netlink protocol: dumps that were interrupted are asked again, silence ends, failures are observed. */
export class NetlinkClient {
	readonly #port: NetlinkPort;
	readonly #protocol: number;
	readonly #source: string;
	readonly #observe: Observe;
	readonly #onEvent: OnMessage;
	readonly #onOpen: () => void;
	#socket: Netlink | undefined;
	#conversation: Conversation | undefined;
	#stopped = false;
	#cancelReopen = (): void => {};
	/** One timer watches over all requests: making one for each would cost more than most answers. */
	#watching = false;
	#cancelWatch = (): void => {};
	#askedAtMs = 0;

	/** `onOpen` is called whenever the socket is new: groups are not joined and families not looked up yet. */
	constructor(
		port: NetlinkPort,
		protocol: number,
		source: string,
		observe: Observe,
		onOpen: () => void,
		onEvent: OnMessage,
	) {
		this.#port = port;
		this.#protocol = protocol;
		this.#source = source;
		this.#observe = observe;
		this.#onOpen = onOpen;
		this.#onEvent = onEvent;
	}

	/** Whether there is a socket to ask. */
	get open(): boolean {
		return this.#socket !== undefined;
	}

	start(): void {
		this.#stopped = false;
		const conversation = new Conversation({
			order: this.#port.byteOrder,
			firstSequence: Math.floor(this.#port.random() * 0x7fffffff) + 1,
			send: bytes => {
				this.#askedAtMs = this.#port.clock.nowMs();
				if (!this.#watching) this.#watch(TIMEOUT_MS);
				this.#socket?.send(bytes);
			},
			event: this.#onEvent,
		});
		try {
			this.#socket = this.#port.netlink(this.#protocol, {
				frames: bytes => {
					try {
						conversation.receive(bytes);
					} catch (error) {
						if (!(error instanceof DecodeError)) throw error;
						this.fail(error.code, error.path);
					}
				},
				overrun: () => {
					this.#observe({kind: 'event', event: 'overrun', subject: this.#source, detail: ''});
					conversation.overrun();
				},
				close: error => this.#closed(error),
			});
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			return this.#closed(error);
		}
		this.#conversation = conversation;
		this.#onOpen();
	}

	stop(): void {
		this.#stopped = true;
		this.#cancelReopen();
		this.#cancelWatch();
		this.#watching = false;
		this.#socket?.close();
		this.#socket = undefined;
		const conversation = this.#conversation;
		this.#conversation = undefined;
		while (conversation?.busy === true) conversation.abandon();
	}

	#watch(delayMs: number): void {
		this.#watching = true;
		this.#cancelWatch = this.#port.clock.after(delayMs, () => {
			this.#watching = false;
			if (this.#conversation?.busy !== true) return;
			const leftMs = this.#askedAtMs + TIMEOUT_MS - this.#port.clock.nowMs();
			if (leftMs > 0) this.#watch(leftMs);
			else this.#conversation.abandon();
		});
	}

	/** Joins a multicast group; a kernel without it is a failure that is counted. */
	join(group: number): void {
		try {
			this.#socket?.join(group);
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			this.fail(error.code, `group ${group}: ${error.message}`);
		}
	}

	request(request: Request): void {
		new Exchange(this, request).ask();
	}

	/** Makes what asks a request each time it is called, but not before the time before has ended. */
	prepare(request: Request): () => void {
		const exchange = new Exchange(this, request);
		return () => exchange.ask();
	}

	/** Absent: undefined while there is no socket. */
	get conversation(): Conversation | undefined {
		return this.#conversation;
	}

	fail(code: 'interrupted' | PortError['code'] | DecodeError['code'], detail: string): void {
		this.#observe({kind: 'failure', source: this.#source, code, detail});
	}

	/** Whether a request ended well; if not, the failure is said where it is one. */
	judge(request: Request, ending: Ending): boolean {
		switch (ending.kind) {
			case 'complete':
				return true;
			case 'refused':
				if (request.refused !== undefined) request.refused(ending.errno, ending.text);
				else if (request.absent?.includes(ending.errno) !== true)
					this.fail('refused', `${request.name}: errno ${ending.errno} ${ending.text ?? ''}`.trim());
				return false;
			case 'malformed':
				this.fail(ending.error.code, `${request.name}: ${ending.error.path}`);
				return false;
			case 'abandoned':
				if (!this.#stopped) this.fail('timed-out', request.name);
				return false;
			case 'interrupted':
			case 'overrun':
				this.fail('interrupted', request.name);
				return false;
		}
	}

	#closed(error: PortError): void {
		this.fail(error.code, error.message);
		this.#socket = undefined;
		const conversation = this.#conversation;
		this.#conversation = undefined;
		while (conversation?.busy === true) conversation.abandon();
		if (!this.#stopped) this.#cancelReopen = this.#port.clock.after(REOPEN_MS, () => this.start());
	}
}
