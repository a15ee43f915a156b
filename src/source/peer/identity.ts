// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../core/text.ts';
import type {NodeId} from '../../model/peer.ts';
import type {Clock, Files, Log} from '../../port/port.ts';

/** 2025-01-01: a clock before that was never set. */
const SET_SINCE_MS = 1_735_689_600_000;
const MOST_EPOCH = 2 ** 40;

/** A router's number, and one that is larger at each of its starts. */
export interface Identity {
	readonly id: NodeId;
	readonly epoch: number;
	/** False: neither the file nor the clock knew, so others may remember a larger one. */
	readonly isSure: boolean;
}

/** What a clock that is set says: larger than at any start before. Absent: 0 where it is not. */
export function epochOfClock(clock: Clock): number {
	const sinceMs = clock.wallMs() - SET_SINCE_MS;
	return sinceMs > 0 ? Math.floor(sinceMs / 1000) : 0;
}

/**
 * Takes up the identity of the last start, or begins one: one small write.
 *
 * Shape:  the file's words are `epoch N id N`. The number stays although the community's key changes.
 * Absent: `atFirst` is the number where there is no file; a file that is lost or broken is made up for by the clock.
 */
export function beginIdentity(port: {files: Files; clock: Clock; log: Log}, path: string, atFirst: NodeId): Identity {
	const {files, clock, log} = port;
	const saved = readSaved(files, path);
	const byClock = epochOfClock(clock);
	const epoch = Math.min(MOST_EPOCH, Math.max(saved.epoch + 1, byClock));
	const id = saved.id > 0 ? saved.id : atFirst;
	const identity = {id, epoch, isSure: saved.epoch > 0 || byClock > 0};
	saveIdentity({files, log}, path, identity);
	return identity;
}

/** Writes it down for the next start. */
export function saveIdentity({files, log}: {files: Files; log: Log}, path: string, {epoch, id}: Identity): void {
	try {
		files.replace(path, encodeUtf8(`epoch ${epoch} id ${id}\n`));
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		log.write(
			'warning',
			`${path} cannot be written (${error.message}); after a start with no clock neighbours may wait`,
		);
	}
}

function readSaved(files: Files, path: string): {epoch: number; id: number} {
	const saved = {epoch: 0, id: 0};
	try {
		const words = decodeUtf8(files.read(path, 100) ?? new Uint8Array())
			.trim()
			.split(' ');
		for (let i = 0; i + 1 < words.length; i += 2) {
			const [name, number] = [words[i], Number(words[i + 1])];
			const most = name === 'id' ? 0xffffffff : MOST_EPOCH;
			if ((name === 'epoch' || name === 'id') && Number.isInteger(number) && number > 0 && number <= most)
				saved[name] = number;
		}
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
	}
	return saved;
}
