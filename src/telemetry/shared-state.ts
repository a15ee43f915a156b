// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../core/errors.ts';
import {encodeUtf8} from '../core/text.ts';
import type {Board} from '../model/board.ts';
import type {Files, Log} from '../port/port.ts';

// What LibreMesh's shared-state spreads of this router under the type astral_mesh: radios, their air time and mesh links,
// under the node's name. The agent writes a file; shared-state's own publisher, part of the package, hands it on.

export const SHARED_STATE_FILE = '/var/run/astral-mesh/shared-state.json';
const kinds: readonly string[] = ['radio', 'channel', 'station'];

export class SharedState {
	readonly #files: Files;
	readonly #board: Board;
	readonly #node: string;
	readonly #log: Log;
	#isFailureSaid = false;

	constructor(files: Files, board: Board, node: string, log: Log) {
		this.#files = files;
		this.#board = board;
		this.#node = node;
		this.#log = log;
	}

	start(): void {}

	stop(): void {
		this.#try(() => this.#files.remove(SHARED_STATE_FILE));
	}

	/** Writes the latest measurements, in memory: /var is no flash on OpenWrt. */
	poll(done: () => void): void {
		const lists: Record<string, object[]> = {radio: [], channel: [], station: []};
		for (const {kind, ...rest} of this.#board.latest())
			if (kinds.includes(kind) && (!('inUse' in rest) || rest.inUse)) lists[kind]?.push(rest);
		const {radio, channel, station} = lists;
		const text = JSON.stringify({[this.#node]: {radios: radio, channels: channel, links: station}});
		this.#try(() => this.#files.replace(SHARED_STATE_FILE, encodeUtf8(text), 0o644));
		done();
	}

	#try(task: () => void): void {
		try {
			task();
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			if (!this.#isFailureSaid) this.#log.write('warning', `shared-state: ${error.message} (said once)`);
			this.#isFailureSaid = true;
		}
	}
}
