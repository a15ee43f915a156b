// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import mqtt from 'mqtt';
import {lockFolder} from '../../../src/noc/store/lock.ts';
import {SqliteDriver} from '../../../src/noc/store/sqlite-driver.ts';
import {topicFor} from '../../../src/wire/report/topic.ts';
import {getJson, latestOf, nodesOf, seriesOf, temporaryFolder, testCollector} from '../../helper/collector.ts';
import {connectMesh} from '../../helper/reporting-mesh.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const limits = {packetsPerSecond: 1e6, bytesPerSecond: 1e9};
/** Full hours in the past, so that a step is a sample. */
const hoursAgo = (count: number) => Math.floor(Date.now() / HOUR_MS) * HOUR_MS - count * HOUR_MS;

test('store: gives every value back from the log, from the database and from both', async t => {
	const {mqttPort, httpUrl, store} = await testCollector(t, {limits});
	const startMs = hoursAgo(3);
	const mesh = await connectMesh(mqttPort, [
		{node: 'r1', seed: 1, startMs},
		{node: 'r2', seed: 2, startMs, radios: 1},
	]);
	t.teardown(() => mesh.close());
	const [first] = mesh.nodes;
	const place = first?.series.findIndex(({name}) => name === 'system.load1') ?? -1;
	const truth: number[] = [];
	const report = async (count: number) => {
		for (let i = 0; i < count; i++) {
			await mesh.report(1);
			truth.push((first?.values[place] ?? 0) / 100);
		}
	};
	const stored = async () =>
		(
			await seriesOf(httpUrl, {
				name: 'system.load1',
				node: 'r1',
				from: startMs,
				to: startMs + truth.length * MINUTE_MS,
				step: MINUTE_MS,
			})
		).series[0]?.mean;
	await report(70);
	t.deepEqual(await stored(), truth, 'from the log');
	t.like(await store.roll(), {nodes: 2, samples: 70 * mesh.nodes.reduce((sum, node) => sum + node.series.length, 0)});
	t.deepEqual(await stored(), truth, 'from the database');
	await report(40);
	t.deepEqual(await stored(), truth, 'from both');
	await store.roll();
	await store.roll();
	t.deepEqual(await stored(), truth, 'rolled in two parts');
	const five = await seriesOf(httpUrl, {
		name: 'system.load1',
		node: 'r1',
		from: startMs,
		to: startMs + 110 * MINUTE_MS,
		step: 300_000,
	});
	const groups = Array.from({length: 22}, (_, i) => truth.slice(i * 5, i * 5 + 5));
	t.is(five.stepMs, 300_000);
	t.deepEqual(
		five.series[0]?.min,
		groups.map(group => Math.min(...group)),
	);
	t.deepEqual(
		five.series[0]?.max,
		groups.map(group => Math.max(...group)),
	);
	for (const [i, group] of groups.entries()) {
		const mean = group.reduce((sum, value) => sum + value, 0) / group.length;
		t.true(Math.abs((five.series[0]?.mean[i] ?? 0) - mean) <= 0.005, `bucket ${i}: rounded to the scale`);
	}
});

test('store: gives counters as rates and channel use as shares, the same before and after a roll', async t => {
	const {mqttPort, httpUrl, store} = await testCollector(t, {limits});
	const startMs = hoursAgo(2);
	const mesh = await connectMesh(mqttPort, [{node: 'r1', seed: 5, startMs, radios: 1}]);
	t.teardown(() => mesh.close());
	await mesh.report(60);
	const ask = (step: number) =>
		seriesOf(httpUrl, {
			name: 'channel.busyShare,channel.transmitShare,channel.ownReceiveShare,channel.externalShare,interface.receiveBytes',
			node: 'r1',
			from: startMs,
			to: startMs + HOUR_MS,
			step,
			rate: true,
		});
	const before = await ask(300_000);
	await store.roll();
	const after = await ask(300_000);
	for (const [i, series] of before.series.entries()) {
		t.like(after.series[i], {name: series.name, labels: series.labels, unit: series.unit});
		t.deepEqual(after.series[i]?.mean, series.mean, series.name);
	}
	const of = (name: string) => after.series.find(series => series.name === name)?.mean ?? [];
	for (const [i, busy] of of('channel.busyShare').entries()) {
		const parts = ['channel.transmitShare', 'channel.ownReceiveShare', 'channel.externalShare'].map(
			name => of(name)[i] ?? 0,
		);
		t.true(Math.abs((busy ?? 0) - parts.reduce((sum, part) => sum + part, 0)) < 1e-5);
	}
	const node = mesh.nodes[0];
	const at =
		node?.series.findIndex(({name, labels}) => name === 'interface.receiveBytes' && labels.interface === 'br-lan') ??
		-1;
	const [hour] = (
		await seriesOf(httpUrl, {
			name: 'interface.receiveBytes',
			interface: 'br-lan',
			from: startMs,
			to: startMs + HOUR_MS,
			step: HOUR_MS,
			rate: true,
		})
	).series;
	t.is(hour?.unit, 'bytes/s');
	t.true(Math.abs((hour?.mean[0] ?? 0) * 59 * 60 - (node?.values[at] ?? 0)) / (node?.values[at] ?? 1) < 0.05);
});

