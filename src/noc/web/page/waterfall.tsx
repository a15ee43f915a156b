// SPDX-License-Identifier: Apache-2.0
import {useEffect, useId, useLayoutEffect, useRef, useState} from 'preact/hooks';
import {stepTo} from './chart.tsx';
import {formatMhz, formatMoment, formatShare, strings} from './format.ts';
import type {SpectrumPanel} from './spectrum-panel.ts';
import {TableTwin} from './table-twin.tsx';
import {scheme} from './theme.ts';
import {drawWaterfall, heightOf, ramp, stepAt} from './waterfall-plot.ts';

/** A spectrum over time, with its words: the strongest, who sends, what a colour means, and every figure in a table. */
export function Waterfall({panel}: {panel: SpectrumPanel}) {
	const canvas = useRef<HTMLCanvasElement>(null);
	const [width, setWidth] = useState(0);
	const [place, setPlace] = useState<number | undefined>(undefined);
	const id = useId();
	const height = heightOf(panel);

	useLayoutEffect(() => {
		const holder = canvas.current?.parentElement;
		if (holder === null || holder === undefined) return;
		const measure = () => setWidth(Math.max(240, holder.clientWidth));
		measure();
		const watcher = new ResizeObserver(measure);
		watcher.observe(holder);
		return () => watcher.disconnect();
	}, []);
	const theme = scheme.value;
	useEffect(() => {
		const element = canvas.current;
		const context = element?.getContext('2d');
		if (element === null || context === null || context === undefined || width === 0) return;
		const scale = window.devicePixelRatio || 1;
		element.width = Math.round(width * scale);
		element.height = Math.round(height * scale);
		context.setTransform(scale, 0, 0, scale, 0, 0);
		void theme; // another theme has other colours
		drawWaterfall(context, panel, width, place);
	}, [panel, width, height, place, theme]);

	const count = panel.lines[0]?.values.length ?? 0;
	const shown = place ?? lastOf(panel);
	return (
		<section class="card chart spectrum" aria-labelledby={`${id}-title`}>
			<div class="chart-head">
				<h2 id={`${id}-title`}>{panel.title}</h2>
				<p>{place === undefined ? '' : momentAt(panel, place)}</p>
			</div>
			<p class="summary" id={`${id}-summary`}>
				{panel.summary}
			</p>
			<div
				class="plot waterfall"
				role="slider"
				tabIndex={0}
				aria-label={strings.chartHelp}
				aria-valuemin={0}
				aria-valuemax={count - 1}
				aria-valuenow={shown}
				aria-valuetext={`${momentAt(panel, shown)}: ${strongestAt(panel, shown)}`}
				aria-describedby={`${id}-summary`}
				onKeyDown={event => {
					const to = stepTo(event.key, shown, count);
					if (to === undefined) return;
					event.preventDefault();
					setPlace(to);
				}}
				onPointerMove={event => setPlace(stepAt(panel, width, event.offsetX))}
				onPointerLeave={() => setPlace(undefined)}
			>
				<canvas ref={canvas} />
			</div>
			<ul class="legend">
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
					<span class="legend-value">{strongestAt(panel, shown)}</span>
				</li>
			</ul>
			<TableTwin panel={panel} />
		</section>
	);
}

function lastOf({lines}: SpectrumPanel): number {
	const count = lines[0]?.values.length ?? 0;
	for (let i = count - 1; i >= 0; i--) if (lines.some(({values}) => typeof values[i] === 'number')) return i;
	return Math.max(0, count - 1);
}

function momentAt({lines, fromMs, stepMs}: SpectrumPanel, place: number): string {
	return formatMoment(fromMs + place * stepMs, stepMs, (lines[0]?.values.length ?? 0) * stepMs);
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
