// SPDX-License-Identifier: Apache-2.0
import {CanvasChart} from './canvas-chart.tsx';
import {formatShare, strings} from './format.ts';
import type {LatencyPanel} from './latency-panel.ts';
import {drawLatency, LATENCY_HEIGHT, latencyStepAt} from './latency-plot.ts';
import {lossColours} from './latency-scale.ts';

/** Round trips to one place, as smokeping draws them. */
export function LatencyBands({panel}: {panel: LatencyPanel}) {
	return (
		<CanvasChart
			panel={panel}
			kind="latency"
			plotKind="bands"
			height={LATENCY_HEIGHT}
			draw={drawLatency}
			stepAt={latencyStepAt}
			said={latencyAt}
			legend={legendOf}
		/>
	);
}

function legendOf(panel: LatencyPanel, place: number) {
	return (
		<>
			<li>
				<span class="legend-label">{strings.part.median}</span>
				<span class="legend-value">{latencyAt(panel, place)}</span>
			</li>
			{lossColours.map(({most, colour}) => (
				<li key={colour}>
					<svg class="key" viewBox="0 0 22 10" aria-hidden="true" focusable="false" style={{color: `var(${colour})`}}>
						<path d="M1 5H21" />
					</svg>
					<span class="legend-label">{most === 0 ? strings.lostNone : strings.lostUpTo(formatShare(most))}</span>
				</li>
			))}
		</>
	);
}

function latencyAt({medianMs, lowerMs, upperMs, lossShare, format}: LatencyPanel, place: number): string {
	const [median, lower, upper, lost] = [medianMs[place], lowerMs[place], upperMs[place], lossShare[place]];
	if (typeof lost !== 'number') return '–';
	const times =
		typeof median !== 'number'
			? []
			: typeof lower !== 'number' || typeof upper !== 'number'
				? [format(median)]
				: [`${format(median)} (${format(lower)} – ${format(upper)})`];
	return [...times, strings.lostShare(formatShare(lost))].join(' · ');
}
