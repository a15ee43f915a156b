// SPDX-License-Identifier: Apache-2.0
import {readU16} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {decodeUtf8Strict, encodeUtf8} from '../../core/text.ts';

// A packet's layout said once: reader, writer and type follow from it.
// Source: MQTT Version 3.1.1, OASIS Standard, 29 October 2014; section numbers are of that document.

/** Where a reader stands in one packet. */
interface Cursor {
	bytes: Uint8Array;
	end: number;
	at: number;
}

/** Packets are read one at a time, so one cursor does: making one costs as much as reading a field. */
const cursor: Cursor = {bytes: new Uint8Array(), end: 0, at: 0};

export interface Field<T> {
	/** Errors: DecodeError 'truncated' | 'syntax', whose path the layout completes. */
	read(cursor: Cursor): T;
	/** Bytes that `write` needs for any value; -1 where `size` tells. A call costs an interpreter as much as thirty steps. */
	readonly width: number;
	size(value: T): number;
	/** Writes at `at` and returns where it ended. */
	write(bytes: Uint8Array, at: number, value: T): number;
	/** For fields that an earlier field's flags switch on. Absent: always there. */
	readonly when?: (flags: number) => boolean;
}

function take(cursor: Cursor, length: number): number {
	const at = cursor.at;
	if (at + length > cursor.end) throw new DecodeError('truncated', '', at);
	cursor.at = at + length;
	return at;
}

function takePrefixed(cursor: Cursor): Uint8Array {
	const length = readU16(cursor.bytes, take(cursor, 2), 'big');
	const at = take(cursor, length);
	return cursor.bytes.subarray(at, at + length);
}

function writePrefixed(bytes: Uint8Array, at: number, value: Uint8Array): number {
	const {length} = value;
	bytes[at] = length >> 8;
	bytes[at + 1] = length & 0xff;
	bytes.set(value, at + 2);
	return at + 2 + length;
}

// A publisher writes the same topic again and again: its last text is encoded once.
let lastText = '';
let lastBytes: Uint8Array = new Uint8Array();

function encoded(value: string): Uint8Array {
	if (value !== lastText) {
		lastBytes = encodeUtf8(value);
		lastText = value;
	}
	return lastBytes;
}

export const u8: Field<number> = {
	read: cursor => cursor.bytes[take(cursor, 1)] ?? 0,
	width: 1,
	size: () => 1,
	write(bytes, at, value) {
		bytes[at] = value;
		return at + 1;
	},
};

export const u16: Field<number> = {
	read: cursor => readU16(cursor.bytes, take(cursor, 2), 'big'),
	width: 2,
	size: () => 2,
	write(bytes, at, value) {
		bytes[at] = value >> 8;
		bytes[at + 1] = value & 0xff;
		return at + 2;
	},
};

/** 1.5.3: two bytes of length, then UTF-8. */
export const text: Field<string> = {
	read: cursor => decodeUtf8Strict(takePrefixed(cursor), ''),
	width: -1,
	size: value => 2 + encoded(value).length,
	write: (bytes, at, value) => writePrefixed(bytes, at, encoded(value)),
};

/** Two bytes of length, then anything. */
export const data: Field<Uint8Array> = {
	read: takePrefixed,
	width: -1,
	size: value => 2 + value.length,
	write: writePrefixed,
};

/** All that is left of the packet. */
export const rest: Field<Uint8Array> = {
	read: cursor => cursor.bytes.subarray(take(cursor, cursor.end - cursor.at), cursor.end),
	width: -1,
	size: value => value.length,
	write(bytes, at, value) {
		bytes.set(value, at);
		return at + value.length;
	},
};

type Fields = Readonly<Record<string, Field<unknown>>>;
type Value<F> = F extends Field<infer T> ? T : never;
type Conditional<F> = {[K in keyof F]: F[K] extends {when: (flags: number) => boolean} ? K : never}[keyof F];

/** The value of a packet: its fields, and `flags`, the low nibble of its first byte. */
export type Packet<F extends Fields> = {
	[K in Exclude<keyof F, Conditional<F>>]: Value<F[K]>;
} & {[K in Conditional<F>]?: Value<F[K]>} & {flags: number};

export interface Layout<F extends Fields> {
	readonly type: number;
	readonly name: string;
	encode(packet: Packet<F>): Uint8Array;
	/** Reads the packet whose fixed header ends at `start`. Errors: DecodeError 'truncated' | 'length' | 'syntax'. */
	decode(flags: number, bytes: Uint8Array, start: number, end: number): Packet<F>;
}

/** Makes a field depend on flags: `flags` is the header's nibble, or the field `flags` names, once that was read. */
export function only<T>(
	field: Field<T>,
	when: (flags: number) => boolean,
): Field<T> & {when: (flags: number) => boolean} {
	return {...field, when};
}

/** `flagsField` names the field whose value switches the conditional ones. Absent: the header's nibble does. */
export function layout<F extends Fields>(name: string, type: number, fields: F, flagsField?: keyof F): Layout<F> {
	const names = Object.keys(fields);
	const list = names.map(key => fields[key] as Field<unknown>);
	return {
		type,
		name,
		encode(packet) {
			const source = packet as Record<string, unknown>;
			const switches = (flagsField === undefined ? packet.flags : source[flagsField as string]) as number;
			let length = 0;
			for (let i = 0; i < list.length; i++) {
				const field = list[i] as Field<unknown>;
				if (field.when !== undefined && !field.when(switches)) continue;
				length += field.width >= 0 ? field.width : field.size(source[names[i] as string]);
			}
			const bytes = new Uint8Array(1 + lengthBytes(length) + length);
			bytes[0] = (type << 4) | packet.flags;
			let at = writeLength(bytes, length);
			for (let i = 0; i < list.length; i++) {
				const field = list[i] as Field<unknown>;
				if (field.when !== undefined && !field.when(switches)) continue;
				at = field.write(bytes, at, source[names[i] as string]);
			}
			return bytes;
		},
		decode(flags, bytes, start, end) {
			cursor.bytes = bytes;
			cursor.end = end;
			cursor.at = start;
			const packet: Record<string, unknown> = {flags};
			let switches = flags;
			let key = '';
			try {
				for (let i = 0; i < list.length; i++) {
					const field = list[i] as Field<unknown>;
					if (field.when !== undefined && !field.when(switches)) continue;
					key = names[i] as string;
					const value = field.read(cursor);
					packet[key] = value;
					if (key === flagsField) switches = value as number;
				}
			} catch (error) {
				if (error instanceof DecodeError) throw new DecodeError(error.code, `mqtt.${name}.${key}`, cursor.at);
				throw error;
			}
			if (cursor.at !== end) throw new DecodeError('length', `mqtt.${name}`, cursor.at, 'bytes after the last field');
			return packet as Packet<F>;
		},
	};
}

/** 2.2.3: the remaining length takes one to four bytes. */
function lengthBytes(length: number): number {
	return length < 128 ? 1 : length < 16384 ? 2 : length < 2097152 ? 3 : 4;
}

/** Writes the remaining length behind the first byte and returns where it ended. */
function writeLength(bytes: Uint8Array, length: number): number {
	let at = 1;
	let left = length;
	while (left > 127) {
		bytes[at++] = (left & 127) | 128;
		left >>>= 7;
	}
	bytes[at] = left;
	return at + 1;
}
