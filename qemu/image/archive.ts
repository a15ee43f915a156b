// SPDX-License-Identifier: Apache-2.0
/**
 * Writes a cpio archive in the "newc" layout, which the kernel unpacks as its first root.
 *
 * The same entries give the same bytes: no times, no owners, entries in order of their path.
 * Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst.
 */
import {dirname} from 'node:path';

/** A file's bytes and mode, or what a symbolic link points to; a folder is made for every path by itself. */
export type Entry = {data: Uint8Array; mode: number} | {link: string} | {folder: true};

const fileType = {folder: 0o040000, file: 0o100000, link: 0o120000};

function header(inode: number, mode: number, links: number, size: number, path: string): string {
	const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, Buffer.byteLength(path) + 1, 0];
	return `070701${fields.map(field => field.toString(16).padStart(8, '0')).join('')}${path}\0`;
}

function padded(bytes: Uint8Array): Uint8Array[] {
	const missing = -bytes.length & 3;
	return missing === 0 ? [bytes] : [bytes, new Uint8Array(missing)];
}

/** The archive's bytes; paths have no leading slash. */
export function archive(entries: Map<string, Entry>): Buffer {
	const all = new Map(entries);
	for (const path of entries.keys())
		for (let parent = dirname(path); parent !== '.' && !all.has(parent); parent = dirname(parent))
			all.set(parent, {folder: true});
	const parts: Uint8Array[] = [];
	let inode = 1;
	const add = (path: string, mode: number, data: Uint8Array) => {
		const head = Buffer.from(header(inode++, mode, mode >> 12 === 4 ? 2 : 1, data.length, path));
		parts.push(...padded(head), ...padded(data));
	};
	for (const [path, entry] of [...all].sort(([a], [b]) => (a < b ? -1 : 1))) {
		if ('folder' in entry) add(path, fileType.folder | 0o755, new Uint8Array());
		else if ('link' in entry) add(path, fileType.link | 0o777, Buffer.from(entry.link));
		else add(path, fileType.file | entry.mode, entry.data);
	}
	inode = 0;
	add('TRAILER!!!', 0, new Uint8Array());
	return Buffer.concat(parts);
}
