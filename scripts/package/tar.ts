// SPDX-License-Identifier: Apache-2.0
import {deflateRawSync} from 'node:zlib';

// Archives as opkg reads them: ustar without extensions, in a gzip stream that names neither a time nor a machine.

export interface TarEntry {
	/** With `./` in front, as the packages of OpenWrt have it; a folder ends in `/`. */
	readonly name: string;
	readonly mode: number;
	/** Absent: it is a folder. */
	readonly bytes?: Uint8Array;
}

const BLOCK = 512;
const NAME_LIMIT = 100;

function header({name, mode, bytes}: TarEntry, timeS: number): Buffer {
	if (Buffer.byteLength(name) >= NAME_LIMIT) throw new Error(`${name}: longer than a tar header holds`);
	const block = Buffer.alloc(BLOCK);
	const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
	block.write(name, 0);
	block.write(octal(mode, 7), 100);
	block.write(octal(0, 7), 108); // owner and group: root
	block.write(octal(0, 7), 116);
	block.write(octal(bytes?.length ?? 0, 11), 124);
	block.write(octal(timeS, 11), 136);
	block.write(' '.repeat(8), 148); // what the checksum counts in its own place
	block.write(bytes === undefined ? '5' : '0', 156);
	block.write('ustar\x0000', 257);
	block.write('root', 265);
	block.write('root', 297);
	const sum = block.reduce((total, byte) => total + byte, 0);
	block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	return block;
}

/** Writes entries in the order given; equal entries give equal bytes. Errors: an Error for a name of 100 bytes or more. */
export function writeTar(entries: readonly TarEntry[], timeS: number): Buffer {
	const parts: Uint8Array[] = [];
	for (const entry of entries) {
		parts.push(header(entry, timeS));
		if (entry.bytes !== undefined) parts.push(entry.bytes, Buffer.alloc(-entry.bytes.length & (BLOCK - 1)));
	}
	return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** The entries of an archive, for tests and for packages of others. Errors: an Error that says what is wrong with it. */
export function readTar(bytes: Uint8Array): TarEntry[] {
	const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const entries: TarEntry[] = [];
	for (let at = 0; at + BLOCK <= file.length && file[at] !== 0; ) {
		const text = (start: number, length: number): string =>
			file.toString('latin1', at + start, at + start + length).split('\0')[0] ?? '';
		const number = (start: number, length: number): number => Number.parseInt(text(start, length).trim() || '0', 8);
		const sum = file.subarray(at, at + BLOCK).reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
		if (number(148, 8) !== sum) throw new Error(`tar: the checksum at ${at} is wrong`);
		const [size, type] = [number(124, 12), text(156, 1)];
		if (at + BLOCK + size > file.length) throw new Error(`tar: ${text(0, 100)} is cut off`);
		const folder = type === '5';
		if (!folder && type !== '0' && type !== '') throw new Error(`tar: an entry of type '${type}'`);
		const content = {bytes: new Uint8Array(file.subarray(at + BLOCK, at + BLOCK + size))};
		entries.push({name: text(0, 100), mode: number(100, 8), ...(folder ? {} : content)});
		at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
	}
	return entries;
}

/** Files under their paths, and a folder for each part of these, in the order of names. */
export function treeEntries(files: readonly {path: string; bytes: Uint8Array; mode: number}[]): TarEntry[] {
	const entries = new Map<string, TarEntry>([['./', {name: './', mode: 0o755}]]);
	for (const {path, bytes, mode} of files) {
		const parts = path.split('/');
		for (let depth = 1; depth < parts.length; depth++) {
			const name = `./${parts.slice(0, depth).join('/')}/`;
			entries.set(name, {name, mode: 0o755});
		}
		entries.set(`./${path}`, {name: `./${path}`, mode, bytes});
	}
	return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A gzip stream without name and time, from "no system". */
export function gzip(bytes: Uint8Array): Buffer {
	const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
	const tail = Buffer.alloc(8);
	tail.writeUInt32LE(crc32(bytes), 0);
	tail.writeUInt32LE(bytes.length >>> 0, 4);
	return Buffer.concat([head, deflateRawSync(bytes, {level: 9}), tail]);
}

const table = Uint32Array.from({length: 256}, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
	return value;
});

function crc32(bytes: Uint8Array): number {
	let value = 0xffffffff;
	for (const byte of bytes) value = (table[(value ^ byte) & 0xff] as number) ^ (value >>> 8);
	return (value ^ 0xffffffff) >>> 0;
}
