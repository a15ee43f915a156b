// SPDX-License-Identifier: Apache-2.0
import {endOfText, readText, viewOf} from './blobmsg.ts';
import {ByteWriter} from './byte-writer.ts';

// A message: version, type, sequence number (16 bits), peer (32 bits), and one root element that holds attributes.

export const HELLO = 0;
export const STATUS = 1;
export const DATA = 2;
export const PING = 3;
export const LOOKUP = 4;
export const INVOKE = 5;
export const ADD_OBJECT = 6;
export const REMOVE_OBJECT = 7;
export const SUBSCRIBE = 8;
export const UNSUBSCRIBE = 9;
export const NOTIFY = 10;
export const MONITOR = 11;

export const A_STATUS = 1;
export const A_PATH = 2;
export const A_OBJECT = 3;
export const A_METHOD = 4;
export const A_TYPE = 5;
export const A_SIGNATURE = 6;
export const A_DATA = 7;
export const A_TARGET = 8;
export const A_ACTIVE = 9;
export const A_NO_REPLY = 10;
export const A_SUBSCRIBERS = 11;
export const A_USER = 12;
export const A_GROUP = 13;

/** Objects of ubusd itself. */
export const EVENT_OBJECT = 1;
export const MONITOR_OBJECT = 3;

export const HEADER_BYTES = 12;
/** A root element beyond this makes ubusd close the connection, and us. */
export const ROOT_LIMIT_BYTES = 1048576;

/** The bytes of the message that starts at `at`, judged by its first twelve. Absent: undefined where they cannot be one. */
export function messageBytes(bytes: Uint8Array, at: number, view: DataView = viewOf(bytes)): number | undefined {
	const length = view.getInt32(at + 8) & 0xffffff;
	return length < 4 || length > ROOT_LIMIT_BYTES ? undefined : 8 + length;
}

/** Walks over attributes. What leaves its surroundings ends the walk, as in libubox; nothing is refused. */
export class AttributeCursor {
	declare id: number;
	declare from: number;
	declare to: number;
	declare private readonly view: DataView;
	declare private nextAt: number;
	declare private readonly end: number;

	constructor(bytes: Uint8Array, start: number, end: number, view: DataView = viewOf(bytes)) {
		this.view = view;
		this.nextAt = start;
		this.end = end;
	}

	next(): boolean {
		const at = this.nextAt;
		const rest = this.end - at;
		if (rest < 4) return false;
		const head = this.view.getInt32(at);
		const length = head & 0xffffff;
		const padded = (length + 3) & ~3;
		if (length < 4 || padded > rest) return false;
		this.id = (head >>> 24) & 0x7f;
		this.from = at + 4;
		this.to = at + length;
		this.nextAt = at + padded;
		return true;
	}
}

/** One message of the wire. Attributes of a wrong kind count as absent, as for libubus and ubusd. */
export class Message {
	declare readonly bytes: Uint8Array;
	declare readonly view: DataView;
	/** Where it lies in `bytes`. */
	declare readonly start: number;
	declare readonly end: number;
	declare readonly type: number;
	declare readonly seq: number;
	declare readonly peer: number;
	/** Where each attribute's payload starts and ends, by its number; of two, the last one. Absent: 0. */
	declare private readonly from: number[];
	declare private readonly to: number[];

	/** `start` and `end` as `messageBytes` says them. */
	constructor(bytes: Uint8Array, start = 0, end = bytes.length, view: DataView = viewOf(bytes)) {
		this.bytes = bytes;
		this.view = view;
		this.start = start;
		this.end = end;
		this.type = bytes[start + 1] ?? 0;
		this.seq = view.getUint16(start + 2);
		this.peer = view.getUint32(start + 4);
		// Dense from the start: an array with gaps is a slow one.
		const from = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
		const to = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
		// As AttributeCursor does, once more: this is every message.
		for (let at = start + HEADER_BYTES; end - at >= 4; ) {
			const head = view.getInt32(at);
			const length = head & 0xffffff;
			const next = at + ((length + 3) & ~3);
			if (length < 4 || next > end) break;
			const id = (head >>> 24) & 0x7f;
			if (id <= A_GROUP) {
				from[id] = at + 4;
				to[id] = at + length;
			}
			at = next;
		}
		this.from = from;
		this.to = to;
	}

	u32(id: number): number | undefined {
		const from = this.from[id] ?? 0;
		return from > 0 && this.to[id] === from + 4 ? this.view.getUint32(from) : undefined;
	}

	u8(id: number): number | undefined {
		const from = this.from[id] ?? 0;
		return from > 0 && this.to[id] === from + 1 ? this.bytes[from] : undefined;
	}

	text(id: number): string | undefined {
		const from = this.from[id] ?? 0;
		const to = this.to[id] ?? 0;
		if (to === from || this.bytes[to - 1] !== 0) return undefined;
		return readText(this.bytes, from, endOfText(this.bytes, from, to));
	}

	/** Where a nested attribute's elements start and end in `bytes`. */
	range(id: number): readonly [from: number, to: number] | undefined {
		const from = this.from[id] ?? 0;
		return from > 0 ? [from, this.to[id] ?? from] : undefined;
	}
}

/** Writes one message. */
export class MessageWriter extends ByteWriter {
	constructor(type: number, seq: number, peer: number, version = 0) {
		super();
		this.start(version, type, seq, peer);
	}

	number(id: number, value: number): this {
		this.u32(id, undefined, value);
		return this;
	}

	flag(id: number, value: boolean): this {
		this.u8(id, undefined, value ? 1 : 0);
		return this;
	}

	string(id: number, value: string): this {
		this.text(id, undefined, value);
		return this;
	}

	finish(): Uint8Array {
		this.close(8);
		return this.take();
	}
}

/** Cuts a stream of bytes into messages. */
export class MessageSplitter {
	private held = new Uint8Array(0);
	private filled = 0;

	/** Answers false where the stream cannot be ubus; nothing that follows means anything then. */
	push(bytes: Uint8Array, onMessage: (message: Message) => void): boolean {
		let all = bytes;
		if (this.filled > 0) {
			this.hold(bytes);
			all = this.held.subarray(0, this.filled);
		}
		let at = 0;
		const view = viewOf(all);
		while (all.length - at >= HEADER_BYTES) {
			const length = messageBytes(all, at, view);
			if (length === undefined || all[at] !== 0) return false;
			if (all.length - at < length) break;
			const start = at;
			at += length;
			onMessage(new Message(all, start, at, view));
		}
		if (at > 0 || all === bytes) {
			// New storage: whoever kept a message keeps what it lies in.
			if (this.filled > 0) this.held = new Uint8Array(0);
			this.filled = 0;
			if (at < all.length) this.hold(all.subarray(at));
		}
		return true;
	}

	private hold(bytes: Uint8Array): void {
		const end = this.filled + bytes.length;
		if (end > this.held.length) {
			const grown = new Uint8Array(Math.max(end, 2 * this.held.length));
			grown.set(this.held);
			this.held = grown;
		}
		this.held.set(bytes, this.filled);
		this.filled = end;
	}
}
