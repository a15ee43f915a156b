// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, readI32} from '../../core/bytes.ts';

const HOST_ORDER: ByteOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big';

// A message after another of one datagram is read through the same view. It shares the datagram's memory, so it is never
// stale, and keeps one datagram from being freed until the next comes.
let lastBytes: Uint8Array | undefined;
let lastWords: Int32Array | undefined;

/** The bytes as words of the host. Absent: undefined for the other byte order, or bytes that are not aligned. */
export function nativeWords(bytes: Uint8Array, order: ByteOrder): Int32Array | undefined {
	if (order !== HOST_ORDER || (bytes.byteOffset & 3) !== 0) return undefined;
	if (bytes !== lastBytes) {
		lastBytes = bytes;
		lastWords = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
	}
	return lastWords;
}

/** The same words from any bytes, by copying; what is missing of the last word is zero. */
export function copiedWords(bytes: Uint8Array, order: ByteOrder, start: number, end: number): Int32Array {
	const words = new Int32Array((end - start + 3) >> 2);
	for (let at = start; at < end; at += 4) words[(at - start) >> 2] = readI32(bytes, at, order);
	return words;
}
