// SPDX-License-Identifier: Apache-2.0
import type {NodeRecord} from './ingest/intake.ts';

export interface LatestValue {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly unit: string;
	readonly kind: 'gauge' | 'counter';
	readonly value: number;
	readonly timeMs: number;
}

/** A third party's value this much older than the node's last sample is not its latest any more. */
const JSON_LIFE_MS = 3_600_000;

/** The newest value of each series of a node, in their unit; what the node did not have at its last sample is left out. */
export function latestValues(record: NodeRecord): LatestValue[] {
	const values: LatestValue[] = [];
	const latest = record.stream.latest;
	if (latest !== undefined) {
		const timeMs = latest.frame.clockUnset ? (record.lastSampleMs ?? 0) : latest.frame.timeMs;
		for (const [i, {name, labels, unit, kind, scale}] of latest.hello.series.entries()) {
			const value = latest.frame.values[i];
			if (value !== undefined) values.push({name, labels, unit, kind, value: value / scale, timeMs});
		}
	}
	for (const {series, value, timeMs} of record.jsonLatest.values()) {
		const {name, labels, unit, kind, scale} = series;
		if (timeMs + JSON_LIFE_MS >= (record.lastSampleMs ?? 0))
			values.push({name, labels, unit, kind, value: value / scale, timeMs});
	}
	return values;
}
