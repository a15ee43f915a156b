// SPDX-License-Identifier: Apache-2.0
import {randomBytes} from 'node:crypto';
import {
	closeSync,
	fchmodSync,
	fsyncSync,
	openSync,
	readdirSync,
	readFileSync,
	readSync,
	renameSync,
	statSync,
	unlinkSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import {dirname} from 'node:path';
import type {Files} from '../../port/port.ts';
import {failureOf} from './failure.ts';

/** Runs a file operation. What is not there gives undefined. Errors: PortError. */
function unlessAbsent<T>(path: string, operation: () => T): T | undefined {
	try {
		return operation();
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
		throw failureOf(error, path);
	}
}

function syncFolder(path: string): void {
	const folder = openSync(path, 'r');
	try {
		fsyncSync(folder);
	} finally {
		closeSync(folder);
	}
}

function writeSynced(path: string, bytes: Uint8Array, mode: number): void {
	const file = openSync(path, 'wx', mode);
	try {
		writeFileSync(file, bytes);
		fchmodSync(file, mode);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

function readSome(path: string, mostBytes: number): Uint8Array {
	const file = openSync(path, 'r');
	try {
		const bytes = new Uint8Array(mostBytes);
		let filled = 0;
		for (let got = -1; got !== 0 && filled < mostBytes; filled += got)
			got = readSync(file, bytes, filled, mostBytes - filled, null);
		return bytes.slice(0, filled);
	} finally {
		closeSync(file);
	}
}

export const nodeFiles: Files = {
	read: (path, mostBytes) =>
		unlessAbsent(path, () =>
			mostBytes === undefined ? new Uint8Array(readFileSync(path)) : readSome(path, mostBytes),
		),
	replace(path, bytes, mode = unlessAbsent(path, () => statSync(path).mode & 0o7777) ?? 0o644) {
		const beside = `${path}.${randomBytes(3).toString('hex')}`;
		try {
			writeSynced(beside, bytes, mode);
			renameSync(beside, path);
			syncFolder(dirname(path));
		} catch (error) {
			unlessAbsent(beside, () => unlinkSync(beside));
			throw failureOf(error, path);
		}
	},
	write(path, bytes) {
		let file: number | undefined;
		try {
			file = openSync(path, 'r+');
			writeSync(file, bytes);
		} catch (error) {
			throw failureOf(error, path);
		} finally {
			if (file !== undefined) closeSync(file);
		}
	},
	list: path => unlessAbsent(path, () => readdirSync(path).sort()),
	remove(path) {
		unlessAbsent(path, () => unlinkSync(path));
	},
};
