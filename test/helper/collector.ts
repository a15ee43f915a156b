// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {NodeSummary, SeriesAnswer, StatusAnswer} from '../../src/noc/api/schema.ts';
import {type Collector, startCollector} from '../../src/noc/collector.ts';
import type {LatestValue} from '../../src/noc/latest.ts';
import type {CollectorOptions} from '../../src/noc/options.ts';

/** A collector of this test, stopped and removed after it. */
export async function testCollector(
	t: ExecutionContext,
	options: Partial<CollectorOptions> = {},
): Promise<Collector & {dataFolder: string}> {
	const dataFolder = options.dataFolder ?? (await temporaryFolder(t));
	const collector = await startCollector({
		mqtt: {host: '127.0.0.1', port: 0},
		roll: 'never',
		web: false,
		...options,
		dataFolder,
	});
	t.teardown(() => collector.stop());
	return {...collector, dataFolder};
}

export async function temporaryFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mesh-noc-test-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	return folder;
}

export async function getJson<T>(url: string): Promise<T> {
	const response = await fetch(url);
	if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
	return (await response.json()) as T;
}

export const nodesOf = async (url: string): Promise<NodeSummary[]> =>
	(await getJson<{nodes: NodeSummary[]}>(`${url}/api/v1/nodes`)).nodes;

export const latestOf = async (url: string, node: string): Promise<LatestValue[]> =>
	(await getJson<{values: LatestValue[]}>(`${url}/api/v1/latest?node=${node}`)).values;

export const statusOf = (url: string): Promise<StatusAnswer> => getJson(`${url}/api/v1/status`);

export const seriesOf = (url: string, query: Record<string, string | number | boolean>): Promise<SeriesAnswer> =>
	getJson(
		`${url}/api/v1/series?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))}`,
	);

/** Waits until something holds, which other processes and threads bring about; fails after `limitMs`. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
	const end = Date.now() + limitMs;
	while (!(await holds())) {
		if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
		await new Promise(resolve => setTimeout(resolve, 10));
	}
}
