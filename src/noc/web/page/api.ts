// SPDX-License-Identifier: Apache-2.0
import type {DecisionsAnswer, NodeSummary, SeriesAnswer, SlotsAnswer, StatusAnswer} from '../../api/schema.ts';

export type {NodeSummary, SeriesAnswer, StatusAnswer};
export type Decision = DecisionsAnswer['decisions'][number];
export type RadioSlots = SlotsAnswer['radios'][number];
export type SeriesRow = SeriesAnswer['series'][number];

export interface LatestValue {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly unit: string;
	readonly value: number;
	readonly timeMs: number;
}

async function getJson<T>(path: string): Promise<T> {
	const response = await fetch(path, {headers: {Accept: 'application/json'}});
	if (!response.ok) throw new Error(`${path}: ${response.status}`);
	return (await response.json()) as T;
}

export const fetchNodes = () => getJson<{timeMs: number; nodes: NodeSummary[]}>('/api/v1/nodes');
export const fetchStatus = () => getJson<StatusAnswer>('/api/v1/status');

export function fetchLatest(node: string): Promise<{values: LatestValue[]}> {
	return getJson(`/api/v1/latest?node=${encodeURIComponent(node)}`);
}

export function fetchDecisions(node: string): Promise<DecisionsAnswer> {
	return getJson(`/api/v1/decisions?node=${encodeURIComponent(node)}`);
}

export function fetchSlots(node: string): Promise<SlotsAnswer> {
	return getJson(`/api/v1/slots?node=${encodeURIComponent(node)}`);
}

export interface SeriesRequest {
	readonly names: readonly string[];
	readonly node?: string;
	readonly fromMs: number;
	readonly toMs: number;
	readonly stepMs: number;
}

export function fetchSeries({names, node, fromMs, toMs, stepMs}: SeriesRequest): Promise<SeriesAnswer> {
	const query = new URLSearchParams({
		name: names.join(','),
		from: String(Math.round(fromMs)),
		to: String(Math.round(toMs)),
		step: String(stepMs),
		rate: 'true',
		...(node === undefined ? {} : {node}),
	});
	return getJson(`/api/v1/series?${query}`);
}
