// SPDX-License-Identifier: Apache-2.0
import {Chart} from './chart.tsx';
import {Decisions} from './decisions.tsx';
import {formatAge, formatBytes, formatCount, formatLoad, formatSpan, strings} from './format.ts';
import {State} from './icons.tsx';
import {LatencyBands} from './latency-bands.tsx';
import {latencyPanelsOf} from './latency-panel.ts';
import {
	clockOffsetMs,
	current,
	decisions,
	latest,
	nodes,
	nowMs,
	pageSeries,
	type RangeKey,
	range,
	ranges,
	route,
	slots,
} from './model.ts';
import {panelsOf} from './panels.ts';
import {RoutingTable} from './routing-table.tsx';
import {Slots} from './slots.tsx';
import {spectrumPanelsOf} from './spectrum-panel.ts';
import {Waterfall} from './waterfall.tsx';

const USUAL_INTERVAL_MS = 60_000;

export function NodePage() {
	const node = route.value ?? '';
	const summary = current.value;
	if (nodes.value === undefined) return <p class="quiet">{strings.waiting}</p>;
	return (
		<>
			<p class="crumb">
				<a href="#/">← {strings.back}</a>
			</p>
			<div class="heading">
				<h1>{node}</h1>
				{summary !== undefined && <State state={summary.state} />}
				<RangePicker />
			</div>
			{summary === undefined ? <p class="quiet">{strings.unknownNode(node)}</p> : <Facts />}
			<Decisions decisions={decisions.value} />
			<Slots radios={slots.value} />
			<Charts intervalMs={summary?.intervalMs ?? USUAL_INTERVAL_MS} />
		</>
	);
}

function RangePicker() {
	return (
		<fieldset class="ranges">
			<legend class="unseen">{strings.range}</legend>
			{(Object.keys(ranges) as RangeKey[]).map(key => (
				<label key={key}>
					<input
						type="radio"
						name="range"
						checked={range.value === key}
						onChange={() => {
							range.value = key;
						}}
					/>
					<span>{strings.ranges[key]}</span>
				</label>
			))}
		</fieldset>
	);
}

function Facts() {
	const summary = current.value;
	if (summary === undefined) return null;
	const values = latest.value;
	const one = (name: string) => values.find(value => value.name === name)?.value;
	const uptimeS = one('system.uptimeS');
	const load = one('system.load1');
	const free = one('system.memoryAvailableBytes');
	const memory = one('system.memoryTotalBytes');
	const clients = values.filter(({name}) => name === 'clients.count');
	const {fact} = strings;
	const facts: [string, string | undefined][] = [
		[fact.lastReport, formatAge(nowMs.value + clockOffsetMs.value - summary.lastSeenMs)],
		[
			fact.interval,
			summary.intervalMs === undefined ? undefined : strings.everySeconds(formatCount(summary.intervalMs / 1000)),
		],
		[fact.uptime, uptimeS === undefined ? undefined : formatSpan(uptimeS)],
		[fact.load, load === undefined ? undefined : formatLoad(load)],
		[
			fact.memory,
			free === undefined || memory === undefined ? undefined : strings.ofTotal(formatBytes(free), formatBytes(memory)),
		],
		[fact.clients, clients.length === 0 ? undefined : formatCount(clients.reduce((sum, {value}) => sum + value, 0))],
		[fact.lost, summary.counts.gaps === 0 ? undefined : formatCount(summary.counts.gaps)],
		[fact.software, summary.software],
	];
	return (
		<dl class="facts">
			{facts.map(
				([term, text]) =>
					text !== undefined && (
						<div key={term}>
							<dt>{term}</dt>
							<dd>{text}</dd>
						</div>
					),
			)}
		</dl>
	);
}

function Charts({intervalMs}: {intervalMs: number}) {
	const answer = pageSeries.value;
	if (answer === undefined) return <p class="quiet">{strings.loading}</p>;
	const panels = panelsOf(answer, intervalMs);
	const spectra = spectrumPanelsOf(answer);
	const latencies = latencyPanelsOf(answer, intervalMs);
	if (panels.length + spectra.length + latencies.length === 0) return <p class="quiet">{strings.noCharts}</p>;
	return (
		<div class="charts">
			{panels.map(panel => (
				<Chart key={panel.key} panel={panel} />
			))}
			<RoutingTable values={latest.value} />
			{latencies.map(panel => (
				<LatencyBands key={panel.key} panel={panel} />
			))}
			{spectra.map(panel => (
				<Waterfall key={panel.key} panel={panel} />
			))}
		</div>
	);
}
