// SPDX-License-Identifier: Apache-2.0
import {jainOf} from '../baseline/slot/methods.ts';
import type {RunRecord} from './record.ts';

/** What a run comes to in a few numbers, each better when it is larger unless `lessIsBetter` lists it. */
export interface Summary {
	readonly totalKbps: number;
	readonly minimumKbps: number;
	readonly medianKbps: number;
	/** Of the flows' throughput, each over what it asked for. */
	readonly jain: number;
	readonly medianDelayMs: number | undefined;
	readonly p99DelayMs: number | undefined;
	/** Shares of all attempts. */
	readonly collisionShare: number;
	readonly hiddenShare: number;
	readonly busiestAirShare: number;
}

export type Metric = keyof Summary;

/** Each metric as people read it. */
export const metrics: Readonly<
	Record<Metric, {readonly title: string; readonly unit: string; readonly digits: number}>
> = {
	totalKbps: {title: 'all flows together', unit: 'kbit/s', digits: 0},
	minimumKbps: {title: 'the flow that gets least', unit: 'kbit/s', digits: 0},
	medianKbps: {title: 'the flow in the middle', unit: 'kbit/s', digits: 0},
	jain: {title: "evenness (Jain's index)", unit: '', digits: 3},
	medianDelayMs: {title: 'delay, median', unit: 'ms', digits: 1},
	p99DelayMs: {title: 'delay, slowest hundredth', unit: 'ms', digits: 1},
	collisionShare: {title: 'attempts lost to collisions', unit: '', digits: 3},
	hiddenShare: {title: 'attempts lost to hidden nodes', unit: '', digits: 3},
	busiestAirShare: {title: 'air time where it is fullest', unit: '', digits: 3},
};

export const lessIsBetter: ReadonlySet<Metric> = new Set([
	'medianDelayMs',
	'p99DelayMs',
	'collisionShare',
	'hiddenShare',
	'busiestAirShare',
]);

export function summaryOf(record: RunRecord): Summary {
	const got = record.flows.map(({throughputKbps}) => throughputKbps);
	const shares = record.flows.map(({throughputKbps, offeredKbps}) =>
		offeredKbps === undefined || offeredKbps <= 0 ? throughputKbps : Math.min(1, throughputKbps / offeredKbps),
	);
	const sorted = [...got].sort((a, b) => a - b);
	const attempts = record.links.reduce((sum, link) => sum + link.attempts, 0);
	const lost = (pick: (link: RunRecord['links'][0]) => number): number =>
		attempts === 0 ? 0 : record.links.reduce((sum, link) => sum + pick(link) * link.attempts, 0) / attempts;
	const delays = (pick: (flow: RunRecord['flows'][0]) => number | undefined): number | undefined => {
		const known = record.flows.map(pick).filter(delay => delay !== undefined);
		return known.length === 0 ? undefined : known.reduce((sum, delay) => sum + delay, 0) / known.length;
	};
	return {
		totalKbps: got.reduce((sum, each) => sum + each, 0),
		minimumKbps: sorted[0] ?? 0,
		medianKbps: sorted[Math.floor(sorted.length / 2)] ?? 0,
		jain: jainOf(shares),
		medianDelayMs: delays(flow => flow.medianDelayMs),
		p99DelayMs: delays(flow => flow.p99DelayMs),
		collisionShare: lost(link => link.collisionShare),
		hiddenShare: lost(link => link.hiddenShare),
		busiestAirShare: Math.max(
			0,
			...record.radios.map(({transmitShare, receiveShare, busyShare}) => transmitShare + receiveShare + busyShare),
		),
	};
}
