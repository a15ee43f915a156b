// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readU32} from '../../core/bytes.ts';
import {HEADER_BYTES, isPlausible, sampleBytes} from './sample.ts';

// Some tools write what each read of a relay file gave them behind its length, 4 bytes: athspectralscan does, little-endian.
// A chunk may end within a sample, so the headers are taken out before samples are looked for.

const CHUNK_HEADER_BYTES = 4;
const MOST_CHUNK_BYTES = 1 << 24;

/** A file without the headers of its chunks. */
export interface Unchunked {
	readonly bytes: Uint8Array;
	/** Headers that were taken out; 0: the file has none. */
	readonly chunks: number;
}

/**
 * Takes the headers out of a whole file, if it begins with one. What stands behind a length that no chunk has is left as it
 * is: the stream's reader finds the samples in it.
 */
export function unchunk(bytes: Uint8Array): Unchunked {
	const order = (['little', 'big'] as const).find(each => beginsChunk(bytes, each));
	if (order === undefined) return {bytes, chunks: 0};
	const out = new Uint8Array(bytes.length);
	let filled = 0;
	let chunks = 0;
	let at = 0;
	while (at < bytes.length) {
		const length = at + CHUNK_HEADER_BYTES <= bytes.length ? readU32(bytes, at, order) : 0;
		if (length === 0 || length > MOST_CHUNK_BYTES) break;
		const piece = bytes.subarray(at + CHUNK_HEADER_BYTES, at + CHUNK_HEADER_BYTES + length);
		out.set(piece, filled);
		filled += piece.length;
		at += CHUNK_HEADER_BYTES + length;
		chunks++;
	}
	if (at < bytes.length) {
		out.set(bytes.subarray(at), filled);
		filled += bytes.length - at;
	}
	return {bytes: out.subarray(0, filled), chunks};
}

/** Whether a length and, behind it, a sample stand at the beginning, and the length agrees with what follows. */
function beginsChunk(bytes: Uint8Array, order: ByteOrder): boolean {
	if (bytes.length < CHUNK_HEADER_BYTES + HEADER_BYTES) return false;
	const stated = readU32(bytes, 0, order);
	const length = sampleBytes(bytes, CHUNK_HEADER_BYTES);
	if (stated < HEADER_BYTES || stated > MOST_CHUNK_BYTES || length === 0) return false;
	const end = CHUNK_HEADER_BYTES + length;
	if (stated < length || end > bytes.length) return true;
	if (!isPlausible(bytes, CHUNK_HEADER_BYTES)) return false;
	const rest = Math.min(stated - length, bytes.length - end);
	return rest < HEADER_BYTES || sampleBytes(bytes, end) > 0;
}
