// SPDX-License-Identifier: Apache-2.0
import type {UbusStream, UbusStreamHandlers, UbusWorld} from '../../src/ubus-ts/client.ts';

interface Task {
	readonly dueMs: number;
	readonly run: () => void;
}

/** One recorded connection: what it was sent is given to the client by hand, what the client writes is kept, time is moved. */
export class UbusStage implements UbusWorld {
	readonly written: Uint8Array[] = [];
	handlers: UbusStreamHandlers | undefined;
	#nowMs = 0;
	readonly #tasks = new Set<Task>();

	connect(handlers: UbusStreamHandlers): UbusStream {
		this.handlers = handlers;
		return {write: bytes => this.written.push(bytes), queuedBytes: 0, close: () => {}};
	}

	after(delayMs: number, run: () => void): () => void {
		const task = {dueMs: this.#nowMs + delayMs, run};
		this.#tasks.add(task);
		return () => this.#tasks.delete(task);
	}

	/** Moves time on and runs what becomes due. */
	advanceTo(timeMs: number): void {
		for (;;) {
			let next: Task | undefined;
			for (const task of this.#tasks) if (next === undefined || task.dueMs < next.dueMs) next = task;
			if (next === undefined || next.dueMs > timeMs) break;
			this.#nowMs = Math.max(this.#nowMs, next.dueMs);
			this.#tasks.delete(next);
			next.run();
		}
		this.#nowMs = Math.max(this.#nowMs, timeMs);
	}
}
