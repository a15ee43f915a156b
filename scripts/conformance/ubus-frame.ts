// SPDX-License-Identifier: Apache-2.0

import {viewOf} from '../../src/ubus-ts/blobmsg.ts';
import type {ByteWriter} from '../../src/ubus-ts/byte-writer.ts';
import {decodeFields, type Field, putFields} from '../../src/ubus-ts/fields.ts';
import * as m from '../../src/ubus-ts/message.ts';
import {fromHex, toHex} from './bytes.ts';

// A recorded frame: its bytes, what an independent decoder made of them, and whether encoding that gives the bytes again.

export interface RecordedField {
	readonly name?: string;
	readonly type: string;
	readonly value: unknown;
}

export interface RecordedAttribute {
	readonly attr?: string;
	readonly id: number;
	readonly value: unknown;
}

export interface RecordedFrame {
	readonly version: number;
	readonly type: number;
	readonly seq: number;
	readonly peer: string;
	readonly root_id: number;
	readonly root_len: number;
	readonly attrs?: readonly RecordedAttribute[];
}

/** An attribute read by what its number means. */
type AttributeValue = number | string | Uint8Array | readonly Field[] | readonly Attribute[];

interface Attribute {
	readonly id: number;
	readonly value: AttributeValue;
	readonly payload: Uint8Array;
}

const numbers = [m.A_STATUS, m.A_OBJECT, m.A_TYPE, m.A_TARGET];
const texts = [m.A_PATH, m.A_METHOD, m.A_USER, m.A_GROUP];
const tables = [m.A_SIGNATURE, m.A_DATA];
const typeNames = ['unspec', 'array', 'table', 'string', 'int64', 'int32', 'int16', 'int8', 'double'];

/** Checks one frame in both directions. Answers the first difference. */
export function checkFrame(hex: string, recorded: RecordedFrame | undefined, isExact: boolean): string | undefined {
	const bytes = fromHex(hex);
	// What ubusd hangs up on for its size, we do too.
	if (bytes.length >= m.HEADER_BYTES && (viewOf(bytes).getUint32(8) & 0xffffff) > m.ROOT_LIMIT_BYTES)
		return m.messageBytes(bytes, 0) === undefined ? undefined : 'is too large and was not refused';
	const again = reencode(bytes);
	// The root element's own number means nothing, to ubusd neither; the recording's decoder keeps it.
	if (again !== undefined && isExact) again[8] = bytes[8] ?? 0;
	if (!isExact) {
		// Frames that ubusd hangs up on: refused by us, or at least not taken for something that would be sent like this.
		return again === undefined || toHex(again) !== hex ? undefined : 'is malformed and was not noticed';
	}
	if (again === undefined) return 'was refused';
	if (toHex(again) !== hex) return `encodes to ${toHex(again).slice(0, 200)}`;
	return recorded === undefined ? undefined : compareFrame(bytes, recorded);
}

function compareFrame(bytes: Uint8Array, recorded: RecordedFrame): string | undefined {
	const message = new m.Message(bytes);
	const is = [bytes[0], message.type, message.seq, message.peer.toString(16).padStart(8, '0')].join();
	const should = [recorded.version, recorded.type, recorded.seq, recorded.peer].join();
	if (is !== should) return `header ${is} instead of ${should}`;
	const root = viewOf(bytes).getUint32(8);
	if ((root & 0xffffff) !== recorded.root_len || ((root >>> 24) & 0x7f) !== recorded.root_id)
		return 'root element differs';
	const attributes = readAttributes(bytes, m.HEADER_BYTES, bytes.length, message.type);
	const {attrs = []} = recorded;
	if (attributes.length !== attrs.length) return `${attributes.length} attributes instead of ${attrs.length}`;
	for (const [index, attribute] of attributes.entries()) {
		const expected = attrs[index];
		if (expected === undefined || attribute.id !== expected.id || !agrees(attribute, expected.value))
			return `attribute ${attribute.id} is not ${JSON.stringify(expected).slice(0, 200)}`;
	}
	return undefined;
}

/** Absent: undefined where no connection would take the bytes for a message. */
function reencode(bytes: Uint8Array): Uint8Array | undefined {
	if (bytes.length < m.HEADER_BYTES || m.messageBytes(bytes, 0) !== bytes.length) return undefined;
	const {type, seq, peer} = new m.Message(bytes);
	const writer = new m.MessageWriter(type, seq, peer, bytes[0]);
	putAttributes(writer, readAttributes(bytes, m.HEADER_BYTES, bytes.length, type));
	return writer.finish();
}

function readAttributes(bytes: Uint8Array, start: number, end: number, type: number): Attribute[] {
	const cursor = new m.AttributeCursor(bytes, start, end);
	const attributes: Attribute[] = [];
	while (cursor.next()) {
		const {id, from, to} = cursor;
		const payload = bytes.slice(from, to);
		attributes.push({id, payload, value: type === m.MONITOR ? monitorValue(id, payload) : attributeValue(id, payload)});
	}
	return attributes;
}

