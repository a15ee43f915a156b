// SPDX-License-Identifier: Apache-2.0
import {type BlobTable, decodeTable, putTable} from './blobmsg.ts';
import * as m from './message.ts';
import {CONNECTION_FAILED, INVALID_ARGUMENT, NO_MEMORY, OK, PARSE_ERROR, TIMEOUT} from './status.ts';

/** A connected byte stream, as `UbusWorld.connect` answers it. */
export interface UbusStream {
	write(bytes: Uint8Array): void;
	/** Bytes written that have not left yet. */
	readonly queuedBytes: number;
	close(): void;
}

export interface UbusStreamHandlers {
	open(): void;
	data(bytes: Uint8Array): void;
	close(error?: Error): void;
}

/** All the library asks of the world. */
export interface UbusWorld {
	/** Opens a stream to ubusd's socket. Errors are told to `close`, not thrown; nothing is called before it returns. */
	connect(handlers: UbusStreamHandlers): UbusStream;
	/** Runs `task` once after `delayMs`; the result cancels it. */
	after(delayMs: number, task: () => void): () => void;
}

export interface UbusOptions {
	/** How long a call may take. Units: ms. Absent: 30 s, as the ubus tool. */
	readonly timeoutMs?: number;
	/** Bytes that may wait to be written; beyond, calls end with NO_MEMORY and notifications are dropped and counted. */
	readonly queueLimitBytes?: number;
	/** ubusd answered; objects and subscriptions are being added (again). */
	readonly connected?: () => void;
	/** The connection is gone, or could not be had: told once until it is there again. */
	readonly disconnected?: (error?: Error) => void;
}

/** What an object of ours is told by the bus. */
export interface Route {
	invoke(message: m.Message): void;
	/** The target of a subscription is gone. */
	unsubscribe?(message: m.Message): void;
	/** There are subscribers now, or none any more. */
	notify?(message: m.Message): void;
}

export interface Pending {
	/** Whom the answer must name as its peer. Absent: undefined for requests that several answer. */
	readonly peer: number | undefined;
	data?(message: m.Message): void;
	/** Answering true keeps the request waiting. Absent: no message where the client itself ended it. */
	status(status: number, message?: m.Message): boolean | undefined;
	cancel(): void;
}

const RETRY_FIRST_MS = 1000;
const RETRY_LIMIT_MS = 30_000;
const HELLO_LIMIT_MS = 10_000;

/** A connection to ubusd that comes back by itself. */
export class UbusClient {
	/** Messages that were not sent because too much waited already. */
	droppedMessages = 0;
	private readonly world: UbusWorld;
	private readonly options: UbusOptions;
	private stream: UbusStream | undefined;
	private hasHello = false;
	private isStopped = true;
	private isLossTold = false;
	private retryMs = RETRY_FIRST_MS;
	private cancelTimer = (): void => {};
	private seq = 0;
	private readonly pending = new Map<number, Pending>();
	private readonly routes = new Map<number, Route>();
	/** Numbers of objects by their paths, as they were found; see call.ts. */
	readonly knownIds = new Map<string, number>();
	private readonly restorers = new Set<() => void>();

	constructor(world: UbusWorld, options: UbusOptions = {}) {
		this.world = world;
		this.options = options;
	}

	get isConnected(): boolean {
		return this.hasHello;
	}

	start(): void {
		if (!this.isStopped) return;
		this.isStopped = false;
		this.open();
	}

	/** Closes the connection. Calls under way end with CONNECTION_FAILED; objects and subscriptions stay for a next start. */
	stop(): void {
		this.isStopped = true;
		this.stream?.close();
		this.lose();
	}

	/** Runs `restore` at every connection, at once where there is one. Calling the result ends that. */
	whenConnected(restore: () => void): () => void {
		this.restorers.add(restore);
		if (this.hasHello) restore();
		return () => this.restorers.delete(restore);
	}

	/** Calls a method of an object whose number is known. */
	invoke(
		objectId: number,
		method: string,
		args: BlobTable,
		done: (status: number, replies: readonly BlobTable[], message?: m.Message) => void,
		timeoutMs?: number,
	): void {
		const replies: BlobTable[] = [];
		let isBroken = false;
		this.request(
			m.INVOKE,
			objectId,
			writer => {
				writer.number(m.A_OBJECT, objectId).string(m.A_METHOD, method);
				const start = writer.open(m.A_DATA);
				putTable(writer, args);
				writer.close(start);
			},
			{
				data: message => {
					const range = message.range(m.A_DATA);
					if (range === undefined) return;
					try {
						replies.push(decodeTable(message.bytes, range[0], range[1]));
					} catch {
						isBroken = true;
					}
				},
				status: (status, message) => done(isBroken && status === OK ? PARSE_ERROR : status, replies, message),
			},
			timeoutMs,
		);
	}

