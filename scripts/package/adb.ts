// SPDX-License-Identifier: Apache-2.0

// ADB, the container of apk-tools 3: little-endian words, each a type in its upper 4 bits and a value or the place of
// one in the lower 28; objects and arrays are runs of such words behind their count. Around it, blocks: the database,
// signatures, the data of files.
// Source: apk-tools 3.0, doc/apk-v3.5 and src/adb.h.

/** What an object or array is made of. Absent: undefined leaves its slot empty. */
export type AdbValue = undefined | number | string | Uint8Array | AdbArray | AdbObject;
export interface AdbArray {
	readonly items: readonly AdbValue[];
}
/** Slots from 1 on, by number. */
export interface AdbObject {
	readonly slots: ReadonlyMap<number, AdbValue>;
}

const INT = 0x1;
const INT_32 = 0x2;
const INT_64 = 0x3;
const BLOB_8 = 0x8;
const BLOB_16 = 0x9;
const BLOB_32 = 0xa;
const ARRAY = 0xd;
const OBJECT = 0xe;

const HEADER_BYTES = 8;
const word = (type: number, value: number): number => ((type << 28) | value) >>> 0;

/** Writes one database: header, values each once, the root's word in the header. */
export class AdbWriter {
	#bytes = Buffer.alloc(4096);
	#length = HEADER_BYTES;
	readonly #known = new Map<string, number>();

	/** The database with `root` as its root object. */
	write(root: AdbObject): Buffer {
		const value = this.#value(root);
		this.#bytes.writeUInt32LE(value, 4); // before it: versions, both 0
		return this.#bytes.subarray(0, this.#length);
	}

