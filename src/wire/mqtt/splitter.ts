// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';

/** One whole packet inside `bytes`: its body is [start, end). */
export type PacketHandler = (type: number, flags: number, bytes: Uint8Array, start: number, end: number) => void;

/** Cuts a byte stream into MQTT packets, whatever pieces it arrives in. */
export class PacketSplitter {
	readonly #limitBytes: number;
	readonly #handle: PacketHandler;
	#pending: Uint8Array | undefined;

	/** `limitBytes` bounds the memory a peer can make us hold. */
	constructor(limitBytes: number, handle: PacketHandler) {
		this.#limitBytes = limitBytes;
		this.#handle = handle;
	}

	/** Errors: DecodeError 'limit' | 'range', and what the handler throws. The stream is of no use afterwards. */
	push(chunk: Uint8Array): void {
		let bytes = chunk;
		if (this.#pending !== undefined) {
			bytes = new Uint8Array(this.#pending.length + chunk.length);
			bytes.set(this.#pending);
			bytes.set(chunk, this.#pending.length);
			this.#pending = undefined;
		}
		let at = 0;
		while (at < bytes.length) {
			const next = this.#one(bytes, at);
			if (next === 0) break;
			at = next;
		}
		if (at < bytes.length) this.#pending = bytes.slice(at);
	}

	/** Handles the packet at `at` and returns where it ends; 0 when it is not complete. */
	#one(bytes: Uint8Array, at: number): number {
		let length = 0;
		let cursor = at + 1;
		for (let shift = 0; ; shift += 7) {
			if (shift > 21) throw new DecodeError('range', 'mqtt.length', at + 1, 'more than four bytes');
			const byte = bytes[cursor];
			if (byte === undefined) return 0;
			cursor++;
			length |= (byte & 127) << shift;
			if (byte < 128) break;
		}
		if (length > this.#limitBytes) throw new DecodeError('limit', 'mqtt.length', at + 1, `${length} bytes`);
		const end = cursor + length;
		if (end > bytes.length) return 0;
		const first = bytes[at] ?? 0;
		this.#handle(first >> 4, first & 15, bytes, cursor, end);
		return end;
	}
}
