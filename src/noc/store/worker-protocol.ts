// SPDX-License-Identifier: Apache-2.0
import type {StoreSize} from './driver.ts';
import type {Range, RangeSeries} from './range.ts';
import type {RollResult} from './roll.ts';

/** What the thread of the database is asked. */
export type WorkerRequest =
	| {readonly kind: 'open'}
	| {readonly kind: 'roll'; readonly segments: readonly {readonly id: number; readonly path: string}[]}
	| {readonly kind: 'range'; readonly range: Range}
	| {readonly kind: 'retain'; readonly before: readonly {readonly tier: number; readonly timeMs: number}[]}
	| {readonly kind: 'size'}
	| {readonly kind: 'close'};

export interface WorkerResults {
	open: number;
	roll: RollResult;
	range: RangeSeries[];
	retain: number;
	size: StoreSize;
	close: undefined;
}

export interface WorkerAnswer {
	readonly id: number;
	readonly result?: unknown;
	readonly error?: {readonly message: string; readonly full: boolean};
}
