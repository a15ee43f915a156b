// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import {decodeUtf8, encodeUtf8, isMadeOf, NAME_CHARACTERS} from '../../core/text.ts';
import type {EarlierMove} from '../../engine/context.ts';
import type {Clock, Files, Log} from '../../port/port.ts';
import {epochOfClock} from '../../source/peer/identity.ts';

const HOUR_S = 3600;
const MOST_BYTES = 2000;
/** Three radios move so often in an hour, and twice that where links would be lost otherwise. */
const MOST_MOVES = 12;

interface Entry {
	readonly name: string;
	/** By the wall clock. */
	readonly atS: number;
}

/**
 * The moves that radios made for a plan in the last hour, for a router that restarts: one small write each.
 *
 * Shape:  lines `RADIO SECONDS`, the time as in the file of starts. What is older than an hour is dropped at the next write.
 * Absent: a clock that is not set writes nothing down; a time that is still to come counts as now; lines that say something else
 *         count for nothing.
 */
export class MoveLedger {
	readonly #files: Files;
	readonly #clock: Clock;
	readonly #log: Log;
	readonly #path: string;

	/** `beside`: a file in the folder where the record is kept. */
	constructor(port: {readonly files: Files; readonly clock: Clock; readonly log: Log}, beside: string) {
		this.#files = port.files;
		this.#clock = port.clock;
		this.#log = port.log;
		this.#path = `${beside.slice(0, beside.lastIndexOf('/') + 1)}moves`;
	}

	note(name: string): void {
		const nowS = epochOfClock(this.#clock);
		if (nowS === 0) return;
		const entries = [...this.#read(nowS), {name, atS: nowS}].slice(-MOST_MOVES);
		try {
			this.#files.replace(this.#path, encodeUtf8(entries.map(({name, atS}) => `${name} ${atS}\n`).join('')));
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			this.#log.write(
				'warning',
				`${this.#path} cannot be written (${error.message}); after a restart this move is forgotten`,
			);
		}
	}

	/** Those of radios by their names, in the time of the clock. */
	movesOf(names: readonly string[]): readonly EarlierMove[] {
		const nowS = epochOfClock(this.#clock);
		return this.#read(nowS).flatMap(({name, atS}) => {
			const radio = names.indexOf(name);
			return radio < 0 ? [] : [{radio, atMs: this.#clock.nowMs() - Math.max(0, nowS - atS) * 1000}];
		});
	}

	#read(nowS: number): Entry[] {
		const entries: Entry[] = [];
		for (const line of this.#text().split('\n')) {
			const [name = '', time = ''] = line.split(' ');
			const atS = Number(time);
			if (name === '' || !isMadeOf(name, NAME_CHARACTERS) || time === '' || !Number.isInteger(atS) || atS <= 0)
				continue;
			if (nowS - atS < HOUR_S && entries.length < MOST_MOVES) entries.push({name, atS});
		}
		return entries;
	}

	#text(): string {
		try {
			return decodeUtf8(this.#files.read(this.#path, MOST_BYTES) ?? new Uint8Array());
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			return '';
		}
	}
}
