// SPDX-License-Identifier: Apache-2.0
import type {NodeRecord} from './ingest/intake.ts';

/**
 * How a node is doing, as far as its reports tell.
 *
 * online: samples come as announced. late: a few are missing. offline: the broker published its last will, or nothing
 * has come for long. silent: it is known and has not reported a sample yet.
 */
export type NodeState = 'online' | 'late' | 'offline' | 'silent';

const USUAL_INTERVAL_MS = 60_000;
const LATE_INTERVALS = 2.5;
const OFFLINE_INTERVALS = 10;
const SLACK_MS = 3000;

export function nodeState(record: NodeRecord, wallMs: number): NodeState {
	const intervalMs = record.stream.latestHello?.intervalMs ?? USUAL_INTERVAL_MS;
	const silenceMs = wallMs - record.lastSeenMs;
	if (record.connections === 0 && saysOffline(record.stateText)) return 'offline';
	if (silenceMs > OFFLINE_INTERVALS * intervalMs + SLACK_MS) return 'offline';
	if (record.lastSampleMs === undefined) return 'silent';
	return silenceMs > LATE_INTERVALS * intervalMs + SLACK_MS ? 'late' : 'online';
}

/** The agent's state text carries `online`; the broker publishes the one that says false when it loses the node. */
function saysOffline(text: string | undefined): boolean {
	if (text === undefined) return false;
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && (value as {online?: unknown}).online === false;
	} catch {
		return text === 'offline';
	}
}