	/** Sends one request; `on.status` ends it exactly once, never from within this call. */
	request(
		type: number,
		peer: number,
		fill: (writer: m.MessageWriter) => void,
		on: {
			data?(message: m.Message): void;
			status(status: number, message?: m.Message): unknown;
		},
		timeoutMs = this.options.timeoutMs ?? 30_000,
		isFromAnyone = false,
	): void {
		const refuse = (status: number): void => {
			this.world.after(0, () => on.status(status));
		};
		if (!this.hasHello) return refuse(CONNECTION_FAILED);
		do this.seq = (this.seq + 1) & 0xffff;
		while (this.pending.has(this.seq));
		const seq = this.seq;
		const writer = new m.MessageWriter(type, seq, peer);
		fill(writer);
		if (writer.length - 8 > m.ROOT_LIMIT_BYTES) return refuse(INVALID_ARGUMENT);
		if (!this.send(writer.finish())) return refuse(NO_MEMORY);
		const cancel =
			timeoutMs === Number.POSITIVE_INFINITY ? () => {} : this.world.after(timeoutMs, () => this.end(seq, TIMEOUT));
		const pending: Pending = {
			peer: isFromAnyone ? undefined : peer,
			status: (status, message) => on.status(status, message) === true,
			cancel,
		};
		if (on.data !== undefined) pending.data = on.data;
		this.pending.set(seq, pending);
	}

	/** Queues a message. Answers false, and counts it, where too much waits already; `mustGo` is for what completes others. */
	send(bytes: Uint8Array, mustGo = false): boolean {
		const stream = this.stream;
		if (stream === undefined || !this.hasHello) return false;
		const limit = this.options.queueLimitBytes ?? 262_144;
		if (!mustGo && stream.queuedBytes > 0 && stream.queuedBytes + bytes.length > limit) {
			this.droppedMessages++;
			return false;
		}
		stream.write(bytes);
		return true;
	}

	/** Adds an object of ours; what the bus has for it goes to `route` until the connection ends or `forget`. */
	add(fill: (writer: m.MessageWriter) => void, route: Route, done: (status: number, objectId: number) => void): void {
		let id = 0;
		this.request(m.ADD_OBJECT, 0, fill, {
			data: message => {
				id = message.u32(m.A_OBJECT) ?? 0;
				// At once: a call may be in the same bytes.
				if (id !== 0) this.routes.set(id, route);
			},
			status: status => done(status, id),
		});
	}

	/** Removes an object of ours. */
	forget(objectId: number): void {
		if (!this.routes.delete(objectId)) return;
		this.request(m.REMOVE_OBJECT, 0, writer => writer.number(m.A_OBJECT, objectId), {status: () => undefined});
	}

	/** What `monitor` gets; ubusd sends it to the connection, not to an object. */
	onMonitor: ((message: m.Message) => void) | undefined;

	private open(): void {
		const splitter = new m.MessageSplitter();
		let stream: UbusStream | undefined;
		const isCurrent = (): boolean => stream !== undefined && stream === this.stream;
		const fail = (error?: Error): void => {
			if (isCurrent()) this.lose(error);
		};
		stream = this.world.connect({
			open: () => {},
			data: bytes => {
				const isUbus =
					isCurrent() &&
					splitter.push(bytes, message => {
						if (isCurrent()) this.tell(() => this.receive(message));
					});
				if (isUbus || !isCurrent()) return;
				stream?.close();
				fail(new Error('not the ubus protocol'));
			},
			close: fail,
		});
		this.stream = stream;
		this.cancelTimer = this.world.after(HELLO_LIMIT_MS, () => {
			stream?.close();
			fail(new Error('ubusd does not say hello'));
		});
	}

	/** Whoever is told of the loss may stop the client, or start it: what comes next is settled before. */
	private lose(error?: Error): void {
		this.stream = undefined;
		this.hasHello = false;
		this.cancelTimer();
		if (!this.isStopped) {
			this.cancelTimer = this.world.after(this.retryMs, () => this.open());
			this.retryMs = Math.min(2 * this.retryMs, RETRY_LIMIT_MS);
		}
		this.routes.clear();
		this.knownIds.clear();
		for (const seq of [...this.pending.keys()]) this.tell(() => this.end(seq, CONNECTION_FAILED));
		if (this.isLossTold || this.isStopped) return;
		this.isLossTold = true;
		this.tell(() => this.options.disconnected?.(error));
	}

	private end(seq: number, status: number, message?: m.Message): void {
		const pending = this.pending.get(seq);
		if (pending === undefined) return;
		// First, so that whatever it is told to does not end it again.
		this.pending.delete(seq);
		let isKept = false;
		try {
			isKept = pending.status(status, message) === true && message !== undefined;
		} finally {
			if (isKept) this.pending.set(seq, pending);
			else pending.cancel();
		}
	}

	/** What a callback throws is the program's to see, but the rest of our work is still to be done. */
	private tell(callback: () => void): void {
		try {
			callback();
		} catch (error) {
			this.world.after(0, () => {
				throw error;
			});
		}
	}

	private receive(message: m.Message): void {
		const {type} = message;
		if (type === m.STATUS || type === m.DATA) {
			const pending = this.pending.get(message.seq);
			if (pending === undefined || (pending.peer !== undefined && pending.peer !== message.peer)) return;
			if (type === m.DATA) pending.data?.(message);
			else this.end(message.seq, message.u32(m.A_STATUS) ?? INVALID_ARGUMENT, message);
			return;
		}
		if (type === m.HELLO) {
			this.cancelTimer();
			this.hasHello = true;
			this.isLossTold = false;
			this.retryMs = RETRY_FIRST_MS;
			this.tell(() => this.options.connected?.());
			for (const restore of [...this.restorers]) this.tell(restore);
			return;
		}
		if (type === m.MONITOR) return this.onMonitor?.(message);
		const route = this.routes.get(message.u32(m.A_OBJECT) ?? 0);
		if (type === m.INVOKE) route?.invoke(message);
		else if (type === m.UNSUBSCRIBE) route?.unsubscribe?.(message);
		else if (type === m.NOTIFY) route?.notify?.(message);
	}
}
