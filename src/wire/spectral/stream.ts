// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, concatBytes, readU32} from '../../core/bytes.ts';
import {
	HEADER_BYTES,
	HT20_BYTES,
	isPairOfHt20,
	isPlausible,
	MOST_SAMPLE_BYTES,
	readSample,
	SpectralSample,
	sampleBytes,
} from './sample.ts';

// A stream of FFT samples, in pieces of any size, with whatever stands between them.
//
// Invariants
// 1. Every byte is part of a sample, of a chunk's header, or skipped and counted.
// 2. Where a sample cannot be, the next byte where one can is looked for: one error a gap, whatever its length.
// 3. What is held between two pieces is less than three samples: one that is followed by no other is only believed when no
//    other begins within it, which is what a capture that stopped in the middle looks like.
// 4. How the stream is cut into pieces changes nothing.
//
// Chunks: some tools write what each read gave them behind its length, 4 bytes. athspectralscan does, little-endian; a
// stream that begins with a big-endian one is read too. A chunk may end within a sample, so lengths are followed, not only
// recognised.

const CHUNK_HEADER_BYTES = 4;
const MOST_CHUNK_BYTES = 1 << 24;
/** A chunk's header, a sample, and the header behind it. */
const LOOK_AHEAD_BYTES = 2 * CHUNK_HEADER_BYTES + MOST_SAMPLE_BYTES + HEADER_BYTES;

export interface SpectralCounts {
	samples: number;
	/** Gaps where something else than a sample stood: a wrong length, an unknown type, a value no radio writes. */
	errors: number;
	/** Samples that the end of the stream cut. */
	truncated: number;
	skippedBytes: number;
	chunks: number;
}

export class SpectralStream {
	readonly counts: SpectralCounts = {samples: 0, errors: 0, truncated: 0, skippedBytes: 0, chunks: 0};
	readonly #take: (sample: SpectralSample) => void;
	readonly #sample = new SpectralSample();
	#held = new Uint8Array(0);
	/** Bytes until the chunk under way ends. Absent: undefined where there are no chunks. */
	#chunkLeft: number | undefined;
	/** In a gap that was counted. */
	#lost = false;
	/** Of the lengths of chunks. */
	#order: ByteOrder = 'little';

	/** `take` is called for each sample; it and its bytes are good until it returns. */
	constructor(take: (sample: SpectralSample) => void) {
		this.#take = take;
	}

	/** Reads what is whole; the rest waits for the next piece. */
	push(bytes: Uint8Array): void {
		this.#read(this.#held.length === 0 ? bytes : concatBytes([this.#held, bytes]), false);
	}

	/** Nothing follows: what waits is counted. */
	end(): void {
		this.#read(this.#held, true);
		this.#held = new Uint8Array(0);
		this.#chunkLeft = undefined;
		this.#lost = false;
	}

