// SPDX-License-Identifier: Apache-2.0
import {type Estimate, estimate} from '../measure/confidence.ts';
import type {RecordedFlow, RunRecord} from '../measure/record.ts';
import {type Metric, metrics, type Summary, summaryOf} from '../measure/summary.ts';

/** All runs of one variant. */
export interface Digest {
	readonly variant: string;
	readonly records: readonly RunRecord[];
	readonly estimates: Readonly<Record<Metric, Estimate>>;
	/** What each node got of what it asked for, 0 to 1, mean of the runs, in the order of the nodes. */
	readonly served: readonly number[];
	/** And how much that was. */
	readonly servedKbps: readonly number[];
	readonly askedKbps: number;
}

export function digestsOf(records: readonly RunRecord[]): readonly Digest[] {
	const variants = [...new Set(records.map(({variant}) => variant))];
	return variants.map(variant => {
		const own = records.filter(record => record.variant === variant);
		const summaries = own.map(summaryOf);
		const names = (own[0]?.nodes ?? []).map(({name}) => name);
		const perNode = own.map(record => names.map(name => gotBy(record, name)));
		const mean = (pick: (each: {share: number; kbps: number}) => number): number[] =>
			names.map((_, i) => perNode.reduce((sum, run) => sum + pick(run[i] ?? {share: 0, kbps: 0}), 0) / own.length);
		return {
			variant,
			records: own,
			estimates: Object.fromEntries(
				(Object.keys(metrics) as Metric[]).map(metric => [metric, estimate(known(summaries, metric))]),
			) as Record<Metric, Estimate>,
			served: mean(({share}) => share),
			servedKbps: mean(({kbps}) => kbps),
			askedKbps: Math.max(0, ...(own[0]?.flows ?? []).map(({offeredKbps = 0}) => offeredKbps)),
		};
	});
}

function known(summaries: readonly Summary[], metric: Metric): number[] {
	return summaries.map(summary => summary[metric]).filter(value => value !== undefined);
}

/** Of the traffic to a node; a gateway is the source of it and asks for nothing. */
function gotBy({flows}: RunRecord, name: string): {share: number; kbps: number} {
	const own = flows.filter(({to}) => to === name);
	const sum = (pick: (flow: RecordedFlow) => number): number => own.reduce((total, flow) => total + pick(flow), 0);
	const [got, asked] = [sum(flow => flow.throughputKbps), sum(flow => flow.offeredKbps ?? 0)];
	return {share: asked > 0 ? Math.min(1, got / asked) : 1, kbps: got};
}

/** The nodes that ask for something, by place in the list of nodes. */
export function askers({records}: Digest): readonly number[] {
	return (records[0]?.nodes ?? []).flatMap(({gateway}, place) => (gateway === true ? [] : [place]));
}
