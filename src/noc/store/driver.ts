// SPDX-License-Identifier: Apache-2.0
import type {Series} from '../../wire/report/hello.ts';

/** In place of an id: the node has had too many series, and this one is not kept. */
export const NO_SERIES = -1;

/** A series of a node as the database knows it. */
export interface StoredSeries extends Series {
	readonly id: number;
	readonly node: string;
}

export interface ChunkRow {
	readonly node: string;
	readonly startMs: number;
	readonly bytes: Uint8Array;
}

export interface RollupRow {
	readonly node: string;
	readonly spanStartMs: number;
	readonly bytes: Uint8Array;
}

/** What one roll writes, all or nothing. */
export interface RollWrite {
	/** The last segment of the log that it contains. */
	readonly segment: number;
	readonly chunks: readonly ChunkRow[];
	readonly rollups: readonly (RollupRow & {readonly tier: number; readonly family: string})[];
}

export interface StoreSize {
	readonly bytes: number;
	readonly chunkBytes: number;
	readonly rollupBytes: number;
}

/**
 * The engine under the store. It keeps bytes by node, family and time, and knows nothing of what they mean.
 *
 * Errors: Error as the engine words it; `isFull` tells a full disk from others.
 */
export interface StoreDriver {
	/** The last segment that was rolled; 0 when none was. */
	lastSegment(): number;
	nodes(): string[];
	/** The ids of series, made where they are new; they stay the same for ever. NO_SERIES for one too many. */
	seriesIds(node: string, series: readonly Series[]): number[];
	/** Series of one name of all nodes, or of some. */
	seriesByName(name: string, nodes: readonly string[] | undefined): StoredSeries[];
	seriesOfNode(node: string): StoredSeries[];
	chunks(node: string, fromMs: number, toMs: number): ChunkRow[];
	rollups(
		tier: number,
		family: string,
		nodes: readonly string[] | undefined,
		fromMs: number,
		toMs: number,
	): RollupRow[];
	rollup(tier: number, family: string, node: string, spanStartMs: number): Uint8Array | undefined;
	/** Runs `work` all or nothing; it may wait in between, and reads meanwhile see what it wrote so far. */
	atomically<T>(work: () => Promise<T>): Promise<T>;
	/** Only within `atomically`. */
	write(roll: RollWrite): void;
	/** Removes what starts before these times; 0 tier is the chunks. */
	removeBefore(tier: number, timeMs: number): number;
	size(): StoreSize;
	close(): void;
}

export function isFull(error: unknown): boolean {
	return error instanceof Error && /disk is full|SQLITE_FULL|ENOSPC|disk I\/O error/i.test(error.message);
}
