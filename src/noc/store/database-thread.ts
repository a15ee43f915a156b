// SPDX-License-Identifier: Apache-2.0
import {Worker} from 'node:worker_threads';
import type {WorkerAnswer, WorkerRequest, WorkerResults} from './worker-protocol.ts';

/** A request that the database refused. */
export class DatabaseError extends Error {
	/** The disk is full. */
	readonly full: boolean;

	constructor(message: string, full: boolean) {
		super(message);
		this.name = 'DatabaseError';
		this.full = full;
	}
}

/** The database in its own thread. Answers come in the order of the requests, except that ranges pass a roll. */
export class DatabaseThread {
	readonly #worker: Worker;
	readonly #waiting = new Map<number, {resolve(result: unknown): void; reject(error: Error): void}>();
	#nextId = 0;
	#failure: Error | undefined;

	constructor(path: string) {
		this.#worker = startWorker(path);
		this.#worker.on('message', (answer: WorkerAnswer) => {
			const waiting = this.#waiting.get(answer.id);
			this.#waiting.delete(answer.id);
			if (answer.error === undefined) waiting?.resolve(answer.result);
			else waiting?.reject(new DatabaseError(answer.error.message, answer.error.full));
		});
		const fail = (error: Error) => {
			this.#failure = error;
			for (const waiting of this.#waiting.values()) waiting.reject(error);
			this.#waiting.clear();
		};
		this.#worker.on('error', fail);
		this.#worker.on('exit', () => fail(new DatabaseError('the database thread ended', false)));
	}

	ask<K extends WorkerRequest['kind']>(request: Extract<WorkerRequest, {kind: K}>): Promise<WorkerResults[K]> {
		return new Promise((resolve, reject) => {
			if (this.#failure !== undefined) {
				reject(this.#failure);
				return;
			}
			const id = ++this.#nextId;
			this.#waiting.set(id, {resolve: result => resolve(result as WorkerResults[K]), reject});
			this.#worker.postMessage({...request, id});
		});
	}

	async close(): Promise<void> {
		if (this.#failure === undefined) await this.ask({kind: 'close'});
		await this.#worker.terminate();
	}
}

function startWorker(path: string): Worker {
	const options = {workerData: {path}};
	if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), options);
	// A thread does not inherit the loader of TypeScript: it registers its own first.
	const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
	const file = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
	return new Worker(`import(${loader}).then(({register}) => { register(); return import(${file}); })`, {
		...options,
		eval: true,
	});
}
