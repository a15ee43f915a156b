// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../core/text.ts';
import type {Files} from '../../port/port.ts';
import {type Original, readOriginals, writeOriginals} from './queues.ts';

/** The queues that gated devices had before: gone with the router's memory, as the gates are. */
const GATES = '/var/run/astral-mesh/gates';

const MOST_BYTES = 65_536;

/** What stood where gates stand, in a file that outlives the agent. */
export class Originals {
	readonly #files: Files;

	constructor(files: Files) {
		this.#files = files;
	}

	of(interfaceIndex: number): Original['queue'] {
		try {
			return this.#read().find(each => each.interfaceIndex === interfaceIndex)?.queue;
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			return undefined;
		}
	}

	/** Answers a sentence where it cannot be written though it must: the kernel's own queue comes back without. */
	note(original: Original): string | undefined {
		try {
			const others = this.#read().filter(each => each.interfaceIndex !== original.interfaceIndex);
			this.#write([...others, original]);
			return undefined;
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			return original.queue === undefined ? undefined : `what queue there was cannot be noted: ${error.message}`;
		}
	}

	/** It is back. */
	strike(interfaceIndex: number): void {
		try {
			const all = this.#read();
			const others = all.filter(each => each.interfaceIndex !== interfaceIndex);
			if (others.length < all.length) this.#write(others);
		} catch (error) {
			// The line tells of a device that has no gate, and is not read then.
			if (!(error instanceof PortError)) throw error;
		}
	}

	#read(): Original[] {
		const bytes = this.#files.read(GATES, MOST_BYTES);
		return bytes === undefined ? [] : readOriginals(decodeUtf8(bytes));
	}

	#write(originals: readonly Original[]): void {
		if (originals.length === 0) this.#files.remove(GATES);
		else this.#files.replace(GATES, encodeUtf8(writeOriginals(originals)), 0o640);
	}
}
