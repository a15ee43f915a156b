// SPDX-License-Identifier: Apache-2.0
import {E} from 'luci:globals';
import * as page from './page.ts';

// Charts as SVG in the page. Shapes stretch with the page, words stand beside them as text of the page; each chart has a
// sentence that says it, and a table twin. Lines differ in their dashes and areas in their hatching, not in colour alone.

const namespace = 'http://www.w3.org/2000/svg';
type Attributes = Readonly<Record<string, string | number>>;

function svg(name: string, attributes: Attributes, ...children: Element[]): SVGElement {
	const element = document.createElementNS(namespace, name) as SVGElement;
	for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
	element.append(...children);
	return element;
}

const stretched = (width: number, height: number, className: string, ...children: Element[]): SVGElement =>
	svg('svg', {viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', class: className}, ...children);

export interface Line {
	readonly name: string;
	/** One for each time; null where nothing was measured then. */
	readonly values: readonly (number | null)[];
}

export interface LineChart {
	readonly title: string;
	/** A sentence that says what the chart shows. */
	readonly summary: string;
	readonly lines: readonly Line[];
	readonly timesMs: readonly number[];
	readonly least: number;
	readonly most: number;
	readonly say: (value: number | null) => string;
	/** Name of the column of times in the twin. */
	readonly timeColumn: string;
}

const WIDTH = 600;
const HEIGHT = 120;

/** Values over time. */
export function lines(chart: LineChart): HTMLElement {
	const {timesMs, least, most, say} = chart;
	const [first = 0, last = 0] = [timesMs[0], timesMs[timesMs.length - 1]];
	const x = (timeMs: number): number => (last > first ? ((timeMs - first) / (last - first)) * WIDTH : WIDTH);
	const y = (value: number): number =>
		HEIGHT - ((Math.min(most, Math.max(least, value)) - least) / (most - least)) * HEIGHT;
	const drawn = chart.lines.map(({values}, i) =>
		svg('path', {class: `am-line am-line-${i % 4}`, d: pathOf(values, timesMs, x, y)}),
	);
	return figure(
		chart.title,
		chart.summary,
		plot(
			[say(most), say(least)],
			stretched(WIDTH, HEIGHT, 'am-lines', ...drawn),
			[first, last].map(timeMs => page.moment(timeMs)),
		),
		chart.lines.length > 1 ? legend(chart.lines.map(({name}, i) => [name, lineSample(i)])) : '',
		page.twin(
			[chart.timeColumn, ...chart.lines.map(({name}) => name)],
			timesMs
				.map((timeMs, i) => [page.moment(timeMs), ...chart.lines.map(({values}) => say(values[i] ?? null))])
				.reverse(),
		),
	);
}

/** A line through what was measured; a channel that is looked at rarely has few points and long strokes. */
function pathOf(
	values: readonly (number | null)[],
	timesMs: readonly number[],
	x: (timeMs: number) => number,
	y: (value: number) => number,
): string {
	let path = '';
	for (const [i, value] of values.entries()) {
		const timeMs = timesMs[i];
		if (value === null || timeMs === undefined) continue;
		path += `${path === '' ? 'M' : 'L'}${x(timeMs).toFixed(1)} ${y(value).toFixed(1)}`;
	}
	// A point alone would not be seen.
	return path.includes('L') || path === '' ? path : `${path}h2`;
}

/** A line of shares without words, for a card that has them. */
export function spark(shares: readonly (number | null)[]): SVGElement {
	const times = shares.map((_unused, i) => i);
	const x = (i: number): number => (shares.length > 1 ? (i / (shares.length - 1)) * WIDTH : 0);
	const path = pathOf(shares, times, x, share => 38 - share * 36);
	return stretched(WIDTH, 40, 'am-spark', svg('path', {class: 'am-line', d: path}));
}

export interface Bar {
	readonly name: string;
	readonly note: string;
	readonly isMarked: boolean;
	/** From 0 to 1, one for each part. Absent: null, the bar is empty. */
	readonly shares: readonly (number | null)[];
	/** The shares are by turns of nothing and of this part, and the note says them. */
	readonly part?: number;
}

export interface BarChart {
	readonly title: string;
	readonly summary: string;
	/** Empty: bars have parts of their own. */
	readonly parts: readonly string[];
	readonly bars: readonly Bar[];
	readonly nameColumn: string;
	readonly noteColumn: string;
}

/** Shares of a whole, one bar for each thing. */
export function bars({title, summary, parts, bars: all, nameColumn, noteColumn}: BarChart): HTMLElement {
	return figure(
		title,
		summary,
		E(
			'div',
			{'aria-hidden': 'true'},
			all.map(({name, note, isMarked, shares, part}) => {
				const known = shares.map(share => share ?? 0);
				let from = 0;
				const pieces = known.flatMap((share, i) => {
					const x = from * WIDTH;
					from += share;
					return part === undefined ? area(i, x, share * WIDTH) : i % 2 > 0 ? area(part, x, share * WIDTH) : [];
				});
				return E('div', {class: isMarked ? 'am-bar am-marked' : 'am-bar'}, [
					E('span', {}, [name]),
					stretched(WIDTH, 20, 'am-track', ...pieces),
					E('span', {class: 'am-quiet'}, [note]),
				]);
			}),
		),
		parts.length > 0 ? legend(parts.map((name, i) => [name, stretched(24, 20, 'am-sample', ...area(i, 0, 24))])) : '',
		page.twin(
			[nameColumn, ...parts, noteColumn],
			all.map(({name, note, shares, part}) => [name, ...(part === undefined ? shares.map(page.percent) : []), note]),
		),
	);
}

/** A piece of a bar: its colour, and strokes over it whose slant and distance are the part's own. */
function area(part: number, x: number, width: number): SVGElement[] {
	if (width <= 0) return [];
	const piece = svg('rect', {class: `am-area am-area-${part}`, x, y: 0, width, height: 20});
	const distance = [0, 10, 8, 8][part] ?? 0;
	const slant = [0, 0, 8, -8][part] ?? 0;
	if (distance === 0) return [piece];
	let path = '';
	for (let at = x + distance / 2; at < x + width; at += distance) {
		// Strokes end where the piece does.
		const [top, bottom] = [at + slant / 2, at - slant / 2].map(end => Math.min(x + width, Math.max(x, end)));
		path += `M${top?.toFixed(1)} 0L${bottom?.toFixed(1)} 20`;
	}
	return [piece, svg('path', {class: 'am-hatch', d: path})];
}

export interface Waterfall {
	readonly title: string;
	readonly summary: string;
	/** Oldest first; each row a value for each column. */
	readonly rows: readonly (readonly number[])[];
	readonly least: number;
	readonly most: number;
	readonly xLabels: readonly [left: string, right: string];
	readonly yLabels: readonly [top: string, bottom: string];
	readonly say: (value: number) => string;
	readonly twin: HTMLElement;
}

/** Strength over frequency and time, newest on top. */
export function waterfall({title, summary, rows, least, most, xLabels, yLabels, say, twin}: Waterfall): HTMLElement {
	const width = rows.reduce((widest, row) => Math.max(widest, row.length), 1);
	const picture = pixels(
		'am-waterfall',
		width,
		Math.max(1, rows.length),
		(column, row) => ((rows[rows.length - 1 - row]?.[column] ?? least) - least) / (most - least),
	);
	const ramp = pixels('am-sample', 64, 1, column => column / 63);
	return figure(
		title,
		summary,
		plot(yLabels, picture, xLabels),
		E('p', {class: 'am-legend'}, [say(least), ramp, say(most)]),
		twin,
	);
}

function pixels(
	className: string,
	width: number,
	height: number,
	shareAt: (column: number, row: number) => number,
): HTMLElement {
	const canvas = E('canvas', {class: className, width, height}) as HTMLCanvasElement;
	const image = new ImageData(width, height);
	for (let row = 0; row < height; row++)
		for (let column = 0; column < width; column++)
			image.data.set([...shade(shareAt(column, row)), 255], (row * width + column) * 4);
	canvas.getContext('2d')?.putImageData(image, 0, 0);
	return canvas;
}

/** Dark to bright, brightness growing, so that it can be read without its colours: black, violet, red, yellow. */
function shade(share: number): [red: number, green: number, blue: number] {
	const x = Math.min(1, Math.max(0, share));
	return [255 * Math.sqrt(x), 255 * x ** 3, 110 * Math.max(0, Math.sin(2 * Math.PI * x))];
}

/** A picture with words beside and below it. */
function plot(yLabels: readonly string[], picture: Element, xLabels: readonly string[]): HTMLElement {
	const words = (side: string, labels: readonly string[]): HTMLElement =>
		E(
			'div',
			{class: side},
			labels.map(label => E('span', {}, [label])),
		);
	return E('div', {class: 'am-plot', 'aria-hidden': 'true'}, [words('am-y', yLabels), picture, words('am-x', xLabels)]);
}

function figure(title: string, summary: string, ...children: (Node | string)[]): HTMLElement {
	return E('figure', {class: 'am-chart'}, [
		E('figcaption', {}, [E('strong', {}, [title]), E('div', {class: 'am-summary am-quiet'}, [summary])]),
		...children,
	]);
}

function legend(entries: readonly (readonly [string, Node])[]): HTMLElement {
	return E(
		'ul',
		{class: 'am-legend'},
		entries.map(([name, sample]) => E('li', {}, [sample, name])),
	);
}

const lineSample = (i: number): SVGElement =>
	stretched(36, 8, 'am-sample', svg('path', {class: `am-line am-line-${i % 4}`, d: 'M0 4H36'}));