test('store: what was acknowledged is there after a restart, and is not stored twice when it comes again', async t => {
	const dataFolder = await temporaryFolder(t);
	const startMs = hoursAgo(1);
	const first = await testCollector(t, {limits, dataFolder});
	const mesh = await connectMesh(first.mqttPort, [{node: 'r1', seed: 1, startMs}]);
	await mesh.report(10);
	const values = await latestOf(first.httpUrl, 'r1');
	await mesh.close();
	await first.stop();
	const second = await testCollector(t, {limits, dataFolder});
	t.deepEqual(await latestOf(second.httpUrl, 'r1'), values);
	await second.store.roll();
	await second.stop();
	const third = await testCollector(t, {limits, dataFolder});
	t.deepEqual(await latestOf(third.httpUrl, 'r1'), values);
	const again = await connectMesh(third.mqttPort, [{node: 'r1', seed: 1, startMs}]);
	t.teardown(() => again.close());
	await again.report(12);
	t.like(await nodesOf(third.httpUrl), [{counts: {duplicates: 10, samples: 2}}]);
	const {series} = await seriesOf(third.httpUrl, {
		name: 'system.uptimeS',
		from: startMs,
		to: startMs + 15 * MINUTE_MS,
		step: MINUTE_MS,
	});
	t.is(series[0]?.mean.filter(value => value !== null).length, 12);
});

test('store: keeps what third parties send as JSON', async t => {
	const {mqttPort, httpUrl, store} = await testCollector(t);
	const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {clientId: 'sensor'});
	t.teardown(() => client.end(true));
	const startMs = hoursAgo(2);
	for (let i = 0; i < 20; i++) {
		const values = [
			{name: 'weather.temperature', labels: {place: 'roof'}, unit: '°C', value: 20 + i / 8},
			...(i % 2 === 0 ? [{name: 'interface.receiveBytes', labels: {interface: 'eth0'}, value: i * 6000}] : []),
		];
		await client.publishAsync(topicFor('sensor', 't'), JSON.stringify({timeMs: startMs + i * MINUTE_MS, values}), {
			qos: 1,
		});
	}
	const ask = () =>
		seriesOf(httpUrl, {
			name: 'weather.temperature,interface.receiveBytes',
			from: startMs,
			to: startMs + 20 * MINUTE_MS,
			step: 300_000,
			rate: true,
		});
	const before = await ask();
	const [temperature, bytes] = before.series;
	t.like(temperature, {unit: '°C', kind: 'gauge', labels: {place: 'roof'}, min: [20, 20.625, 21.25, 21.875]});
	t.like(bytes, {unit: 'bytes/s', kind: 'rate', mean: [100, 100, 100, 100]});
	await store.roll();
	t.deepEqual(await ask(), before);
});