	#read(bytes: Uint8Array, last: boolean): void {
		let at = 0;
		while (at < bytes.length) {
			// Almost all of a stream is this: a whole sample of 20 MHz, and another one behind it.
			if (this.#chunkLeft === undefined && isPairOfHt20(bytes, at) && isPlausible(bytes, at)) {
				this.#found(bytes, at);
				at += HT20_BYTES;
				continue;
			}
			const next = this.#step(bytes, at, last);
			if (next < 0) break;
			at = next;
		}
		this.#held = at < bytes.length ? bytes.slice(at) : new Uint8Array(0);
	}

	/** Where reading goes on; -1 when that depends on bytes that are not there yet. */
	#step(bytes: Uint8Array, at: number, last: boolean): number {
		const left = this.#chunkLeft;
		if (left === 0) return this.#header(bytes, at, last);
		const available = bytes.length - at;
		if (available < HEADER_BYTES && !last) return -1;
		const length = available < HEADER_BYTES ? 0 : sampleBytes(bytes, at);
		if (length === 0) return this.#other(bytes, at, last);
		if (left !== undefined && left < length) return this.#acrossChunks(bytes, at, length, left, last);
		if (available < length) {
			if (!last) return -1;
			this.counts.truncated++;
			this.counts.skippedBytes += available;
			return bytes.length;
		}
		if (!isPlausible(bytes, at)) return this.#other(bytes, at, last);
		const end = at + length;
		if (!last && bytes.length < end + LOOK_AHEAD_BYTES && !isSample(bytes, end)) return -1;
		if (!this.#isFollowed(bytes, end, left === length)) {
			if (!last && bytes.length < end + LOOK_AHEAD_BYTES) return -1;
			const inner = this.#sampleWithin(bytes, at, end);
			if (inner > 0) {
				this.counts.truncated++;
				this.counts.skippedBytes += inner - at;
				this.#chunkLeft = undefined;
				return inner;
			}
		}
		this.#found(bytes, at);
		if (left !== undefined) this.#chunkLeft = left - length;
		return end;
	}

	#found(bytes: Uint8Array, at: number): void {
		readSample(bytes, at, this.#sample);
		this.#lost = false;
		this.counts.samples++;
		this.#take(this.#sample);
	}

	/** The next chunk's length must stand here; what cannot be one ends the chunks. */
	#header(bytes: Uint8Array, at: number, last: boolean): number {
		const available = bytes.length - at;
		if (available < CHUNK_HEADER_BYTES && !last) return -1;
		const length = available < CHUNK_HEADER_BYTES ? 0 : chunkLength(bytes, at, this.#order);
		this.#chunkLeft = length === 0 ? undefined : length;
		if (length === 0) return at;
		this.counts.chunks++;
		return at + CHUNK_HEADER_BYTES;
	}

	/** A sample goes on behind the header of the next chunk: it is put together without that. */
	#acrossChunks(bytes: Uint8Array, at: number, length: number, left: number, last: boolean): number {
		const headerAt = at + left;
		const end = at + length + CHUNK_HEADER_BYTES;
		if (bytes.length < end) return last ? this.#other(bytes, at, last) : -1;
		const next = chunkLength(bytes, headerAt, this.#order);
		const rest = length - left;
		if (next < rest) return this.#other(bytes, at, last);
		const whole = new Uint8Array(length);
		whole.set(bytes.subarray(at, headerAt));
		whole.set(bytes.subarray(headerAt + CHUNK_HEADER_BYTES, end), left);
		if (!isPlausible(whole, 0)) return this.#other(bytes, at, last);
		this.counts.chunks++;
		this.#found(whole, 0);
		this.#chunkLeft = next - rest;
		return end;
	}

	/** No sample stands here: a chunk's header, or a byte to skip. */
	#other(bytes: Uint8Array, at: number, last: boolean): number {
		const {counts} = this;
		if (!last && bytes.length - at < LOOK_AHEAD_BYTES) return -1;
		if (counts.samples === 0 && counts.skippedBytes === 0 && counts.chunks === 0)
			this.#order = startsChunk(bytes, at, 'little') || !startsChunk(bytes, at, 'big') ? 'little' : 'big';
		this.#chunkLeft = undefined;
		if (startsChunk(bytes, at, this.#order)) {
			counts.chunks++;
			this.#chunkLeft = chunkLength(bytes, at, this.#order);
			return at + CHUNK_HEADER_BYTES;
		}
		if (!this.#lost) counts.errors++;
		this.#lost = true;
		counts.skippedBytes++;
		return at + 1;
	}

	/** Whether the stream ends here, or what it may go on with begins here. `chunk`: it must be a chunk's header. */
	#isFollowed(bytes: Uint8Array, at: number, chunk: boolean): boolean {
		if (at >= bytes.length) return true;
		if (chunk) return bytes.length - at < CHUNK_HEADER_BYTES || chunkLength(bytes, at, this.#order) > 0;
		return isSample(bytes, at) || startsChunk(bytes, at, this.#order);
	}

	/** Where a sample begins that another one covers, one that is whole and followed. Absent: 0. */
	#sampleWithin(bytes: Uint8Array, from: number, to: number): number {
		for (let at = from + 1; at < to && bytes.length - at >= HEADER_BYTES; at++) {
			const end = at + sampleBytes(bytes, at);
			if (end > to && end <= bytes.length && isPlausible(bytes, at) && this.#isFollowed(bytes, end, false)) return at;
		}
		return 0;
	}
}

function isSample(bytes: Uint8Array, at: number): boolean {
	return bytes.length - at >= HEADER_BYTES && sampleBytes(bytes, at) > 0;
}

/** The length that a chunk's header states. Absent: 0 where it is one that no chunk has. */
function chunkLength(bytes: Uint8Array, at: number, order: ByteOrder): number {
	const length = readU32(bytes, at, order);
	return length >= HEADER_BYTES && length <= MOST_CHUNK_BYTES ? length : 0;
}

/** Whether a chunk's header, and a sample that goes on as it must, begin here. */
function startsChunk(bytes: Uint8Array, at: number, order: ByteOrder): boolean {
	const first = at + CHUNK_HEADER_BYTES;
	if (bytes.length - first < HEADER_BYTES) return false;
	const stated = chunkLength(bytes, at, order);
	const length = sampleBytes(bytes, first);
	if (stated === 0 || length === 0 || bytes.length - first < length) return false;
	if (stated < length) return true;
	if (!isPlausible(bytes, first)) return false;
	const end = first + length;
	if (end >= bytes.length) return true;
	return stated === length ? chunkLength(bytes, end, order) > 0 : isSample(bytes, end);
}
