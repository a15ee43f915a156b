// SPDX-License-Identifier: Apache-2.0
import type {RunRecord} from '../measure/record.ts';
import {colourOf} from './charts.ts';
import type {Digest} from './digest.ts';
import {element, escaped, number} from './markup.ts';

const WIDTH = 720;
const MARGIN = 34;
const LEAST_HEIGHT = 260;
const MOST_HEIGHT = 620;

interface Point {
	readonly x: number;
	readonly y: number;
}

/** The mesh as it ran: lines are the links that carried traffic, nodes show what they get. */
export function meshMap(digest: Digest, title: string): string {
	const record = digest.records[0];
	if (record === undefined) return '';
	const {points, height} = placed(record);
	const byName = new Map(record.nodes.map(({name}, i) => [name, points[i] as Point]));
	const channels = [...new Set(record.links.map(({channelMhz}) => channelMhz))].sort((a, b) => a - b);
	const busiest = Math.max(0.001, ...record.links.map(({airtimeShare}) => airtimeShare));
	const lines = [...record.links]
		.sort((a, b) => a.airtimeShare - b.airtimeShare)
		.map(link => {
			const [a, b] = [byName.get(link.from), byName.get(link.to)];
			if (a === undefined || b === undefined) return '';
			const lost = link.collisionShare + link.hiddenShare;
			return element(
				'path',
				{
					d: `M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`,
					stroke: colourOf(channels.indexOf(link.channelMhz)),
					'stroke-width': 1.5 + 7 * (link.airtimeShare / busiest),
					'stroke-dasharray': lost > 0.3 ? '6 5' : 'none',
					'stroke-linecap': 'round',
					opacity: 0.75,
				},
				element(
					'title',
					{},
					escaped(
						`${link.from} to ${link.to}: ${link.channelMhz} MHz, ${number(100 * link.airtimeShare)} % of the air, ${number(100 * lost)} % of attempts lost to others`,
					),
				),
			);
		});
	const nodes = record.nodes.map(({name, gateway}, i) => {
		const {x, y} = points[i] as Point;
		const share = digest.served[i] ?? 0;
		const words =
			gateway === true
				? `${name}, the way out`
				: `${name} gets ${number(digest.servedKbps[i] ?? 0)} kbit/s, ${number(100 * share)} % of its demand`;
		const shape =
			gateway === true
				? element('rect', {x: x - 10, y: y - 10, width: 20, height: 20, rx: 3, class: 'gateway'})
				: [
						element('circle', {cx: x, cy: y, r: 11, class: 'node'}),
						share > 0 ? element('path', {d: slice(x, y, 11, share), class: 'share'}) : '',
					].join('');
		return element('g', {}, element('title', {}, escaped(words)), shape);
	});
	const keys = channels.map((channelMhz, i) =>
		element('span', {class: 'key'}, element('i', {class: `swatch c${i % 8}`}), `${channelMhz} MHz`),
	);
	return element(
		'figure',
		{},
		element('figcaption', {}, escaped(title)),
		element('p', {class: 'legend'}, ...keys),
		element(
			'svg',
			{viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': title, class: 'map'},
			...lines,
			...nodes,
		),
	);
}

/** A slice of a cake, from noon clockwise. */
function slice(x: number, y: number, radius: number, share: number): string {
	if (share >= 0.999) return `M${x} ${y - radius}A${radius} ${radius} 0 1 1 ${x - 0.01} ${y - radius}Z`;
	const angle = 2 * Math.PI * share;
	const [toX, toY] = [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
	return `M${x.toFixed(1)} ${y.toFixed(1)}V${(y - radius).toFixed(1)}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${toX.toFixed(1)} ${toY.toFixed(1)}Z`;
}

/** Places where they are known; on a circle otherwise, in the order of the list. */
function placed({nodes}: RunRecord): {points: readonly Point[]; height: number} {
	const known = nodes.every(({xM, yM}) => xM !== undefined && yM !== undefined);
	if (!known) {
		const radius = (MOST_HEIGHT - 2 * MARGIN) / 2;
		const points = nodes.map((_, i) => {
			const angle = (2 * Math.PI * i) / nodes.length;
			return {x: WIDTH / 2 + radius * Math.sin(angle), y: MOST_HEIGHT / 2 - radius * Math.cos(angle)};
		});
		return {points, height: MOST_HEIGHT};
	}
	const xs = nodes.map(({xM = 0}) => xM);
	const ys = nodes.map(({yM = 0}) => yM);
	const [west, south] = [Math.min(...xs), Math.min(...ys)];
	const [wide, high] = [Math.max(1, Math.max(...xs) - west), Math.max(1, Math.max(...ys) - south)];
	const scale = Math.min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high);
	const height = Math.max(LEAST_HEIGHT, high * scale + 2 * MARGIN);
	const shift = (WIDTH - wide * scale) / 2;
	return {
		points: nodes.map((_, i) => ({
			x: shift + ((xs[i] ?? 0) - west) * scale,
			y: height - MARGIN - ((ys[i] ?? 0) - south) * scale,
		})),
		height,
	};
}
