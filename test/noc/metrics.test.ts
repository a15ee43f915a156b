// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {testCollector} from '../helper/collector.ts';
import {connectMesh} from '../helper/reporting-mesh.ts';

interface Sample {
	readonly name: string;
	readonly labels: Record<string, string>;
	readonly value: number;
}

/**
 * Reads Prometheus' text format and fails on what a server would refuse.
 *
 * Source: Prometheus, exposition formats, text format 0.0.4.
 */
function parseExposition(text: string): {samples: Sample[]; types: Map<string, string>} {
	const samples: Sample[] = [];
	const types = new Map<string, string>();
	const helps = new Set<string>();
	const finished = new Set<string>();
	const seen = new Set<string>();
	let family = '';
	const enter = (name: string) => {
		if (name === family) return;
		if (finished.has(name)) throw new Error(`${name} comes in two parts`);
		if (family !== '') finished.add(family);
		family = name;
	};
	if (!text.endsWith('\n')) throw new Error('the last line is not ended');
	for (const line of text.slice(0, -1).split('\n')) {
		if (line === '') continue;
		const meta = /^# (HELP|TYPE) ([A-Za-z_:][\w:]*) (.+)$/.exec(line);
		if (meta !== null) {
			const [, kind, name = '', rest = ''] = meta;
			enter(name);
			if (kind === 'HELP') {
				if (helps.has(name)) throw new Error(`second HELP of ${name}`);
				helps.add(name);
			} else {
				if (types.has(name)) throw new Error(`second TYPE of ${name}`);
				if (!['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest)) throw new Error(line);
				types.set(name, rest);
			}
			continue;
		}
		const sample = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
		if (sample === null) throw new Error(`not a sample: ${line}`);
		const [, name = '', inside = '', number = ''] = sample;
		const base = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
		enter(base);
		const labels: Record<string, string> = {};
		const rest = inside.replaceAll(
			/([A-Za-z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/g,
			(_all, key: string, value: string) => {
				if (key in labels) throw new Error(`${key} twice: ${line}`);
				labels[key] = value;
				return '';
			},
		);
		if (rest !== '') throw new Error(`labels: ${line}`);
		const value = Number(number.replace('+Inf', 'Infinity').replace('-Inf', '-Infinity'));
		if (Number.isNaN(value) && number !== 'NaN') throw new Error(`value: ${line}`);
		const identity = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
		if (seen.has(identity)) throw new Error(`twice: ${line}`);
		seen.add(identity);
		samples.push({name, labels, value});
	}
	return {samples, types};
}

test('metrics: are valid, under conventional names, in base units', async t => {
	const {httpUrl, mqttPort} = await testCollector(t);
	const startMs = Date.now() - 3 * 60_000;
	const mesh = await connectMesh(mqttPort, [
		{node: 'r1', seed: 1, startMs},
		{node: 'r2', seed: 2, startMs},
	]);
	t.teardown(() => mesh.close());
	await mesh.report(3);
	const response = await fetch(`${httpUrl}/metrics`);
	t.is(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
	const {samples, types} = parseExposition(await response.text());
	const [node] = mesh.nodes;
	const reported = (name: string, labels: Record<string, string>) => {
		const at = node?.series.findIndex(
			one => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
		);
		return node?.values[at ?? -1] ?? Number.NaN;
	};
	const found = (name: string, labels: Record<string, string>) =>
		samples.find(
			one =>
				one.name === name && Object.entries({node: 'r1', ...labels}).every(([key, value]) => one.labels[key] === value),
		)?.value;
	t.is(
		found('wifi_network_noise_dbm', {device: 'phy0', frequency: '2437'}),
		reported('channel.noiseDbm', {radio: 'phy0'}),
	);
	t.is(found('wifi_channel_busy_seconds_total', {device: 'phy1'}), reported('channel.busyMs', {radio: 'phy1'}) / 1000);
	t.is(
		found('wifi_station_signal_dbm', {ifname: 'mesh0', mac: '02:00:00:00:00:01'}),
		reported('station.signalDbm', {interface: 'mesh0'}),
	);
	t.is(
		found('node_network_receive_bytes_total', {device: 'br-lan'}),
		reported('interface.receiveBytes', {interface: 'br-lan'}),
	);
	t.is(found('node_load1', {}), reported('system.load1', {}) / 100);
	t.is(found('wifi_network_frequency_hertz', {device: 'phy0'}), 2.437e9);
	t.is(types.get('wifi_station_signal_dbm'), 'gauge');
	for (const [name, type] of types)
		if (!/^mesh_noc_(nodejs|process)/.test(name)) t.is(name.endsWith('_total'), type === 'counter', name);
	const own = (name: string, labels: Record<string, string> = {}) =>
		samples.find(one => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value))
			?.value;
	t.is(own('mesh_noc_messages_total', {outcome: 'sample'}), 6);
	t.is(own('mesh_noc_nodes', {state: 'online'}), 2);
	t.is(own('mesh_noc_connections'), 2);
	t.is(own('mesh_noc_disk_full'), 0);
});