	#value(value: AdbValue): number {
		if (value === undefined) return 0;
		if (typeof value === 'number') return this.#number(value);
		if (typeof value === 'string') return this.#blob(Buffer.from(value));
		if (value instanceof Uint8Array) return this.#blob(value);
		if ('items' in value) return this.#words(ARRAY, value.items);
		const last = Math.max(0, ...value.slots.keys());
		return this.#words(
			OBJECT,
			Array.from({length: last}, (_, i) => value.slots.get(i + 1)),
		);
	}

	#number(value: number): number {
		if (value < 2 ** 28) return word(INT, value);
		const bytes = Buffer.alloc(value < 2 ** 32 ? 4 : 8);
		if (bytes.length === 4) bytes.writeUInt32LE(value);
		else bytes.writeBigUInt64LE(BigInt(value));
		return word(bytes.length === 4 ? INT_32 : INT_64, this.#place(bytes, 4));
	}

	#blob(content: Uint8Array): number {
		const {length} = content;
		if (length === 0) return 0;
		const size = length < 0x100 ? 1 : length < 0x10000 ? 2 : 4;
		const head = Buffer.alloc(size);
		head.writeUIntLE(length, 0, size);
		const type = size === 1 ? BLOB_8 : size === 2 ? BLOB_16 : BLOB_32;
		return word(type, this.#place(Buffer.concat([head, content]), size));
	}

	#words(type: number, values: readonly AdbValue[]): number {
		const words = values.map(value => this.#value(value));
		while (words.length > 0 && words.at(-1) === 0) words.pop();
		if (words.length === 0) return 0;
		const bytes = Buffer.alloc(4 * (words.length + 1));
		for (const [i, each] of [words.length + 1, ...words].entries()) bytes.writeUInt32LE(each, 4 * i);
		return word(type, this.#place(bytes, 4));
	}

	/** Where these bytes stand; equal ones stand once, where their alignment allows. */
	#place(bytes: Buffer, alignment: number): number {
		const key = `${alignment}:${bytes.toString('latin1')}`;
		const known = this.#known.get(key);
		if (known !== undefined) return known;
		const at = Math.ceil(this.#length / alignment) * alignment;
		while (at + bytes.length > this.#bytes.length)
			this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
		bytes.copy(this.#bytes, at);
		this.#length = at + bytes.length;
		this.#known.set(key, at);
		return at;
	}
}

/** A value as it is read: texts are not told from bytes. */
export type ReadValue = undefined | number | Buffer | readonly ReadValue[];

const DEPTH_LIMIT = 16;

/** The root of a database; objects and arrays are lists whose first slot is at 1. Errors: an Error that names the place. */
export function readAdb(database: Uint8Array): ReadValue {
	const bytes = Buffer.from(database.buffer, database.byteOffset, database.byteLength);
	if (bytes.length < HEADER_BYTES) throw new Error('adb: shorter than its header');
	if (bytes[0] !== 0) throw new Error(`adb: version ${bytes[0]}`);
	const need = (at: number, length: number): number => {
		if (at + length > bytes.length) throw new Error(`adb: ${length} bytes at ${at} are not there`);
		return at;
	};
	const read = (value: number, depth: number): ReadValue => {
		if (depth > DEPTH_LIMIT) throw new Error('adb: nested too deep');
		const [type, at] = [value >>> 28, value & 0x0fffffff];
		const blob = (size: number): Buffer => {
			const length = bytes.readUIntLE(need(at, size), size);
			return bytes.subarray(need(at + size, length), at + size + length);
		};
		if (type === 0) return undefined;
		if (type === INT) return at;
		if (type === INT_32) return bytes.readUInt32LE(need(at, 4));
		if (type === INT_64) return Number(bytes.readBigUInt64LE(need(at, 8)));
		if (type === BLOB_8) return blob(1);
		if (type === BLOB_16) return blob(2);
		if (type === BLOB_32) return blob(4);
		if (type !== ARRAY && type !== OBJECT) throw new Error(`adb: a value of type ${type}`);
		const count = bytes.readUInt32LE(need(at, 4));
		if (count === 0) throw new Error(`adb: nothing at ${at}`);
		need(at, 4 * count);
		const words = Array.from({length: count - 1}, (_, i) => bytes.readUInt32LE(at + 4 * (i + 1)));
		return [undefined, ...words.map(each => read(each, depth + 1))];
	};
	return read(bytes.readUInt32LE(4), 0);
}

export type BlockType = 'database' | 'signature' | 'data';
export interface Block {
	readonly type: BlockType;
	readonly bytes: Uint8Array;
}

const blockTypes: readonly BlockType[] = ['database', 'signature', 'data'];
const EXTENDED = 3;
const BLOCK_ALIGNMENT = 8;
const PLAIN_LIMIT = 0x3fffffff;

/** A file: its magic number and schema, then blocks. */
export function writeBlocks(schema: string, blocks: readonly Block[]): Buffer {
	const parts: Uint8Array[] = [Buffer.from('ADB.'), schemaBytes(schema)];
	for (const {type, bytes} of blocks) {
		const raw = 4 + bytes.length;
		if (raw > PLAIN_LIMIT) throw new Error('adb: a block of a gigabyte');
		const head = Buffer.alloc(4);
		head.writeUInt32LE(((blockTypes.indexOf(type) << 30) | raw) >>> 0);
		parts.push(head, bytes, Buffer.alloc(-raw & (BLOCK_ALIGNMENT - 1)));
	}
	return Buffer.concat(parts);
}

/** Reads a file that is not compressed. Errors: an Error that says what is wrong with it. */
export function readBlocks(file: Uint8Array): {schema: string; blocks: Block[]} {
	const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
	if (bytes.toString('latin1', 0, 4) !== 'ADB.' || bytes.length < 8) throw new Error('adb: not an ADB file');
	const blocks: Block[] = [];
	for (let at = 8; at < bytes.length; ) {
		if (at + 4 > bytes.length) throw new Error(`adb: a block at ${at} is cut off`);
		const head = bytes.readUInt32LE(at);
		const extended = head >>> 30 === EXTENDED;
		if (extended && at + 16 > bytes.length) throw new Error(`adb: a block at ${at} is cut off`);
		const type = blockTypes[extended ? head & PLAIN_LIMIT : head >>> 30];
		const size = extended ? Number(bytes.readBigUInt64LE(at + 8)) : head & PLAIN_LIMIT;
		const headBytes = extended ? 16 : 4;
		if (type === undefined || size < headBytes || at + size > bytes.length)
			throw new Error(`adb: the block at ${at} cannot be`);
		blocks.push({type, bytes: new Uint8Array(bytes.subarray(at + headBytes, at + size))});
		at += Math.ceil(size / BLOCK_ALIGNMENT) * BLOCK_ALIGNMENT;
	}
	if (blocks[0]?.type !== 'database') throw new Error('adb: it does not begin with a database');
	return {schema: bytes.toString('latin1', 4, 8).split('\0')[0] ?? '', blocks};
}

/** A schema's number as it stands in a file: four letters. */
export const schemaBytes = (schema: string): Buffer => Buffer.from(schema.padEnd(4, '\0'), 'latin1');
