// SPDX-License-Identifier: Apache-2.0
import type {ComponentChildren} from 'preact';
import {useEffect, useId, useLayoutEffect, useRef, useState} from 'preact/hooks';
import {stepTo} from './chart.tsx';
import {formatMoment, strings} from './format.ts';
import type {Panel} from './panels.ts';
import {TableTwin} from './table-twin.tsx';
import {scheme} from './theme.ts';

export interface CanvasChartProps<P extends Panel> {
	readonly panel: P;
	/** Names of classes beside those of every chart: of the card, and of what is drawn on. */
	readonly kind: string;
	readonly plotKind: string;
	readonly height: number;
	readonly draw: (context: CanvasRenderingContext2D, panel: P, width: number, place: number | undefined) => void;
	/** The step at a place of the canvas. Absent: undefined beside the picture. */
	readonly stepAt: (panel: P, width: number, x: number) => number | undefined;
	/** What is there at a step, in words. */
	readonly said: (panel: P, place: number) => string;
	/** What the colours mean, and what is under the cursor or, without one, the newest. */
	readonly legend: (panel: P, place: number) => ComponentChildren;
}

/** A chart that is drawn by hand, with its words: a sentence, what is under the cursor, and every figure in a table. */
export function CanvasChart<P extends Panel>(props: CanvasChartProps<P>) {
	const {panel, kind, plotKind, height, draw, said} = props;
	const canvas = useRef<HTMLCanvasElement>(null);
	const [width, setWidth] = useState(0);
	const [place, setPlace] = useState<number | undefined>(undefined);
	const id = useId();

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
		draw(context, panel, width, place);
	}, [panel, width, height, place, theme]);

	const count = panel.lines[0]?.values.length ?? 0;
	const shown = place ?? lastOf(panel);
	return (
		<section class={`card chart ${kind}`} aria-labelledby={`${id}-title`}>
			<div class="chart-head">
				<h2 id={`${id}-title`}>{panel.title}</h2>
				<p>{place === undefined ? '' : momentAt(panel, place)}</p>
			</div>
			<p class="summary" id={`${id}-summary`}>
				{panel.summary}
			</p>
			<div
				class={`plot ${plotKind}`}
				role="slider"
				tabIndex={0}
				aria-label={strings.chartHelp}
				aria-valuemin={0}
				aria-valuemax={count - 1}
				aria-valuenow={shown}
				aria-valuetext={`${momentAt(panel, shown)}: ${said(panel, shown)}`}
				aria-describedby={`${id}-summary`}
				onKeyDown={event => {
					const to = stepTo(event.key, shown, count);
					if (to === undefined) return;
					event.preventDefault();
					setPlace(to);
				}}
				onPointerMove={event => setPlace(props.stepAt(panel, width, event.offsetX))}
				onPointerLeave={() => setPlace(undefined)}
			>
				<canvas ref={canvas} />
			</div>
			<ul class="legend">{props.legend(panel, shown)}</ul>
			<TableTwin panel={panel} />
		</section>
	);
}

function lastOf({lines}: Panel): number {
	const count = lines[0]?.values.length ?? 0;
	for (let i = count - 1; i >= 0; i--) if (lines.some(({values}) => typeof values[i] === 'number')) return i;
	return Math.max(0, count - 1);
}

function momentAt({lines, fromMs, stepMs}: Panel, place: number): string {
	return formatMoment(fromMs + place * stepMs, stepMs, (lines[0]?.values.length ?? 0) * stepMs);
}
