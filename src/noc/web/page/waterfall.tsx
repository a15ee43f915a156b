// SPDX-License-Identifier: Apache-2.0
import {CanvasChart} from './canvas-chart.tsx';
import {formatMhz, formatShare, strings} from './format.ts';
import type {SpectrumPanel} from './spectrum-panel.ts';
import {drawWaterfall, heightOf, ramp, stepAt} from './waterfall-plot.ts';

/** A spectrum over time, with its words: the strongest, who sends, what a colour means, and every figure in a table. */
export function Waterfall({panel}: {panel: SpectrumPanel}) {
	return (
		<CanvasChart
			panel={panel}
			kind="spectrum"
			plotKind="waterfall"
			height={heightOf(panel)}
			draw={drawWaterfall}
			stepAt={stepAt}
			said={strongestAt}
			legend={legendOf}
		/>
	);
}

function legendOf(panel: SpectrumPanel, place: number) {
	return (
		<>
			<li>
				<span class="legend-value">{panel.format(panel.leastDbm)}</span>
				<svg class="scale" viewBox={`0 0 ${ramp.length} 1`} preserveAspectRatio="none" aria-hidden="true">
					{ramp.map((fill, i) => (
						<rect key={fill} x={i} y="0" width="1.02" height="1" fill={fill} />
					))}
				</svg>
				<span class="legend-value">{panel.format(panel.mostDbm)}</span>
			</li>
			<li>
				<span class="legend-label">{strings.strongest}</span>
				<span class="legend-value">{strongestAt(panel, place)}</span>
			</li>
		</>
	);
}

/** The strongest stretch of spectrum at a moment, and who sends. */
function strongestAt({lines, frequenciesMhz, lanes, format}: SpectrumPanel, place: number): string {
	let best: {dbm: number; mhz: number} | undefined;
	for (const [i, {values}] of lines.entries()) {
		const dbm = values[place];
		if (typeof dbm === 'number' && (best === undefined || dbm > best.dbm)) best = {dbm, mhz: frequenciesMhz[i] ?? 0};
	}
	if (best === undefined) return '–';
	const seen = lanes.flatMap(({label, values}) => {
		const confidence = values[place];
		return typeof confidence === 'number' ? [`${label} ${formatShare(confidence)}`] : [];
	});
	return [`${format(best.dbm)}, ${formatMhz(best.mhz)}`, ...seen].join(' · ');
}
