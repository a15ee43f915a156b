// SPDX-License-Identifier: Apache-2.0
// A chain with hidden ends, without slots and with them, as the README shows it: node scripts/launch.mjs hidden-chain-picture
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';
import {seededRandom} from '../src/core/random.ts';
import {DividedMesh} from '../src/lab/astral/divided-mesh.ts';
import {element, escaped} from '../src/lab/report/markup.ts';
import {ensurePackages} from './debian.ts';

const folder = fileURLToPath(new URL('../src/lab/report/picture/', import.meta.url));
const SEED = 2;
const STEP_S = 4;
/** Ends that send now and then: so they are told apart. */
const LEARNING_STEPS = 60;
const STEPS = 90;
const [WIDTH, HEIGHT, LEFT, MOST_MBPS] = [1000, 190, 60, 20];
const ends = ['one end', 'the other end'];
const themes = {
	light: {paper: '#ffffff', ink: '#1d2327', line: '#c9ced3', ends: ['#0072b2', '#e69f00']},
	dark: {paper: '#14181b', ink: '#e6e9eb', line: '#3b4247', ends: ['#56b4e9', '#e69f00']},
} as const;
type Theme = (typeof themes)[keyof typeof themes];

interface Step {
	readonly mbps: readonly number[];
	readonly gated: number;
}

function play(isDivided: boolean): readonly Step[] {
	const mesh = new DividedMesh({
		neighbours: [[1], [0, 2], [1]],
		flows: [
			{from: 0, to: 1},
			{from: 2, to: 1},
		],
		seed: SEED,
		isDivided,
	});
	const random = seededRandom(SEED);
	return Array.from({length: STEPS}, (_, step) => {
		const drawn = ends.map(() => random() < 0.5);
		mesh.setActive(flow => step >= LEARNING_STEPS || drawn[flow] === true);
		return {mbps: mesh.measure(STEP_S).map(({bps}) => bps / 1e6), gated: mesh.gated};
	});
}

function mean(steps: readonly Step[], end: number): number {
	return steps.reduce((sum, {mbps}) => sum + (mbps[end] ?? 0), 0) / steps.length;
}

function panel(title: string, steps: readonly Step[], top: number, theme: Theme): string {
	const x = (step: number): number => LEFT + (step / STEPS) * (WIDTH - LEFT - 20);
	const y = (mbps: number): number => top + HEIGHT - (mbps / MOST_MBPS) * HEIGHT;
	const both = steps.slice(LEARNING_STEPS);
	const words = ends.map((name, end) => `${name} ${mean(both, end).toFixed(1)}`).join(', ');
	const bars = steps.flatMap(({mbps}, step) => {
		let below = 0;
		return mbps.map((value, end) => {
			const from = below;
			below += value;
			return element('rect', {
				x: x(step),
				y: y(below).toFixed(1),
				width: x(1) - x(0) - 1,
				height: Math.max(0, y(from) - y(below)).toFixed(1),
				fill: theme.ends[end] ?? '',
			});
		});
	});
	const marks = [0, 5, 10, 15, 20].map(
		mbps =>
			element('path', {d: `M${LEFT} ${y(mbps)}H${WIDTH - 20}`, stroke: theme.line}) +
			element('text', {x: LEFT - 8, y: y(mbps) + 5, 'text-anchor': 'end'}, String(mbps)),
	);
	const gate = steps.findIndex(({gated}) => gated > 0);
	const notes = [
		element('path', {d: `M${x(LEARNING_STEPS)} ${top - 4}V${top + HEIGHT}`, class: 'mark'}),
		element('text', {x: x(LEARNING_STEPS) + 6, y: top + 12}, 'from here on both send all they can'),
		...(gate < 0
			? []
			: [
					element('path', {d: `M${x(gate)} ${top - 4}V${top + HEIGHT}`, class: 'mark'}),
					element('text', {x: x(gate) + 6, y: top + 12}, 'slots agreed'),
				]),
	];
	const caption = `${title}: ${words} Mbit/s while both send`;
	return [element('text', {x: LEFT, y: top - 16, class: 'title'}, escaped(caption)), ...marks, ...bars, ...notes].join(
		'',
	);
}

function picture(theme: Theme, csma: readonly Step[], slots: readonly Step[]): string {
	const style = `text{font:15px "DejaVu Sans",sans-serif;fill:${theme.ink}}.title{font-weight:bold;font-size:17px}.mark{stroke:${theme.ink};stroke-dasharray:3 4}`;
	const axis = [0, 60, 120, 180, 240, 300, 360].map(second =>
		element(
			'text',
			{x: LEFT + (second / (STEPS * STEP_S)) * (WIDTH - LEFT - 20), y: 525, 'text-anchor': 'middle'},
			`${second} s`,
		),
	);
	return element(
		'svg',
		{viewBox: `0 0 ${WIDTH} 540`, width: WIDTH, height: 540, xmlns: 'http://www.w3.org/2000/svg'},
		element('style', {}, style),
		element('rect', {width: WIDTH, height: 540, fill: theme.paper}),
		panel('Without slots', csma, 45, theme),
		panel('With slots', slots, 305, theme),
		...axis,
	);
}

await ensurePackages(['chromium', 'fonts-dejavu-core']);
const [csma, slots] = [play(false), play(true)];
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
try {
	for (const [name, theme] of Object.entries(themes)) {
		const tab = await browser.newPage({viewport: {width: WIDTH, height: 540}, deviceScaleFactor: 1.25});
		await tab.setContent(`<body style="margin:0">${picture(theme, csma, slots)}</body>`);
		const path = `${folder}hidden-chain-${name}.png`;
		await tab.screenshot({path});
		console.log(path);
	}
} finally {
	await browser.close();
}