test('store: removes what is older than it is kept', async t => {
	const folder = await temporaryFolder(t);
	const driver = new SqliteDriver(join(folder, 'x.db'));
	t.teardown(() => driver.close());
	const bytes = Uint8Array.of(1);
	await driver.atomically(async () =>
		driver.write({
			segment: 4,
			chunks: [1000, 2000, 3000].map(startMs => ({node: 'r1', startMs, bytes})),
			rollups: [1, 2].flatMap(tier =>
				[1000, 2000].map(spanStartMs => ({tier, family: 'system', node: 'r1', spanStartMs, bytes})),
			),
		}),
	);
	t.is(driver.lastSegment(), 4);
	t.is(driver.removeBefore(0, 2000), 1);
	t.is(driver.removeBefore(1, 5000), 2);
	t.is(driver.removeBefore(2, 1000), 0);
	t.deepEqual(
		driver.chunks('r1', 0, 1e6).map(({startMs}) => startMs),
		[2000, 3000],
	);
	t.is(driver.rollups(1, 'system', undefined, 0, 1e6).length, 0);
	t.is(driver.rollups(2, 'system', undefined, 0, 1e6).length, 2);
});

test('store: a roll that fails leaves nothing of it behind', async t => {
	const folder = await temporaryFolder(t);
	const driver = new SqliteDriver(join(folder, 'x.db'));
	t.teardown(() => driver.close());
	const series = {name: 'a.b', labels: {}, unit: '1', scale: 1, kind: 'gauge', class: 'public'} as const;
	await t.throwsAsync(
		driver.atomically(async () => {
			driver.seriesIds('r1', [series]);
			driver.write({segment: 9, chunks: [{node: 'r1', startMs: 1, bytes: Uint8Array.of(1)}], rollups: []});
			throw new Error('power cut');
		}),
	);
	t.is(driver.lastSegment(), 0);
	t.deepEqual(driver.nodes(), []);
	t.deepEqual(driver.chunks('r1', 0, 10), []);
	const [id] = await driver.atomically(async () => driver.seriesIds('r1', [series]));
	t.deepEqual(
		driver.seriesOfNode('r1').map(one => one.id),
		[id],
	);
});

test('data folder: is one process’ own, and what a killed one left is no hindrance', async t => {
	const folder = await temporaryFolder(t);
	const release = lockFolder(folder, 'mesh-noc.db');
	t.throws(() => lockFolder(folder, 'mesh-noc.db'), {message: /in use by process/});
	release();
	writeFileSync(join(folder, 'collector.lock'), '4194303 1\n');
	mkdirSync(join(folder, 'mesh-noc.db.lock'));
	lockFolder(folder, 'mesh-noc.db')();
	t.deepEqual(readdirSync(folder), []);
	writeFileSync(join(folder, 'collector.lock'), `${process.pid} 1\n`); // our number, another start
	t.notThrows(() => lockFolder(folder, 'mesh-noc.db')());
});

test('api: says what is wrong with a question', async t => {
	const {httpUrl} = await testCollector(t);
	const refusal = async (path: string) => {
		const response = await fetch(`${httpUrl}${path}`);
		return {status: response.status, ...((await response.json()) as {error: {code: string; path?: string}})};
	};
	t.like(await refusal('/api/v1/series'), {status: 400, error: {code: 'missing', path: 'name'}});
	t.like(await refusal('/api/v1/series?name=a&step=abc'), {status: 400, error: {code: 'type', path: 'step'}});
	t.like(await refusal('/api/v1/series?name=a&step=10'), {status: 400, error: {code: 'type', path: 'step'}});
	t.like(await refusal('/api/v1/series?name=a&rate=maybe'), {status: 400, error: {code: 'type', path: 'rate'}});
	t.like(await refusal('/api/v1/series?name=a&from=9&to=5'), {status: 400, error: {code: 'range', path: 'to'}});
	t.like(await refusal('/api/v1/series?name=a&from=0&step=1000'), {status: 400, error: {code: 'limit', path: 'step'}});
	t.like(await refusal('/api/v1/latest?node=../x'), {status: 400, error: {code: 'type', path: 'node'}});
	t.like(await refusal('/api/v1/latest?node=nobody'), {status: 404, error: {code: 'not-found', path: 'node'}});
	t.like(await refusal('/api/v2/'), {status: 404, error: {code: 'not-found'}});
	const description = await getJson<{openapi: string; paths: Record<string, unknown>}>(
		`${httpUrl}/api/v1/openapi.json`,
	);
	t.is(description.openapi, '3.1.0');
	t.true('/api/v1/series' in description.paths);
});
