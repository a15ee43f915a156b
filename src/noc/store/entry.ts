// SPDX-License-Identifier: Apache-2.0
import {readU32, writeU32} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {fnv1a} from '../../core/hash.ts';

// The message log is a row of records; a record is what one commit wrote into one slab:
//   u32 length of the entries   u32 FNV-1a of the entries   entries
// An entry, all numbers big-endian:
//   u8 kind   u8 length of the node's name   name   u48 received, ms since 1970   u32 length of the payload   payload

/**
 * What an entry holds.
 *
 * hello, frame, json, state: a message of the node, as it came. checkpoint: a keyframe of values that were stored
 * before, written at the start of a segment so that its deltas can be read without the segment before.
 */
export const entryKinds = ['hello', 'frame', 'json', 'state', 'checkpoint'] as const;
export type EntryKind = (typeof entryKinds)[number];

export interface Entry {
	readonly kind: EntryKind;
	readonly node: string;
	readonly receivedMs: number;
	readonly payload: Uint8Array;
	/** Where the next entry begins. */
	readonly end: number;
}

export const RECORD_HEADER_BYTES = 8;
const FIXED_BYTES = 12;
const POW32 = 4294967296;

export function entryBytes(nameLength: number, payloadLength: number): number {
	return FIXED_BYTES + nameLength + payloadLength;
}

/** Writes an entry and returns where it ends. The caller has made room for `entryBytes`. */
export function writeEntry(
	bytes: Buffer,
	start: number,
	kind: EntryKind,
	name: Uint8Array,
	receivedMs: number,
	payload: Uint8Array,
): number {
	let at = start;
	bytes[at++] = entryKinds.indexOf(kind);
	bytes[at++] = name.length;
	bytes.set(name, at);
	at += name.length;
	const high = Math.floor(receivedMs / POW32);
	bytes[at++] = high >> 8;
	bytes[at++] = high & 0xff;
	writeU32(bytes, at, receivedMs - high * POW32, 'big');
	writeU32(bytes, at + 4, payload.length, 'big');
	bytes.set(payload, at + 8);
	return at + 8 + payload.length;
}

/** Errors: DecodeError 'truncated' | 'range'. */
export function readEntry(bytes: Buffer, start: number): Entry {
	const kind = entryKinds[bytes[start] ?? 255];
	const nameEnd = start + 2 + (bytes[start + 1] ?? 0);
	const payloadAt = nameEnd + 10;
	if (payloadAt > bytes.length) throw new DecodeError('truncated', 'log.entry', start);
	if (kind === undefined) throw new DecodeError('range', 'log.entry.kind', start);
	const end = payloadAt + readU32(bytes, nameEnd + 6, 'big');
	if (end > bytes.length) throw new DecodeError('truncated', 'log.entry.payload', payloadAt);
	return {
		kind,
		node: bytes.toString('latin1', start + 2, nameEnd),
		receivedMs: (((bytes[nameEnd] ?? 0) << 8) | (bytes[nameEnd + 1] ?? 0)) * POW32 + readU32(bytes, nameEnd + 2, 'big'),
		payload: bytes.subarray(payloadAt, end),
		end,
	};
}

/** Completes a record whose entries stand behind its header. */
export function sealRecord(bytes: Buffer, start: number, end: number): void {
	writeU32(bytes, start, end - start - RECORD_HEADER_BYTES, 'big');
	writeU32(bytes, start + 4, fnv1a(bytes.subarray(start + RECORD_HEADER_BYTES, end)), 'big');
}

/** Calls `visit` with each whole record's entries and returns where the last whole record ends: a torn tail is left out. */
export function scanRecords(bytes: Buffer, visit: (start: number, end: number) => void): number {
	let at = 0;
	while (at + RECORD_HEADER_BYTES <= bytes.length) {
		const start = at + RECORD_HEADER_BYTES;
		const end = start + readU32(bytes, at, 'big');
		if (end === start || end > bytes.length) break;
		if (fnv1a(bytes.subarray(start, end)) !== readU32(bytes, at + 4, 'big')) break;
		visit(start, end);
		at = end;
	}
	return at;
}
