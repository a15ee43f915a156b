// SPDX-License-Identifier: Apache-2.0
import {readU16, writeU16} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {decodeUtf8Strict, encodeUtf8} from '../../core/text.ts';

// A packet's layout said once: reader, writer and type follow from it.
// Source: MQTT Version 3.1.1, OASIS Standard, 29 October 2014; section numbers are of that document.

/** Where a reader stands in one packet, and what it has found so far. */
interface Cursor {
	readonly bytes: Uint8Array;
	readonly end: number;
	at: number;
	path: string;
}

export interface Field<T> {
	read(cursor: Cursor): T;
	/** The bytes of the value, length prefix included. */
	bytes(value: T): Uint8Array;
	/** For fields that an earlier field's flags switch on. Absent: always there. */
	readonly when?: (flags: number) => boolean;
}

function take(cursor: Cursor, length: number): number {
	const at = cursor.at;
	if (at + length > cursor.end) throw new DecodeError('truncated', cursor.path, at);
	cursor.at = at + length;
	return at;
}

function prefixed(body: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(2 + body.length);
	writeU16(bytes, 0, body.length, 'big');
	bytes.set(body, 2);
	return bytes;
}

function takePrefixed(cursor: Cursor): Uint8Array {
	const length = readU16(cursor.bytes, take(cursor, 2), 'big');
	const at = take(cursor, length);
	return cursor.bytes.subarray(at, at + length);
}

export const u8: Field<number> = {
	read: cursor => cursor.bytes[take(cursor, 1)] ?? 0,
	bytes: value => Uint8Array.of(value),
};

export const u16: Field<number> = {
	read: cursor => readU16(cursor.bytes, take(cursor, 2), 'big'),
	bytes: value => Uint8Array.of(value >> 8, value & 0xff),
};

/** 1.5.3: two bytes of length, then UTF-8. */
export const text: Field<string> = {
	read: cursor => decodeUtf8Strict(takePrefixed(cursor), cursor.path),
	bytes: value => prefixed(encodeUtf8(value)),
};

/** Two bytes of length, then anything. */
export const data: Field<Uint8Array> = {read: takePrefixed, bytes: prefixed};

/** All that is left of the packet. */
export const rest: Field<Uint8Array> = {
	read: cursor => cursor.bytes.subarray(take(cursor, cursor.end - cursor.at), cursor.end),
	bytes: value => value,
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
			const parts: Uint8Array[] = [];
			let length = 0;
			for (let i = 0; i < list.length; i++) {
				const field = list[i];
				if (field === undefined || (field.when !== undefined && !field.when(switches))) continue;
				const part = field.bytes(source[names[i] ?? '']);
				parts.push(part);
				length += part.length;
			}
			return assemble((type << 4) | packet.flags, length, parts);
		},
		decode(flags, bytes, start, end) {
			const cursor: Cursor = {bytes, end, at: start, path: ''};
			const packet: Record<string, unknown> = {flags};
			let switches = flags;
			for (let i = 0; i < list.length; i++) {
				const field = list[i];
				const key = names[i] ?? '';
				if (field === undefined || (field.when !== undefined && !field.when(switches))) continue;
				cursor.path = `mqtt.${name}.${key}`;
				const value = field.read(cursor);
				packet[key] = value;
				if (key === flagsField) switches = value as number;
			}
			if (cursor.at !== end) throw new DecodeError('length', `mqtt.${name}`, cursor.at, 'bytes after the last field');
			return packet as Packet<F>;
		},
	};
}

/** 2.2.3: the remaining length takes one to four bytes. */
function assemble(first: number, length: number, parts: readonly Uint8Array[]): Uint8Array {
	const lengthBytes = length < 128 ? 1 : length < 16384 ? 2 : length < 2097152 ? 3 : 4;
	const bytes = new Uint8Array(1 + lengthBytes + length);
	bytes[0] = first;
	let at = 1;
	for (let left = length; ; left >>>= 7) {
		bytes[at++] = left < 128 ? left : (left & 127) | 128;
		if (left < 128) break;
	}
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}
