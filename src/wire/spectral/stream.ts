// SPDX-License-Identifier: Apache-2.0
import {concatBytes} from '../../core/bytes.ts';
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
// 1. Every byte is part of a sample, or skipped and counted.
// 2. Where a sample cannot be, the next byte where one can is looked for: one error a gap, whatever its length.
// 3. What is held between two pieces is less than two samples and a header: a sample that no other follows is only believed
//    when none begins within it, which is what a capture that stopped in the middle looks like.
// 4. How the stream is cut into pieces changes nothing.

export interface SpectralCounts {
	samples: number;
	/** Gaps where something else than a sample stood: a wrong length, an unknown type, a value no radio writes. */
	errors: number;
	/** Samples that the end of the stream, or the beginning of another one, cut. */
	truncated: number;
	skippedBytes: number;
}

/** Enough to see that a sample begins, and that it is followed. */
const LOOK_AHEAD_BYTES = MOST_SAMPLE_BYTES + HEADER_BYTES;

export class SpectralStream {
	readonly counts: SpectralCounts = {samples: 0, errors: 0, truncated: 0, skippedBytes: 0};
	readonly #take: (sample: SpectralSample) => void;
	readonly #takeMany: ((bytes: Uint8Array, at: number) => number) | undefined;
	readonly #sample = new SpectralSample();
	#held = new Uint8Array(0);
	/** In a gap that was counted. */
	#isLost = false;

	/**
	 * `take` is called for each sample; it and its bytes are good until it returns. `takeMany`, where there is one, is offered
	 * whole HT20 samples that others follow, and says where those end that it has taken.
	 */
	constructor(take: (sample: SpectralSample) => void, takeMany?: (bytes: Uint8Array, at: number) => number) {
		this.#take = take;
		this.#takeMany = takeMany;
	}

	/** Reads what is whole; the rest waits for the next piece. */
	push(bytes: Uint8Array): void {
		this.#read(this.#held.length === 0 ? bytes : concatBytes([this.#held, bytes]), false);
	}

	/** Nothing follows: what waits is counted. */
	end(): void {
		this.#read(this.#held, true);
		this.#isLost = false;
	}

	#read(bytes: Uint8Array, last: boolean): void {
		let at = 0;
		while (at < bytes.length) {
			// Almost all of a stream is this: a whole sample of 20 MHz, and another one behind it.
			if (isPairOfHt20(bytes, at) && isPlausible(bytes, at)) {
				const taken = this.#takeMany?.(bytes, at) ?? at;
				if (taken === at) this.#found(bytes, at);
				else {
					this.#isLost = false;
					this.counts.samples += (taken - at) / HT20_BYTES;
				}
				at = taken === at ? at + HT20_BYTES : taken;
				continue;
			}
			const next = this.#step(bytes, at, last);
			if (next < 0) break;
			at = next;
		}
		this.#held = bytes.slice(at);
	}

	/** Where reading goes on; -1 when that depends on bytes that are not there yet. */
	#step(bytes: Uint8Array, at: number, last: boolean): number {
		const {counts} = this;
		const available = bytes.length - at;
		if (available < HEADER_BYTES && !last) return -1;
		const length = headerAt(bytes, at);
		if (length > available) {
			if (!last) return -1;
			counts.truncated++;
			counts.skippedBytes += available;
			return bytes.length;
		}
		if (length === 0 || !isPlausible(bytes, at)) {
			if (!this.#isLost) counts.errors++;
			this.#isLost = true;
			counts.skippedBytes++;
			return at + 1;
		}
		const end = at + length;
		if (end < bytes.length && headerAt(bytes, end) === 0) {
			if (!last && bytes.length < end + LOOK_AHEAD_BYTES) return -1;
			const inner = sampleWithin(bytes, at, end);
			if (inner > 0) {
				counts.truncated++;
				counts.skippedBytes += inner - at;
				return inner;
			}
		} else if (end === bytes.length && !last) return -1;
		this.#found(bytes, at);
		return end;
	}

	#found(bytes: Uint8Array, at: number): void {
		readSample(bytes, at, this.#sample);
		this.#isLost = false;
		this.counts.samples++;
		this.#take(this.#sample);
	}
}

/** The length of the sample whose header stands here. Absent: 0 where none does, or not all of it. */
function headerAt(bytes: Uint8Array, at: number): number {
	return bytes.length - at < HEADER_BYTES ? 0 : sampleBytes(bytes, at);
}

/** Where a sample begins that another one covers, one that is whole and followed. Absent: 0. */
function sampleWithin(bytes: Uint8Array, from: number, to: number): number {
	for (let at = from + 1; at < to; at++) {
		const end = at + headerAt(bytes, at);
		if (end <= to || end > bytes.length || !isPlausible(bytes, at)) continue;
		if (end === bytes.length || headerAt(bytes, end) > 0) return at;
	}
	return 0;
}
