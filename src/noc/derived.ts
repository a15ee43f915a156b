// SPDX-License-Identifier: Apache-2.0
import {COVERED_MS, FIELDS, get, INCREASE} from './store/bucket.ts';
import type {RangeSeries} from './store/range.ts';

/**
 * Names that are not reported but follow from counters that are: shares of the time a radio listened, 0 to 1.
 *
 * A share is the growth of one counter over that of `channel.activeMs` in the same span, so a span that the radio spent
 * elsewhere does not dilute it. externalShare is what neither we nor our own network sent; it needs
 * `channel.ownReceiveMs`, which not every driver counts. otherShare is busy time that was no frame for us to read.
 */
export const derivedNames = {
	'channel.busyShare': {plus: ['channel.busyMs'], minus: [], about: 'Share of time the channel was busy'},
	'channel.transmitShare': {plus: ['channel.transmitMs'], minus: [], about: 'Share of time spent transmitting'},
	'channel.receiveShare': {plus: ['channel.receiveMs'], minus: [], about: 'Share of time spent receiving any frame'},
	'channel.ownReceiveShare': {
		plus: ['channel.ownReceiveMs'],
		minus: [],
		about: 'Share of time spent receiving frames of the own network',
	},
	'channel.externalShare': {
		plus: ['channel.busyMs'],
		minus: ['channel.transmitMs', 'channel.ownReceiveMs'],
		about: 'Share of time the channel was busy with others',
	},
	'channel.otherShare': {
		plus: ['channel.busyMs'],
		minus: ['channel.transmitMs', 'channel.receiveMs'],
		about: 'Share of time the channel was busy without a frame being sent or received',
	},
} as const satisfies Record<string, {plus: readonly string[]; minus: readonly string[]; about: string}>;

export type DerivedName = keyof typeof derivedNames;
const ACTIVE = 'channel.activeMs';

export function isDerived(name: string): name is DerivedName {
	return Object.hasOwn(derivedNames, name);
}

/** The reported names that a list of names needs. */
export function reportedNames(names: readonly string[]): string[] {
	const reported = new Set<string>();
	for (const name of names)
		if (!isDerived(name)) reported.add(name);
		else for (const part of [ACTIVE, ...derivedNames[name].plus, ...derivedNames[name].minus]) reported.add(part);
	return [...reported];
}

/** One derived series: a value a span. Absent: undefined where a counter is missing or the radio did not listen. */
export interface DerivedSeries {
	readonly node: string;
	readonly name: DerivedName;
	readonly labels: Readonly<Record<string, string>>;
	readonly values: (number | undefined)[];
}

export function derive(name: DerivedName, found: readonly RangeSeries[]): DerivedSeries[] {
	const {plus, minus} = derivedNames[name];
	const channels = new Map<string, Map<string, RangeSeries>>();
	for (const series of found) {
		const key = `${series.node} ${JSON.stringify(series.labels)}`;
		const parts = channels.get(key) ?? new Map<string, RangeSeries>();
		channels.set(key, parts.set(series.name, series));
	}
	const derived: DerivedSeries[] = [];
	for (const parts of channels.values()) {
		const active = parts.get(ACTIVE);
		if (active === undefined || ![...plus, ...minus].every(part => parts.has(part))) continue;
		const values: (number | undefined)[] = [];
		for (let at = 0; at < active.cells.length; at += FIELDS) {
			const whole = increaseOf(active, at);
			let sum = 0;
			for (const part of plus) sum += increaseOf(parts.get(part), at);
			for (const part of minus) sum -= increaseOf(parts.get(part), at);
			values.push(whole > 0 && !Number.isNaN(sum) ? Math.min(1, Math.max(0, sum / whole)) : undefined);
		}
		derived.push({node: active.node, name, labels: active.labels, values});
	}
	return derived;
}

/** NaN where the counter was not seen to grow. */
function increaseOf(series: RangeSeries | undefined, at: number): number {
	return series === undefined || get(series.cells, at, COVERED_MS) <= 0 ? Number.NaN : get(series.cells, at, INCREASE);
}
