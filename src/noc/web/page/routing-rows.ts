// SPDX-License-Identifier: Apache-2.0
import type {LatestValue} from './api.ts';
import {formatAge, formatBitRate, formatCount, formatRatio, formatShare, strings} from './format.ts';

export interface RoutingRow {
	readonly protocol: string;
	readonly peer: string;
	readonly interface: string;
	readonly metric: string;
	readonly seen: string;
	/** It is a way out of the mesh, and whether it is the one in use. */
	readonly gateway: 'none' | 'offered' | 'used';
}

type Words = (value: number) => string;
const metrics: Readonly<Record<string, Words>> = {
	quality: formatShare,
	throughputKbps: value => formatBitRate(value * 1000),
	etx: value => strings.metricEtx(formatRatio(value)),
	cost: value => strings.metricCost(formatCount(value)),
};

/** What a node's routing says now, neighbours first, in an order that does not jump. */
export function routingRowsOf(values: readonly LatestValue[]): RoutingRow[] {
	const things = new Map<string, {labels: Readonly<Record<string, string>>; of: Map<string, number>; kind: string}>();
	for (const {name, labels, value} of values) {
		const [kind = '', quantity = ''] = name.split('.');
		if (kind !== 'link' && kind !== 'gateway') continue;
		const key = `${kind} ${JSON.stringify(labels)}`;
		const thing = things.get(key) ?? {labels, of: new Map<string, number>(), kind};
		things.set(key, thing);
		thing.of.set(quantity, value);
	}
	const rows = [...things.values()].map(({labels, of, kind}): RoutingRow => {
		const found = Object.entries(metrics).find(([name]) => of.has(name));
		const seenMs = of.get('lastSeenMs');
		const hops = of.get('hops');
		return {
			protocol: labels.protocol ?? '',
			peer: labels.peer ?? labels.gateway ?? '',
			interface: labels.interface ?? '',
			metric: found === undefined ? '–' : found[1](of.get(found[0]) ?? 0),
			seen: seenMs === undefined ? (hops === undefined ? '' : strings.hops(hops)) : formatAge(seenMs),
			gateway: kind === 'link' ? 'none' : of.get('selected') === 1 ? 'used' : 'offered',
		};
	});
	const order = {none: 0, used: 1, offered: 2};
	return rows.toSorted(
		(a, b) =>
			order[a.gateway] - order[b.gateway] ||
			a.protocol.localeCompare(b.protocol) ||
			a.peer.localeCompare(b.peer, undefined, {numeric: true}),
	);
}
