// SPDX-License-Identifier: Apache-2.0
import type uPlot from 'uplot';
import {formatTick} from './format.ts';
import type {Panel} from './panels.ts';
import {colour, dashes, lineColour} from './theme.ts';

const HEIGHT = 190;
const AXIS_WIDTH = 74;
const FONT = '12px system-ui, sans-serif';

/** Columns as uPlot takes them: seconds, then the lines; parts of a whole are added up from below. */
export function plotData({lines, stacked, fromMs, stepMs}: Panel): uPlot.AlignedData {
	const count = lines[0]?.values.length ?? 0;
	const times = Array.from({length: count}, (_, i) => (fromMs + i * stepMs) / 1000);
	if (!stacked) return [times, ...lines.map(line => [...line.values])];
	const sums: (number | null | undefined)[][] = [];
	for (const [i, {values}] of lines.entries()) {
		const below = sums[i - 1];
		sums.push(
			values.map((value, place) => {
				const under = below === undefined ? 0 : below[place];
				return typeof value === 'number' && typeof under === 'number'
					? value + under
					: value === null
						? null
						: under === null
							? null
							: undefined;
			}),
		);
	}
	return [times, ...sums];
}

/** How a panel is drawn. `panel` is asked again at every draw: the axis follows its values. */
export function plotOptions(panel: () => Panel, width: number, moved: (place: number | null) => void): uPlot.Options {
	const {lines, stacked} = panel();
	const grid = {stroke: colour('--grid'), width: 1};
	const axis = {stroke: colour('--muted'), font: FONT, grid, ticks: {show: false}};
	return {
		width: Math.max(200, width),
		height: HEIGHT,
		legend: {show: false},
		padding: [10, 8, 0, 0],
		cursor: {y: false, points: {show: !stacked, size: 7}, drag: {x: false, y: false}},
		scales: {
			x: {time: true},
			y: {
				range: (_plot, low, high) => {
					const {floor = low, ceiling = high} = panel();
					const bottom = Math.min(low ?? floor, floor);
					const top = Math.max(high ?? ceiling, ceiling);
					return [bottom, top > bottom ? top + (top - bottom) * 0.04 : bottom + 1];
				},
			},
		},
		axes: [
			{
				...axis,
				size: 28,
				space: 64,
				values: (_plot, splits) => {
					const {stepMs} = panel();
					const spanMs = (panel().lines[0]?.values.length ?? 0) * stepMs;
					return splits.map(split => formatTick(split * 1000, spanMs));
				},
			},
			{
				...axis,
				size: AXIS_WIDTH,
				space: 34,
				values: (_plot, splits) => splits.map(split => panel().format(split)),
			},
		],
		series: [
			{},
			...lines.map((line, index) => ({
				label: line.label,
				stroke: lineColour(index),
				width: stacked ? 1.2 : 1.6,
				points: {show: false},
				...(stacked && index === 0 ? {fill: lineColour(0, 0.55)} : {}),
				...(stacked ? {} : {dash: dashes[index % dashes.length] ?? []}),
			})),
		],
		...(stacked
			? {
					bands: lines
						.slice(1)
						.map((_, i) => ({series: [i + 2, i + 1] as [number, number], fill: lineColour(i + 1, 0.55)})),
				}
			: {}),
		hooks: {
			setCursor: [
				plot => {
					const inside = (plot.cursor.left ?? -1) >= 0;
					moved(inside ? (plot.cursor.idx ?? null) : null);
				},
			],
		},
	};
}
