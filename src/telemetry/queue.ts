// SPDX-License-Identifier: Apache-2.0
import {readU32, writeU32} from '../core/bytes.ts';

// What is to be delivered waits here until a collector has acknowledged it: telemetry frames, and between them the hello
// messages that say how to read the frames behind them. They lie one after another in a few byte blocks, because a typed
// array of its own would cost a router as much again as the frame.
//
// Invariants
// 1. The bytes of all blocks never exceed the capacity.
// 2. What is dropped is the oldest, and what is then oldest is no delta: without its predecessors it says nothing.
// 3. Every frame that was pushed is delivered or counted in `dropped`.
// 4. A hello outlives its place: when it is dropped it is kept aside, until one behind it replaces it or it is delivered.

const BLOCK_BYTES = 4096;
const PREFIX_BYTES = 4;

interface Block {
	bytes: Uint8Array;
	/** Where the oldest frame that is still held starts. */
	start: number;
	end: number;
}

/** What stands in the queue: a hello, a frame that can be read alone, or one that needs those before it. */
export type EntryKind = 'hello' | 'keyframe' | 'delta';

export interface Entry {
	/** Numbers entries in the order they were pushed, for `acknowledge`. A hello that was kept aside has -1. */
	readonly id: number;
	readonly bytes: Uint8Array;
}

export class FrameQueue {
	readonly capacityBytes: number;
	readonly #kindOf: (bytes: Uint8Array) => EntryKind;
	#aside: Uint8Array | undefined;
	#blocks: Block[] = [];
	#bytes = 0;
	#oldestId = 0;
	#nextId = 0;
	// The send cursor: the next frame to hand out.
	#cursorId = 0;
	#cursorBlock = 0;
	#cursorAt = 0;
	/** Frames pushed that were never acknowledged, because room was needed. */
	dropped = 0;

	constructor(capacityBytes: number, kindOf: (bytes: Uint8Array) => EntryKind) {
		this.capacityBytes = capacityBytes;
		this.#kindOf = kindOf;
	}

	/** Memory held, unused room in the blocks included. */
	get bytes(): number {
		return this.#bytes + (this.#aside?.length ?? 0);
	}

	/** Entries held, those on their way included. */
	get length(): number {
		return this.#nextId - this.#oldestId;
	}

	push(entry: Uint8Array): void {
		const need = PREFIX_BYTES + entry.length;
		if (need > this.capacityBytes) {
			this.dropped++;
			return;
		}
		let last = this.#blocks[this.#blocks.length - 1];
		if (last === undefined || last.end + need > last.bytes.length) {
			const size = Math.min(Math.max(BLOCK_BYTES, need), this.capacityBytes);
			while (this.#blocks.length > 0 && this.#bytes + size > this.capacityBytes) this.#dropOldestBlock();
			last = {bytes: new Uint8Array(size), start: 0, end: 0};
			this.#blocks.push(last);
			this.#bytes += size;
		}
		writeU32(last.bytes, last.end, entry.length, 'big');
		last.bytes.set(entry, last.end + PREFIX_BYTES);
		last.end += need;
		this.#nextId++;
	}

	/** Hands out the next entry, as a copy, each once. Absent: undefined when there is none. */
	next(): Entry | undefined {
		if (this.#aside !== undefined) {
			const bytes = this.#aside;
			this.#aside = undefined;
			return {id: -1, bytes};
		}
		for (;;) {
			const block = this.#blocks[this.#cursorBlock];
			if (block === undefined) return undefined;
			const at = Math.max(this.#cursorAt, block.start);
			if (at < block.end) {
				const length = readU32(block.bytes, at, 'big');
				this.#cursorAt = at + PREFIX_BYTES + length;
				return {id: this.#cursorId++, bytes: block.bytes.slice(at + PREFIX_BYTES, this.#cursorAt)};
			}
			if (this.#cursorBlock + 1 >= this.#blocks.length) return undefined;
			this.#cursorBlock++;
			this.#cursorAt = 0;
		}
	}

	/** Forgets every entry up to and including `id`. One that was dropped meanwhile is fine. */
	acknowledge(id: number): void {
		while (this.#oldestId <= id && this.#oldestId < this.#cursorId) this.#removeOldest();
	}

	#dropOldestBlock(): void {
		const blocks = this.#blocks.length;
		while (this.#blocks.length === blocks) this.#dropOne();
		for (;;) {
			const oldest = this.#peekOldest();
			if (oldest === undefined || this.#kindOf(oldest) !== 'delta') return;
			this.#dropOne();
		}
	}

	#dropOne(): void {
		if (this.#oldestId >= this.#nextId) {
			// An empty block that only the cursor kept.
			this.#shiftBlock();
			return;
		}
		const oldest = this.#peekOldest();
		const hello = oldest !== undefined && this.#kindOf(oldest) === 'hello';
		if (this.#cursorId === this.#oldestId) {
			if (hello) this.#aside = oldest.slice();
			this.#cursorId++;
			this.#cursorAt = 0;
			this.#cursorBlock = 0;
		}
		this.#removeOldest();
		if (!hello) this.dropped++;
	}

	#peekOldest(): Uint8Array | undefined {
		const block = this.#blocks[0];
		if (block === undefined || block.start >= block.end) return undefined;
		const length = readU32(block.bytes, block.start, 'big');
		return block.bytes.subarray(block.start + PREFIX_BYTES, block.start + PREFIX_BYTES + length);
	}

	#removeOldest(): void {
		const block = this.#blocks[0];
		if (block === undefined) return;
		block.start += PREFIX_BYTES + readU32(block.bytes, block.start, 'big');
		this.#oldestId++;
		if (block.start >= block.end) this.#shiftBlock();
	}

	#shiftBlock(): void {
		const block = this.#blocks.shift();
		if (block === undefined) return;
		this.#bytes -= block.bytes.length;
		if (this.#cursorBlock > 0) this.#cursorBlock--;
		else this.#cursorAt = 0;
	}
}