function attributeValue(id: number, payload: Uint8Array): AttributeValue {
	if (numbers.includes(id) && payload.length === 4) return viewOf(payload).getUint32(0);
	if ((id === m.A_ACTIVE || id === m.A_NO_REPLY) && payload.length === 1) return payload[0] ?? 0;
	if (id === m.A_SUBSCRIBERS) return readAttributes(payload, 0, payload.length, -1);
	// The nameless children of a list of subscribers.
	if (id === 0 && payload.length === 4) return viewOf(payload).getUint32(0);
	if (tables.includes(id)) {
		try {
			return decodeFields(payload);
		} catch {
			return payload;
		}
	}
	const message = new m.Message(frameOf(id, payload));
	const text = texts.includes(id) ? message.text(id) : undefined;
	return text === undefined || text.includes('\ufffd') || payload.indexOf(0) !== payload.length - 1 ? payload : text;
}

/** ubusmsg.h, enum ubus_monitor_attr: client, peer, send, seq, type, data. */
function monitorValue(id: number, payload: Uint8Array): AttributeValue {
	if (id === 5) return readAttributes(payload, 0, payload.length, -1);
	if (payload.length === 4) return viewOf(payload).getUint32(0);
	return payload.length === 1 ? (payload[0] ?? 0) : payload;
}

function frameOf(id: number, payload: Uint8Array): Uint8Array {
	const writer = new m.MessageWriter(m.DATA, 0, 0);
	writer.blob(id, undefined, payload);
	return writer.finish();
}

function isFields(value: AttributeValue): value is readonly Field[] {
	return Array.isArray(value) && (value.length === 0 || 'type' in (value[0] as object));
}

function putAttributes(writer: m.MessageWriter | ByteWriter, attributes: readonly Attribute[]): void {
	for (const {id, value} of attributes) {
		if (typeof value === 'number') {
			if (id === m.A_ACTIVE || id === m.A_NO_REPLY || isByte(attributes, id)) writer.u8(id, undefined, value);
			else writer.u32(id, undefined, value);
		} else if (typeof value === 'string') writer.text(id, undefined, value);
		else if (value instanceof Uint8Array) writer.blob(id, undefined, value);
		else {
			const start = writer.open(id);
			if (isFields(value)) putFields(writer, value);
			else putAttributes(writer, value);
			writer.close(start);
		}
	}
}

/** Whether a monitor's attribute was one byte wide. */
function isByte(attributes: readonly Attribute[], id: number): boolean {
	return attributes.find(attribute => attribute.id === id)?.payload.length === 1;
}

/** Whether a value is what the independent decoder wrote, in any of the forms that it writes. */
function agrees({value, payload}: Attribute, expected: unknown): boolean {
	if (typeof expected === 'number')
		return value === expected || (payload.length === 4 && viewOf(payload).getUint32(0) === expected);
	if (typeof expected === 'boolean') return value === (expected ? 1 : 0);
	if (typeof expected === 'string')
		return value === expected || toHex(payload) === expected || textOf(payload) === expected;
	if (!Array.isArray(expected)) return expected === null || JSON.stringify(expected).includes(toHex(payload));
	if (value instanceof Uint8Array || !Array.isArray(value)) return false;
	if (value.length !== expected.length) return false;
	if (isFields(value)) return value.every((field, index) => fieldAgrees(field, expected[index] as RecordedField));
	return (value as readonly Attribute[]).every((attribute, index) => {
		const item: unknown = expected[index];
		const inner = typeof item === 'object' && item !== null && 'value' in item ? item.value : item;
		return agrees(attribute, inner);
	});
}

function textOf(payload: Uint8Array): string {
	return new m.Message(frameOf(m.A_PATH, payload)).text(m.A_PATH) ?? '';
}

function fieldAgrees(
	{name, type, value}: Field,
	{name: expectedName = '', type: typeName, value: expected}: RecordedField,
): boolean {
	if ((name ?? '') !== expectedName || (typeNames[type] ?? `${type}`) !== typeName) return false;
	if (Array.isArray(value)) {
		if (!Array.isArray(expected) || value.length !== expected.length) return false;
		return (value as readonly Field[]).every((field, index) => fieldAgrees(field, expected[index] as RecordedField));
	}
	if (value instanceof Uint8Array) return expected === toHex(value) || expected === textOf(value);
	if (typeof value === 'string') return expected === value;
	if (typeof expected === 'number') return Object.is(Number(value), expected) || Number(value) === expected;
	const {signed, unsigned} = (expected ?? {}) as {signed?: number; unsigned?: number};
	const number = Number(value);
	const bits = {7: 8, 6: 16, 5: 32, 4: 64}[type];
	if (bits === undefined) return false;
	const half = 2 ** (bits - 1);
	const asSigned = number >= half ? number - 2 ** bits : number;
	const asUnsigned = number < 0 ? number + 2 ** bits : number;
	return asSigned === signed && asUnsigned === unsigned;
}
