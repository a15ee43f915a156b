// SPDX-License-Identifier: Apache-2.0
// The thread that owns the database, so that rolling an hour or reading a year never holds up a message.
import {readFile} from 'node:fs/promises';
import {parentPort, workerData} from 'node:worker_threads';
import {isFull, type StoreDriver} from './driver.ts';
import type {RangeSeries} from './range.ts';
import {rollSegments} from './roll.ts';
import {Segment} from './segment.ts';
import {SqliteDriver} from './sqlite-driver.ts';
import {storedRange} from './stored-range.ts';
import type {WorkerAnswer, WorkerRequest} from './worker-protocol.ts';

const PAUSE_EVERY_MS = 4;
const port = parentPort;
if (port === null) throw new Error('this file is a worker thread');

let driver: StoreDriver | undefined;
let pausedAt = 0;

/** Lets queries in between the nodes of a roll. */
async function pause(): Promise<void> {
	const nowMs = performance.now();
	if (nowMs - pausedAt < PAUSE_EVERY_MS) return;
	await new Promise<void>(resolve => setImmediate(resolve));
	pausedAt = performance.now();
}

async function answer(request: WorkerRequest): Promise<unknown> {
	driver ??= new SqliteDriver((workerData as {path: string}).path);
	switch (request.kind) {
		case 'open':
			return driver.lastSegment();
		case 'roll': {
			const segments: Segment[] = [];
			for (const {id, path} of request.segments) {
				const segment = new Segment(id, 0);
				segment.load(await readFile(path));
				segments.push(segment);
			}
			return rollSegments(driver, segments, pause);
		}
		case 'range':
			return storedRange(driver, request.range);
		case 'retain':
			return request.before.reduce((sum, {tier, timeMs}) => sum + (driver?.removeBefore(tier, timeMs) ?? 0), 0);
		case 'size':
			return driver.size();
		case 'close':
			driver.close();
			return undefined;
	}
}

port.on('message', (request: WorkerRequest & {id: number}) => {
	answer(request).then(
		result => {
			const cells = request.kind === 'range' ? (result as RangeSeries[]).map(series => series.cells.buffer) : [];
			port.postMessage({id: request.id, result} satisfies WorkerAnswer, cells);
		},
		(error: unknown) => {
			const message = error instanceof Error ? error.message : String(error);
			port.postMessage({id: request.id, error: {message, full: isFull(error)}} satisfies WorkerAnswer);
		},
	);
});
