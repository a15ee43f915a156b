// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import type {SeriesAnswer} from '../../../src/noc/web/page/api.ts';
import {latencyPanelsOf} from '../../../src/noc/web/page/latency-panel.ts';
import {colourOfLoss, niceStep} from '../../../src/noc/web/page/latency-scale.ts';
import {routingRowsOf} from '../../../src/noc/web/page/routing-rows.ts';

const STEPS = 30;

function row(name: string, target: string, at: (step: number) => number | null) {
	const values = Array.from({length: STEPS}, (_, step) => at(step));
	return {
		node: 'n',
		name,
		labels: {target},
		unit: 'us',
		kind: 'gauge' as const,
		min: values,
		mean: values,
		max: values,
	};
}

const answer = (series: SeriesAnswer['series']): SeriesAnswer => ({
	fromMs: 0,
	toMs: STEPS * 60_000,
	stepMs: 60_000,
	series,
});

function place(
	target: string,
	medianUs: (step: number) => number | null,
	loss: (step: number) => number | null = () => 0,
) {
	const scaled = (factor: number) => (step: number) => {
		const us = medianUs(step);
		return us === null ? null : us * factor;
	};
	return [
		row('latency.minimumUs', target, scaled(0.8)),
		row('latency.lowerQuartileUs', target, scaled(0.9)),
		row('latency.medianUs', target, medianUs),
		row('latency.upperQuartileUs', target, scaled(1.2)),
		row('latency.maximumUs', target, scaled(20)),
		row('latency.lossShare', target, loss),
	];
}

test('latency panel: there is one a place, those with names first', t => {
	const panels = latencyPanelsOf(
		answer([...place('192.0.2.10', () => 900), ...place('192.0.2.9', () => 900), ...place('gateway', () => 900)]),
		60_000,
	);
	t.deepEqual(
		panels.map(({title}) => title),
		['Round trips · gateway', 'Round trips · 192.0.2.9', 'Round trips · 192.0.2.10'],
	);
});

test('latency panel: the summary has the usual median, the worst and the loss, and the table reads in milliseconds', t => {
	const [panel] = latencyPanelsOf(
		answer(
			place(
				'gateway',
				step => (step === 5 ? 40_000 : 2000),
				step => (step < 3 ? 0.5 : 0),
			),
		),
		60_000,
	);
	t.regex(panel?.summary ?? '', /^Half of the time below 2\Dms, 40\Dms in the worst minute; 5\D%/);
	t.is(panel?.medianMs[5], 40);
	t.is(panel?.lines.at(-1)?.format?.(0.5).replace(/\s/, ' '), '50 %');
});

test('latency panel: one outlier does not make the picture flat', t => {
	const [panel] = latencyPanelsOf(answer(place('gateway', () => 2000)), 60_000);
	t.true((panel?.topMs ?? 0) < 8, `${panel?.topMs}`);
	t.is(panel?.mostMs[0], 40);
});

test('latency panel: where everything was lost there is no time but a loss', t => {
	const [panel] = latencyPanelsOf(
		answer(
			place(
				'gateway',
				() => null,
				() => 1,
			),
		),
		60_000,
	);
	t.deepEqual(
		panel?.lines.map(({label}) => label),
		['lost'],
	);
	t.regex(panel?.summary ?? '', /^Half of the time below –, – in the worst minute; 100\D% lost/);
	t.true((panel?.topMs ?? 0) > 0);
});

test('latency panel: what was said stands until it is said again, and not for long', t => {
	const seen = (step: number): boolean => step % 2 === 0 && step < 10;
	const series = place(
		'gateway',
		step => (seen(step) ? 2000 : null),
		step => (seen(step) ? 0 : null),
	);
	const [panel] = latencyPanelsOf(answer(series), 60_000);
	t.is(panel?.medianMs[3], 2);
	t.is(panel?.medianMs[20], null);
	t.deepEqual(latencyPanelsOf(answer([row('latency.lossShare', 'x', () => null)]), 60_000), []);
});

test('latency plot: each class of loss has its colour, and steps of the axis are round', t => {
	t.deepEqual([0, 0.01, 0.05, 0.1, 0.5, 1].map(colourOfLoss), [
		'--good',
		'--line-0',
		'--line-0',
		'--line-3',
		'--bad',
		'--bad',
	]);
	t.deepEqual([0.3, 1, 1.2, 7, 45].map(niceStep), [0.5, 1, 2, 10, 50]);
});

test('routing table: neighbours come first, then the way out in use; each metric reads in its own words', t => {
	const value = (name: string, labels: Record<string, string>, of: number) => ({
		name,
		labels,
		unit: '',
		value: of,
		timeMs: 0,
	});
	const rows = routingRowsOf([
		value('gateway.selected', {protocol: 'batman-iv', gateway: '02:00:00:00:00:0a'}, 0),
		value('gateway.quality', {protocol: 'batman-iv', gateway: '02:00:00:00:00:0a'}, 0.5),
		value('gateway.selected', {protocol: 'batman-iv', gateway: '02:00:00:00:00:0b'}, 1),
		value('link.quality', {protocol: 'batman-iv', interface: 'wlan0', peer: '02:00:00:00:00:02'}, 0.9),
		value('link.lastSeenMs', {protocol: 'batman-iv', interface: 'wlan0', peer: '02:00:00:00:00:02'}, 400),
		value('link.cost', {protocol: 'babel', interface: 'wlan0', peer: 'fe80::1'}, 256),
		value('system.load1', {}, 1),
	]);
	t.deepEqual(
		rows.map(({protocol, peer, metric, gateway}) => [protocol, peer, metric.replace(/\s/, ' '), gateway]),
		[
			['babel', 'fe80::1', 'cost 256', 'none'],
			['batman-iv', '02:00:00:00:00:02', '90 %', 'none'],
			['batman-iv', '02:00:00:00:00:0b', '–', 'used'],
			['batman-iv', '02:00:00:00:00:0a', '50 %', 'offered'],
		],
	);
});
