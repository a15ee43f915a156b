// SPDX-License-Identifier: Apache-2.0
import {randomBytes} from 'node:crypto';
import {
	closeSync,
	fchmodSync,
	fsyncSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	unlinkSync,
	writeFileSync,
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

export const nodeFiles: Files = {
	read: path => unlessAbsent(path, () => new Uint8Array(readFileSync(path))),
	replace(path, bytes, mode = 0o644) {
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
	list: path => unlessAbsent(path, () => readdirSync(path).sort()),
	remove(path) {
		unlessAbsent(path, () => unlinkSync(path));
	},
};
