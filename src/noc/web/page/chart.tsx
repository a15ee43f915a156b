// SPDX-License-Identifier: Apache-2.0
import {useEffect, useId, useLayoutEffect, useRef, useState} from 'preact/hooks';
import uPlot from 'uplot';
import {formatMoment, strings} from './format.ts';
import type {Panel} from './panels.ts';
import {plotData, plotOptions} from './plot.ts';
import {TableTwin} from './table-twin.tsx';
import {scheme} from './theme.ts';

/** One chart with its words: what it says in a sentence, what each line is, and every figure in a table. */
export function Chart({panel}: {panel: Panel}) {
	const holder = useRef<HTMLDivElement>(null);
	const plot = useRef<uPlot | undefined>(undefined);
	const [place, setPlace] = useState<number | undefined>(undefined);
	const id = useId();
	// Another set of lines, another theme or another scale is another plot; new values are not.
	const shape = `${scheme.value} ${panel.stacked} ${panel.lines.map(line => line.label).join()}`;
	const shown = useRef(panel);
	shown.current = panel;

	useLayoutEffect(() => {
		const element = holder.current;
		if (element === null) return;
		const made = new uPlot(
			plotOptions(
				() => shown.current,
				element.clientWidth,
				index => setPlace(index ?? undefined),
			),
			plotData(panel),
			element,
		);
		plot.current = made;
		const watcher = new ResizeObserver(() => made.setSize({width: element.clientWidth, height: made.height}));
		watcher.observe(element);
		return () => {
			watcher.disconnect();
			made.destroy();
			plot.current = undefined;
		};
	}, [shape]);
	useEffect(() => plot.current?.setData(plotData(panel)), [panel]);

	const count = panel.lines[0]?.values.length ?? 0;
	const move = (event: KeyboardEvent) => {
		const to = stepTo(event.key, place ?? count - 1, count);
		const made = plot.current;
		if (to === undefined || made === undefined) return;
		event.preventDefault();
		setPlace(to);
		made.setCursor({left: made.valToPos((panel.fromMs + to * panel.stepMs) / 1000, 'x'), top: 1});
	};
	return (
		<section class="card chart" aria-labelledby={`${id}-title`}>
			<div class="chart-head">
				<h2 id={`${id}-title`}>{panel.title}</h2>
				<p>{place === undefined ? '' : momentAt(panel, place)}</p>
			</div>
			<p class="summary" id={`${id}-summary`}>
				{panel.summary}
			</p>
			<div
				class="plot"
				ref={holder}
				role="slider"
				tabIndex={0}
				aria-label={strings.chartHelp}
				aria-valuemin={0}
				aria-valuemax={count - 1}
				aria-valuenow={place ?? count - 1}
				aria-valuetext={spoken(panel, place ?? count - 1)}
				aria-describedby={`${id}-summary`}
				onKeyDown={move}
			/>
			<Legend panel={panel} place={place} />
			<TableTwin panel={panel} />
		</section>
	);
}

function momentAt({lines, fromMs, stepMs}: Panel, place: number): string {
	return formatMoment(fromMs + place * stepMs, stepMs, (lines[0]?.values.length ?? 0) * stepMs);
}

/** What a screen reader says at a moment of the chart. */
function spoken(panel: Panel, place: number): string {
	const {lines, format} = panel;
	const said = lines.map(({label, values}) => {
		const value = values[place];
		return `${label} ${typeof value === 'number' ? format(value) : '–'}`;
	});
	return `${momentAt(panel, place)}: ${said.join(', ')}`;
}

/** Where a key leads in a chart of so many steps. */
export function stepTo(key: string, from: number, count: number): number | undefined {
	const clamp = (to: number) => Math.min(count - 1, Math.max(0, to));
	switch (key) {
		case 'ArrowLeft':
			return clamp(from - 1);
		case 'ArrowRight':
			return clamp(from + 1);
		case 'PageUp':
			return clamp(from - 20);
		case 'PageDown':
			return clamp(from + 20);
		case 'Home':
			return 0;
		case 'End':
			return count - 1;
		default:
			return undefined;
	}
}

/** What each line is, and its value under the cursor or, without one, the newest. */
function Legend({panel, place}: {panel: Panel; place: number | undefined}) {
	const {lines, format, stacked} = panel;
	const value = (values: Panel['lines'][number]['values']) => {
		const found = place === undefined ? values.findLast(one => typeof one === 'number') : values[place];
		return typeof found === 'number' ? format(found) : '–';
	};
	const order = lines.map((line, index) => ({line, index}));
	if (stacked) order.reverse(); // as they lie on each other
	return (
		<ul class={stacked ? 'legend legend-parts' : 'legend'}>
			{order.map(({line, index}) => (
				<li key={line.label}>
					<svg class={`key key-${index}`} viewBox="0 0 22 10" aria-hidden="true" focusable="false">
						{stacked ? <rect x="1" y="0" width="20" height="10" rx="2" /> : <path d="M1 5H21" />}
					</svg>
					<span class="legend-label">{line.label}</span>
					<span class="legend-value">{value(line.values)}</span>
				</li>
			))}
		</ul>
	);
}
