// SPDX-License-Identifier: Apache-2.0
import {type Connection, StandInUbusd} from '../../scripts/bench/ubus/stand-in-ubusd.ts';
import {UbusClient, type UbusOptions, type UbusStreamHandlers, type UbusWorld} from '../../src/ubus-ts/index.ts';

interface Task {
	readonly dueMs: number;
	readonly run: () => void;
}

/** A bus and its clients in virtual time: nothing happens but in `run`. */
export class Bus {
	ubusd = new StandInUbusd();
	/** Whether connections are taken. */
	isUp = true;
	/** What every client's stream says it has not sent yet. */
	queuedBytes = 0;
	nowMs = 0;
	readonly #tasks = new Set<Task>();
	readonly #lines = new Set<{readonly connection: Connection; readonly handlers: UbusStreamHandlers}>();

	world(): UbusWorld {
		const waiting = (): number => this.queuedBytes;
		return {
			after: (delayMs, task) => this.#after(delayMs, task),
			connect: handlers => {
				let connection: Connection | undefined;
				let isClosed = false;
				this.#after(0, () => {
					if (isClosed) return;
					if (!this.isUp) return handlers.close(new Error('refused'));
					handlers.open();
					const opened = this.ubusd.accept(bytes => {
						this.#after(0, () => {
							if (!isClosed) handlers.data(bytes);
						});
					});
					connection = opened;
					this.#lines.add({connection: opened, handlers});
				});
				const isThere = (): boolean => [...this.#lines].some(line => line.connection === connection);
				return {
					write: bytes => {
						this.#after(0, () => {
							if (!isClosed && isThere() && connection?.receive(bytes) === false) handlers.close();
						});
					},
					get queuedBytes() {
						return waiting();
					},
					close: () => {
						isClosed = true;
						connection?.close();
					},
				};
			},
		};
	}

	client(options?: UbusOptions): UbusClient {
		const client = new UbusClient(this.world(), options);
		client.start();
		this.run();
		return client;
	}

	/** Does all that is due, and what follows from it, for some time. */
	run(durationMs = 0): void {
		const endMs = this.nowMs + durationMs;
		for (;;) {
			let next: Task | undefined;
			for (const task of this.#tasks) if (next === undefined || task.dueMs < next.dueMs) next = task;
			if (next === undefined || next.dueMs > endMs) break;
			this.nowMs = next.dueMs;
			this.#tasks.delete(next);
			next.run();
		}
		this.nowMs = endMs;
	}

	/** ubusd ends, and all connections with it. */
	crash(): void {
		this.isUp = false;
		this.ubusd = new StandInUbusd();
		const lines = [...this.#lines];
		this.#lines.clear();
		for (const {handlers} of lines) handlers.close();
		this.run();
	}

	restart(): void {
		this.isUp = true;
	}

	#after(delayMs: number, run: () => void): () => void {
		const task = {dueMs: this.nowMs + delayMs, run};
		this.#tasks.add(task);
		return () => this.#tasks.delete(task);
	}
}
