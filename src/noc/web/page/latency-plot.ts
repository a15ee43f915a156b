// SPDX-License-Identifier: Apache-2.0
import {formatTick} from './format.ts';
import type {LatencyPanel} from './latency-panel.ts';
import {colourOfLoss, niceStep} from './latency-scale.ts';
import {colour} from './theme.ts';

// Draws round trips as smokeping does: a line for the median, whose colour tells what was lost; around it the middle half of
// all round trips, and paler all of them. Under it, for those who do not tell the colours apart, a bar as high as the loss.

const LEFT = 74;
const RIGHT = 8;
const TOP = 10;
const BODY = 150;
const LOSS = 24;
const GAP = 8;
const BOTTOM = 28;
const FONT = '12px system-ui, sans-serif';
const TICK_SPACE = 90;
const LINE = 2.4;

export const LATENCY_HEIGHT = TOP + BODY + GAP + LOSS + BOTTOM;

export function latencyStepAt(panel: LatencyPanel, width: number, x: number): number | undefined {
	const count = panel.lossShare.length;
	const step = Math.floor(((x - LEFT) / (width - LEFT - RIGHT)) * count);
	return step >= 0 && step < count ? step : undefined;
}

export function drawLatency(
	context: CanvasRenderingContext2D,
	panel: LatencyPanel,
	width: number,
	cursor: number | undefined,
): void {
	const count = panel.lossShare.length;
	const inner = width - LEFT - RIGHT;
	const x = (step: number): number => LEFT + (inner * step) / count;
	const y = (ms: number): number => TOP + BODY * (1 - Math.min(1, ms / panel.topMs));
	context.clearRect(0, 0, width, LATENCY_HEIGHT);
	drawAxes(context, panel, width, y);
	const bar = (step: number, from: number | null | undefined, to: number | null | undefined): void => {
		if (typeof from !== 'number' || typeof to !== 'number') return;
		context.fillRect(x(step), y(to), x(step + 1) - x(step) + 0.5, Math.max(1, y(from) - y(to)));
	};
	for (const [lower, upper, alpha] of [
		[panel.leastMs, panel.mostMs, 0.16],
		[panel.lowerMs, panel.upperMs, 0.34],
	] as const) {
		context.globalAlpha = alpha;
		context.fillStyle = colour('--ink');
		for (let step = 0; step < count; step++) bar(step, lower[step], upper[step]);
	}
	context.globalAlpha = 1;
	const base = TOP + BODY + GAP + LOSS;
	for (let step = 0; step < count; step++) {
		const lost = panel.lossShare[step];
		if (typeof lost !== 'number') continue;
		context.fillStyle = colour(colourOfLoss(lost));
		const median = panel.medianMs[step];
		const next = x(step + 1) - x(step) + 0.5;
		if (typeof median === 'number') context.fillRect(x(step), y(median) - LINE / 2, next, LINE);
		if (lost > 0) context.fillRect(x(step), base - LOSS * lost, next, LOSS * lost);
	}
	if (cursor === undefined) return;
	context.fillStyle = colour('--ink');
	context.fillRect(Math.round(x(cursor + 0.5)), TOP, 1, BODY + GAP + LOSS);
}

function drawAxes(
	context: CanvasRenderingContext2D,
	panel: LatencyPanel,
	width: number,
	y: (ms: number) => number,
): void {
	const inner = width - LEFT - RIGHT;
	const spanMs = panel.lossShare.length * panel.stepMs;
	const base = TOP + BODY + GAP + LOSS;
	context.font = FONT;
	context.textBaseline = 'middle';
	context.textAlign = 'right';
	const stepMs = niceStep(panel.topMs / 4);
	for (let ms = 0; ms <= panel.topMs; ms += stepMs) {
		context.fillStyle = colour('--grid');
		context.fillRect(LEFT, Math.round(y(ms)), inner, 1);
		context.fillStyle = colour('--muted');
		context.fillText(panel.format(ms), LEFT - 6, y(ms));
	}
	context.fillStyle = colour('--grid');
	context.fillRect(LEFT, base, inner, 1);
	context.fillStyle = colour('--muted');
	context.fillText(panel.lines.at(-1)?.label ?? '', LEFT - 6, base - LOSS / 2);
	context.textAlign = 'center';
	const ticks = Math.max(1, Math.floor(inner / TICK_SPACE));
	for (let i = 0; i < ticks; i++) {
		const share = (i + 0.5) / ticks;
		context.fillText(
			formatTick(panel.fromMs + share * spanMs, spanMs),
			LEFT + share * inner,
			LATENCY_HEIGHT - BOTTOM / 2,
		);
	}
}
