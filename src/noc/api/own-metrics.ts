// SPDX-License-Identifier: Apache-2.0
import {collectDefaultMetrics, Gauge, Registry} from 'prom-client';
import type {NodeRecord} from '../ingest/intake.ts';
import {nodeState} from '../node-state.ts';
import type {CollectorStatus} from '../status.ts';

type Counts = keyof NodeRecord['counts'];
const outcomes: readonly [Counts, string][] = [
	['samples', 'sample'],
	['duplicates', 'duplicate'],
	['gaps', 'gap'],
	['decodeErrors', 'undecodable'],
];

/** The collector's own metrics, `mesh_noc_…`. They are read from where they are kept when they are asked for. */
export function ownMetrics(status: CollectorStatus, wallMs: () => number): Registry {
	const registry = new Registry();
	collectDefaultMetrics({register: registry, prefix: 'mesh_noc_'});
	const {intake, log, store} = status;
	const total = (count: Counts) => {
		let sum = 0;
		for (const record of intake.nodes.values()) sum += record.counts[count];
		return sum;
	};
	// A total that is kept elsewhere is set, which prom-client allows to gauges only: the type is corrected on output.
	const add = (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void) =>
		new Gauge({
			name,
			help,
			labelNames,
			registers: [registry],
			collect() {
				collect(this);
			},
		});
	add('mesh_noc_nodes', 'Nodes known, by state', ['state'], gauge => {
		for (const state of ['online', 'late', 'offline', 'silent']) gauge.set({state}, 0);
		for (const record of intake.nodes.values()) gauge.inc({state: nodeState(record, wallMs())});
	});
	add('mesh_noc_connections', 'Open MQTT connections', [], gauge => gauge.set(status.connections()));
	add('mesh_noc_messages_total', 'Telemetry messages, by what became of them', ['outcome'], gauge => {
		for (const [count, outcome] of outcomes) gauge.set({outcome}, total(count));
	});
	add('mesh_noc_keyframe_requests_total', 'Keyframes asked for', [], gauge => gauge.set(total('keyframeRequests')));
	add('mesh_noc_refused_total', 'Rules broken by clients, by MQTT 5 reason code', ['reason'], gauge => {
		for (const [code, times] of status.refused) gauge.set({reason: String(code)}, times);
	});
	add('mesh_noc_throttled_total', 'Times a client was made to wait', [], gauge => gauge.set(status.throttled));
	add('mesh_noc_log_commits_total', 'Groups of messages committed', [], gauge => gauge.set(log.commits));
	add('mesh_noc_log_committed_bytes_total', 'Bytes committed', [], gauge => gauge.set(log.committedBytes));
	add('mesh_noc_log_bytes', 'Bytes in the log that are not rolled yet', [], gauge => gauge.set(status.logBytes()));
	add('mesh_noc_disk_full', '1 while the disk takes nothing', [], gauge =>
		gauge.set(log.health.state === 'disk-full' || store.rollHealth.state === 'disk-full' ? 1 : 0),
	);
	add('mesh_noc_rolls_total', 'Times the log was rolled into the database', [], gauge => gauge.set(store.rolls));
	add('mesh_noc_roll_duration_seconds', 'Duration of the last roll', [], gauge =>
		gauge.set((store.lastRoll?.tookMs ?? 0) / 1000),
	);
	return registry;
}

/** The text of the registry, totals being counters. */
export async function ownMetricsText(registry: Registry): Promise<string> {
	return (await registry.metrics()).replaceAll(/^# TYPE (mesh_noc_\w+_total) gauge$/gm, '# TYPE $1 counter');
}
