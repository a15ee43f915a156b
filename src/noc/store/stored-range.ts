// SPDX-License-Identifier: Apache-2.0
import {decodeChunk} from './chunk.ts';
import type {StoreDriver, StoredSeries} from './driver.ts';
import {hasLabels, type Range, RangeAnswer, type RangeSeries, type SeriesRange, tierFor} from './range.ts';
import {HOUR_MS} from './roll.ts';
import {decodeRollup, type Tier} from './rollup.ts';

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

type Wanted = ReadonlyMap<number, {series: StoredSeries; into: SeriesRange}>;

function readRollups(driver: StoreDriver, range: Range, wanted: Wanted, tier: Tier): void {
	for (const name of range.names) {
		const fromMs = range.fromMs - (range.fromMs % tier.spanMs);
		for (const {spanStartMs, bytes} of driver.rollups(tier.id, name, range.nodes, fromMs, range.toMs))
			for (const [id, {buckets}] of decodeRollup(bytes, tier, spanStartMs)) {
				const target = wanted.get(id);
				if (target === undefined) continue;
				for (const [place, bucket] of buckets)
					target.into.addStored(spanStartMs + place * tier.bucketMs, bucket, target.series.scale);
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
			const {timesMs, series} = decodeChunk(bytes, is);
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
