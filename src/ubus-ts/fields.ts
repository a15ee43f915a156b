// SPDX-License-Identifier: Apache-2.0
import {
	ARRAY,
	BlobError,
	DEPTH_LIMIT,
	DOUBLE,
	decodeElement,
	ElementCursor,
	endOfText,
	INT8,
	INT16,
	INT32,
	INT64,
	putNumber,
	readText,
	STRING,
	TABLE,
} from './blobmsg.ts';
import {ByteWriter} from './byte-writer.ts';

/**
 * One element with all that its bytes say, so that encoding it gives the same bytes: for tools, and for tables whose order, widths
 * or repeated names matter.
 *
 * Shape:  `value` is a number for int8 (0 to 255), int16, int32 and double, a bigint for int64, a string, fields for tables and
 *         arrays; for everything else, and for values that are not as long as their type, the payload's bytes.
 * Absent: the name of an element that cannot have one.
 */
export interface Field {
	readonly name: string | undefined;
	readonly type: number;
	readonly value: number | bigint | string | readonly Field[] | Uint8Array;
}

/** Errors: BlobError where an element leaves its surroundings. */
export function decodeFields(bytes: Uint8Array, start = 0, end = bytes.length, depth = 0): Field[] {
	if (depth > DEPTH_LIMIT) throw new BlobError('depth', start);
	const fields: Field[] = [];
	const cursor = new ElementCursor(bytes, start, end);
	while (cursor.next()) fields.push({name: cursor.name, type: cursor.type, value: readValue(cursor, depth)});
	return fields;
}

function readValue(cursor: ElementCursor, depth: number): Field['value'] {
	const {bytes, from, to, type} = cursor;
	const length = to - from;
	if (type === TABLE || type === ARRAY) return decodeFields(bytes, from, to, depth + 1);
	if (type === STRING && endOfText(bytes, from, to) === to - 1) {
		const text = readText(bytes, from, to - 1);
		// A replacement character stands for bytes that would not come back.
		if (!text.includes('\ufffd')) return text;
	}
	if (type === INT8 && length === 1) return bytes[from] ?? 0;
	if (type === INT64 && length === 8) return cursor.view.getBigInt64(from);
	if ((type === INT32 && length === 4) || (type === INT16 && length === 2) || (type === DOUBLE && length === 8))
		return decodeElement(cursor) as number;
	return bytes.slice(from, to);
}

export function encodeFields(fields: readonly Field[]): Uint8Array {
	const writer = new ByteWriter();
	putFields(writer, fields);
	return writer.take();
}

export function putFields(writer: ByteWriter, fields: readonly Field[]): void {
	for (const {name, type, value} of fields) {
		if (typeof value === 'number' || typeof value === 'bigint') {
			putNumber(writer, name, type, value);
			continue;
		}
		if (typeof value === 'string') writer.text(type, name, value);
		else if (value instanceof Uint8Array) writer.blob(type, name, value);
		else {
			const start = writer.open(type, name);
			putFields(writer, value);
			writer.close(start);
		}
	}
}
