// SPDX-License-Identifier: Apache-2.0
import type {NodeRecord} from '../ingest/intake.ts';
import {nodeState} from '../node-state.ts';
import type {NodeSummary} from './schema.ts';

/** What the interface tells of a node. */
export function nodeSummary(record: NodeRecord, wallMs: number): NodeSummary {
	const hello = record.stream.latestHello;
	return {
		node: record.name,
		state: nodeState(record, wallMs),
		firstSeenMs: record.firstSeenMs,
		lastSeenMs: record.lastSeenMs,
		...(record.lastSampleMs === undefined ? {} : {lastSampleMs: record.lastSampleMs}),
		...(hello === undefined ? {} : {software: hello.software, intervalMs: hello.intervalMs, boot: hello.boot}),
		series: (hello?.series.length ?? 0) + record.jsonLatest.size,
		connections: record.connections,
		clock: {
			unset: record.clockUnset,
			...(record.clockSkewMs === undefined ? {} : {skewMs: record.clockSkewMs}),
		},
		counts: {...record.counts},
	};
}
