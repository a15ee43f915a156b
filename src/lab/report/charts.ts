// SPDX-License-Identifier: Apache-2.0
import {askers, type Digest} from './digest.ts';
import {element, escaped, number, tableTwin} from './markup.ts';

/** Colours that people with every kind of sight tell apart. Source: M. Okabe, K. Ito, "Color universal design", 2008. */
export const palette = [
	'#0072b2',
	'#d55e00',
	'#009e73',
	'#cc79a7',
	'#e69f00',
	'#56b4e9',
	'#7f6f00',
	'#5b5b5b',
] as const;
export const colourOf = (index: number): string => palette[index % palette.length] ?? palette[0];

const WIDTH = 720;
const ROW = 34;
const LABEL = 190;
const VALUE = 150;

/** Bars with the uncertainty of the mean as a line. */
export function barChart(
	title: string,
	unit: string,
	digests: readonly Digest[],
	pick: (digest: Digest) => {readonly mean: number; readonly halfWidth: number | undefined},
	nameOf: (variant: string) => string,
): string {
	const most = Math.max(1e-9, ...digests.map(each => pick(each).mean + (pick(each).halfWidth ?? 0)));
	const scale = (WIDTH - LABEL - VALUE) / most;
	const height = digests.length * ROW + 8;
	const rows = digests.map((digest, i) => {
		const {mean, halfWidth} = pick(digest);
		const y = i * ROW + 6;
		const end = LABEL + mean * scale;
		const spread = halfWidth === undefined ? 0 : halfWidth * scale;
		const [from, to] = [Math.max(LABEL, end - spread).toFixed(1), (end + spread).toFixed(1)];
		return [
			element(
				'text',
				{x: LABEL - 10, y: y + 17, 'text-anchor': 'end', class: 'label'},
				escaped(nameOf(digest.variant)),
			),
			element('rect', {x: LABEL, y, width: Math.max(1, mean * scale), height: 22, rx: 3, fill: colourOf(i)}),
			spread > 1
				? element('path', {
						d: `M${from} ${y + 11}H${to}M${from} ${y + 6}v10M${to} ${y + 6}v10`,
						class: 'whisker',
					})
				: '',
			element(
				'text',
				{x: end + spread + 8, y: y + 17, class: 'value'},
				`${number(mean)}${halfWidth === undefined ? '' : ` ± ${number(halfWidth)}`}`,
			),
		].join('');
	});
	return element(
		'figure',
		{},
		element(
			'figcaption',
			{},
			`${escaped(title)} ${unit === '' ? '' : element('span', {class: 'unit'}, escaped(unit))}`,
		),
		element('svg', {viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': title}, ...rows),
	);
}

const STAIRS_HEIGHT = 240;

/** What everybody gets, from the least to the most: a flat high line is a fair mesh. */
export function stairs(digests: readonly Digest[], nameOf: (variant: string) => string): string {
	const left = 52;
	const bottom = STAIRS_HEIGHT - 34;
	const columns = Math.max(1, ...digests.map(each => askers(each).length));
	const x = (i: number): number => left + (i / columns) * (WIDTH - left - 10);
	const y = (share: number): number => bottom - share * (bottom - 12);
	const sorted = digests.map(each =>
		askers(each)
			.map(place => each.served[place] ?? 0)
			.sort((a, b) => a - b),
	);
	const grid = [0, 0.25, 0.5, 0.75, 1].map(share =>
		[
			element('path', {d: `M${left} ${y(share).toFixed(1)}H${WIDTH - 10}`, class: 'grid'}),
			element('text', {x: left - 8, y: y(share) + 4, 'text-anchor': 'end', class: 'tick'}, `${share * 100} %`),
		].join(''),
	);
	const lines = sorted.map((shares, i) => {
		const steps = shares.map(
			(share, at) =>
				`${at === 0 ? 'M' : 'V'}${at === 0 ? `${x(0).toFixed(1)} ` : ''}${y(share).toFixed(1)}H${x(at + 1).toFixed(1)}`,
		);
		const dash = ['', '7 4', '2 4', '10 3 2 3'][i % 4] ?? '';
		return element('path', {
			d: steps.join(''),
			fill: 'none',
			stroke: colourOf(i),
			'stroke-width': 3,
			'stroke-dasharray': dash,
		});
	});
	const caption =
		'Every node, from the one that gets least to the one that gets most, and the share of its demand it gets';
	const legend = digests.map((each, i) =>
		element(
			'span',
			{class: 'key'},
			element('i', {class: `swatch c${i % palette.length}`}),
			escaped(nameOf(each.variant)),
		),
	);
	return element(
		'figure',
		{},
		element('figcaption', {}, caption),
		element('p', {class: 'legend'}, ...legend),
		element(
			'svg',
			{viewBox: `0 0 ${WIDTH} ${STAIRS_HEIGHT}`, role: 'img', 'aria-label': caption},
			...grid,
			...lines,
			element('text', {x: left, y: STAIRS_HEIGHT - 10, class: 'tick'}, 'gets least'),
			element('text', {x: WIDTH - 10, y: STAIRS_HEIGHT - 10, 'text-anchor': 'end', class: 'tick'}, 'gets most'),
		),
		tableTwin(
			'As a table',
			['node', ...digests.map(each => `${nameOf(each.variant)}, kbit/s`)],
			(digests[0] === undefined ? [] : askers(digests[0])).map(place => [
				digests[0]?.records[0]?.nodes[place]?.name ?? '',
				...digests.map(each => number(each.servedKbps[place] ?? 0)),
			]),
		),
	);
}
