// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {FIELDS, isEmpty} from './bucket.ts';
import {decodeChunk} from './chunk.ts';
import type {StoreDriver, StoredSeries} from './driver.ts';
import {hasLabels, type Range, RangeAnswer, type RangeSeries, type SeriesRange, tierFor} from './range.ts';
import {HOUR_MS} from './roll.ts';
import {decodeRollup, familyOf, type Tier} from './rollup.ts';

/** Reads a range from the database. */
export function storedRange(driver: StoreDriver, range: Range): RangeSeries[] {
	const answer = new RangeAnswer(range);
	const wanted = new Map<number, {series: StoredSeries; into: SeriesRange}>();
	for (const name of range.names)
		for (const series of driver.seriesByName(name, range.nodes))
			if (hasLabels(series.labels, range.labels))
				wanted.set(series.id, {series, into: answer.series(series.node, series)});
	if (wanted.size === 0) return [];
	const tier = tierFor(range.stepMs);
	if (tier === undefined) readChunks(driver, range, wanted);
	else readRollups(driver, range, wanted, tier);
	return answer.list();
}

/** A row that cannot be read, the disk's fault or another release's, does not take the others with it. */
function readable<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch (error) {
		if (error instanceof DecodeError) return undefined;
		throw error;
	}
}

type Wanted = ReadonlyMap<number, {series: StoredSeries; into: SeriesRange}>;

function readRollups(driver: StoreDriver, range: Range, wanted: Wanted, tier: Tier): void {
	const is = (id: number) => wanted.has(id);
	for (const family of new Set(range.names.map(familyOf))) {
		const fromMs = range.fromMs - (range.fromMs % tier.spanMs);
		for (const {spanStartMs, bytes} of driver.rollups(tier.id, family, range.nodes, fromMs, range.toMs))
			for (const [id, {cells}] of readable(() => decodeRollup(bytes, tier, spanStartMs, is)) ?? []) {
				const target = wanted.get(id);
				if (target === undefined) continue;
				for (let at = 0, timeMs = spanStartMs; at < cells.length; at += FIELDS, timeMs += tier.bucketMs)
					if (!isEmpty(cells, at)) target.into.addStored(timeMs, cells, at, target.series.scale);
			}
	}
}

function readChunks(driver: StoreDriver, range: Range, wanted: Wanted): void {
	const nodes = new Set([...wanted.values()].map(({series}) => series.node));
	const is = (id: number) => wanted.has(id);
	// An hour more in front: counters need the reading before the first one of the range.
	const fromMs = range.fromMs - (range.fromMs % HOUR_MS) - HOUR_MS;
	for (const node of nodes)
		for (const {bytes} of driver.chunks(node, fromMs, range.toMs)) {
			const {timesMs, series} = readable(() => decodeChunk(bytes, is)) ?? {timesMs: [], series: []};
			for (const [id, values] of series) {
				const target = wanted.get(id);
				if (target === undefined) continue;
				const {scale} = target.series;
				for (let i = 0; i < values.length; i++) {
					const value = values[i];
					if (value !== undefined) target.into.add(timesMs[i] ?? 0, value / scale);
				}
			}
		}
}
