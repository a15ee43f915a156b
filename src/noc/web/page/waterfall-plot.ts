// SPDX-License-Identifier: Apache-2.0
import {formatMhz, formatTick} from './format.ts';
import type {SpectrumPanel} from './spectrum-panel.ts';
import {colour, lineColour} from './theme.ts';

// Draws a spectrum: time to the right as in every other chart of the page, frequency upwards, power as a colour; under it
// a lane for each kind of sender.

/**
 * From weak to strong. Source: viridis by S. van der Walt and N. Smith (CC0): even steps of lightness, so that it reads the
 * same to those who do not tell red from green, and in grey.
 */
export const ramp = ['#440154', '#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39', '#fde725'];

const LEFT = 108;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 28;
const BODY = 210;
const LANE = 16;
const LANE_GAP = 6;
const FONT = '12px system-ui, sans-serif';
const TICK_SPACE = 90;

export function heightOf(panel: SpectrumPanel): number {
	return TOP + BODY + panel.lanes.length * (LANE + LANE_GAP) + LANE_GAP + BOTTOM;
}

/** The step of the panel at a place of the canvas. Absent: undefined beside the picture. */
export function stepAt(panel: SpectrumPanel, width: number, x: number): number | undefined {
	const count = panel.lines[0]?.values.length ?? 0;
	const step = Math.floor(((x - LEFT) / (width - LEFT - RIGHT)) * count);
	return step >= 0 && step < count ? step : undefined;
}

/** The colour of a power, between two of the ramp's. */
function colours(): [number, number, number][] {
	return ramp.map(hex => [1, 3, 5].map(at => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number]);
}

function mix(stops: readonly [number, number, number][], share: number): string {
	const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
	const below = Math.min(stops.length - 2, Math.floor(place));
	const [a, b] = [stops[below] ?? [0, 0, 0], stops[below + 1] ?? [0, 0, 0]];
	const parts = a.map((from, i) => Math.round(from + ((b[i] ?? 0) - from) * (place - below)));
	return `rgb(${parts.join()})`;
}

export function drawWaterfall(
	context: CanvasRenderingContext2D,
	panel: SpectrumPanel,
	width: number,
	cursor: number | undefined,
): void {
	const {lines, leastDbm, mostDbm, lanes} = panel;
	const count = lines[0]?.values.length ?? 0;
	const inner = width - LEFT - RIGHT;
	const x = (step: number): number => LEFT + (inner * step) / count;
	const cellHeight = BODY / lines.length;
	const stops = colours();
	context.clearRect(0, 0, width, heightOf(panel));
	for (const [i, {values}] of lines.entries()) {
		const y = TOP + BODY - (i + 1) * cellHeight;
		for (let step = 0; step < count; step++) {
			const value = values[step];
			if (typeof value !== 'number') continue;
			let end = step + 1;
			while (end < count && values[end] === value) end++;
			context.fillStyle = mix(stops, (value - leastDbm) / (mostDbm - leastDbm));
			// Half a pixel more, so that no seam is left between two.
			context.fillRect(x(step), y, x(end) - x(step) + 0.5, cellHeight + 0.5);
			step = end - 1;
		}
	}
	for (const [i, {values}] of lanes.entries()) {
		const y = TOP + BODY + LANE_GAP + i * (LANE + LANE_GAP);
		context.fillStyle = colour('--grid');
		context.fillRect(LEFT, y + LANE - 1, inner, 1);
		context.fillStyle = lineColour(i);
		for (let step = 0; step < count; step++) {
			const value = values[step];
			if (typeof value !== 'number') continue;
			context.fillRect(x(step), y + LANE * (1 - value), x(step + 1) - x(step) + 0.5, LANE * value);
		}
	}
	drawWords(context, panel, width);
	if (cursor === undefined) return;
	context.fillStyle = colour('--ink');
	context.fillRect(Math.round(x(cursor + 0.5)), TOP, 1, heightOf(panel) - TOP - BOTTOM);
}

function drawWords(context: CanvasRenderingContext2D, panel: SpectrumPanel, width: number): void {
	const {lines, frequenciesMhz, lanes, fromMs, stepMs} = panel;
	const spanMs = (lines[0]?.values.length ?? 0) * stepMs;
	context.font = FONT;
	context.fillStyle = colour('--muted');
	context.textBaseline = 'middle';
	context.textAlign = 'right';
	const every = Math.max(1, Math.ceil(frequenciesMhz.length / 6));
	for (let i = 0; i < frequenciesMhz.length; i += every) {
		const y = TOP + BODY - ((i + 0.5) * BODY) / frequenciesMhz.length;
		context.fillText(formatMhz(frequenciesMhz[i] ?? 0), LEFT - 6, y);
	}
	for (const [i, {label}] of lanes.entries())
		context.fillText(label, LEFT - 6, TOP + BODY + LANE_GAP + i * (LANE + LANE_GAP) + LANE / 2);
	context.textAlign = 'center';
	const inner = width - LEFT - RIGHT;
	const ticks = Math.max(1, Math.floor(inner / TICK_SPACE));
	for (let i = 0; i < ticks; i++) {
		const share = (i + 0.5) / ticks;
		context.fillText(formatTick(fromMs + share * spanMs, spanMs), LEFT + share * inner, heightOf(panel) - BOTTOM / 2);
	}
}
