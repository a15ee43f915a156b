// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';

const FIRST_CAPACITY = 4096;

/**
 * Cuts a byte stream into whole MQTT control packets, so that no parser ever sees half a packet or one above the limit.
 *
 * Shape:  a packet is its first byte, the remaining length as a varint of at most four bytes, and as many bytes.
 * Errors: DecodeError 'length' (a remaining length of five bytes), 'limit' (larger than we take).
 * Source: MQTT 3.1.1 section 2.2, MQTT 5 section 2.1.
 */
export class PacketSplitter {
	maxBytes: number;
	#chunk: Buffer = Buffer.alloc(0);
	#at = 0;
	#partial: Buffer | undefined;
	#filled = 0;
	/** Whole length of the packet in `#partial`; 0 while its length is not known. */
	#wanted = 0;

	constructor(maxBytes: number) {
		this.maxBytes = maxBytes;
	}

	/** Bytes received that were not handed out. */
	get heldBytes(): number {
		return this.#chunk.length - this.#at + this.#filled;
	}

	/** Appends what arrived. The chunk is ours from now on. */
	push(chunk: Buffer): void {
		this.#chunk = this.#at >= this.#chunk.length ? chunk : Buffer.concat([this.#chunk.subarray(this.#at), chunk]);
		this.#at = 0;
	}

	/** The next whole packet, as a view that stays valid. Absent: undefined when more bytes are needed. */
	next(): Buffer | undefined {
		if (this.#partial !== undefined) return this.#complete();
		const start = this.#at;
		const total = packetLength(this.#chunk, start, this.#chunk.length);
		if (total > this.maxBytes) throw new DecodeError('limit', 'mqtt.remainingLength', start + 1);
		if (total > 0 && start + total <= this.#chunk.length) {
			this.#at = start + total;
			return this.#chunk.subarray(start, this.#at);
		}
		const rest = this.#chunk.length - start;
		if (rest === 0) return undefined;
		// Copied, so that a slow sender does not hold a whole socket buffer; grown by doubling, so that a claimed length costs nothing.
		this.#partial = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, rest));
		this.#chunk.copy(this.#partial, 0, start);
		this.#filled = rest;
		this.#wanted = Math.max(total, 0);
		this.#chunk = Buffer.alloc(0);
		this.#at = 0;
		return undefined;
	}

	#complete(): Buffer | undefined {
		while (this.#wanted === 0) {
			if (this.#at >= this.#chunk.length) return undefined;
			this.#take(1);
			const total = packetLength(this.#partial as Buffer, 0, this.#filled);
			if (total > this.maxBytes) throw new DecodeError('limit', 'mqtt.remainingLength', 1);
			this.#wanted = Math.max(total, 0);
		}
		this.#take(Math.min(this.#wanted - this.#filled, this.#chunk.length - this.#at));
		if (this.#filled < this.#wanted) return undefined;
		const packet = (this.#partial as Buffer).subarray(0, this.#wanted);
		this.#partial = undefined;
		this.#filled = 0;
		this.#wanted = 0;
		return packet;
	}

	#take(count: number): void {
		let partial = this.#partial as Buffer;
		if (this.#filled + count > partial.length) {
			const grown = Buffer.allocUnsafe(Math.max(this.#filled + count, partial.length * 2));
			partial.copy(grown, 0, 0, this.#filled);
			this.#partial = partial = grown;
		}
		this.#chunk.copy(partial, this.#filled, this.#at, this.#at + count);
		this.#filled += count;
		this.#at += count;
	}
}

/** Whole length of the packet that starts at `at`; -1 when its length is not all there. */
function packetLength(bytes: Buffer, at: number, end: number): number {
	let value = 0;
	let shift = 0;
	for (let i = at + 1; i < end; i++) {
		const byte = bytes[i] ?? 0;
		value += (byte & 0x7f) << shift;
		if (byte < 0x80) return i + 1 - at + value;
		shift += 7;
		if (shift > 21) throw new DecodeError('length', 'mqtt.remainingLength', i);
	}
	return -1;
}
