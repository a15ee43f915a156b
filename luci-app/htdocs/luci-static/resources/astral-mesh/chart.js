// SPDX-License-Identifier: Apache-2.0
'use strict';
'require baseclass';
'require astral-mesh.page as page';

const namespace = 'http://www.w3.org/2000/svg';

function svg(name, attributes, ...children) {
	const element = document.createElementNS(namespace, name);
	for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
	element.append(...children);
	return element;
}
const stretched = (width, height, className, ...children) => svg('svg', {viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', class: className}, ...children);
const WIDTH = 600;
const HEIGHT = 120;

function lines(chart) {
	const {timesMs, least, most, say} = chart;
	const [first = 0, last = 0] = [timesMs[0], timesMs[timesMs.length - 1]];
	const x = timeMs => (last > first ? ((timeMs - first) / (last - first)) * WIDTH : WIDTH);
	const y = value => HEIGHT - ((Math.min(most, Math.max(least, value)) - least) / (most - least)) * HEIGHT;
	const drawn = chart.lines.map(({values}, i) => svg('path', {class: `am-line am-line-${i % 4}`, d: pathOf(values, timesMs, x, y)}));
	return figure(
		chart.title,
		chart.summary,
		plot(
			[say(most), say(least)],
			stretched(WIDTH, HEIGHT, 'am-lines', ...drawn),
			[first, last].map(timeMs => page.moment(timeMs))
		),
		chart.lines.length > 1 ? legend(chart.lines.map(({name}, i) => [name, lineSample(i)])) : '',
		page.twin([chart.timeColumn, ...chart.lines.map(({name}) => name)], timesMs.map((timeMs, i) => [page.moment(timeMs), ...chart.lines.map(({values}) => say(values[i] ?? null))]).reverse())
	);
}

function pathOf(values, timesMs, x, y) {
	let path = '';
	for (const [i, value] of values.entries()) {
		const timeMs = timesMs[i];
		if (value === null || timeMs === void 0) continue;
		path += `${path === '' ? 'M' : 'L'}${x(timeMs).toFixed(1)} ${y(value).toFixed(1)}`;
	}
	return path.includes('L') || path === '' ? path : `${path}h2`;
}

function spark(shares) {
	const times = shares.map((_unused, i) => i);
	const x = i => (shares.length > 1 ? (i / (shares.length - 1)) * WIDTH : 0);
	const path = pathOf(shares, times, x, share => 38 - share * 36);
	return stretched(WIDTH, 40, 'am-spark', svg('path', {class: 'am-line', d: path}));
}

function bars({title, summary, parts, bars: all, nameColumn, noteColumn}) {
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
					return part === void 0 ? area(i, x, share * WIDTH) : i % 2 > 0 ? area(part, x, share * WIDTH) : [];
				});
				return E('div', {class: isMarked ? 'am-bar am-marked' : 'am-bar'}, [E('span', {}, [name]), stretched(WIDTH, 20, 'am-track', ...pieces), E('span', {class: 'am-quiet'}, [note])]);
			})
		),
		parts.length > 0 ? legend(parts.map((name, i) => [name, stretched(24, 20, 'am-sample', ...area(i, 0, 24))])) : '',
		page.twin(
			[nameColumn, ...parts, noteColumn],
			all.map(({name, note, shares, part}) => [name, ...(part === void 0 ? shares.map(page.percent) : []), note])
		)
	);
}

function area(part, x, width) {
	if (width <= 0) return [];
	const piece = svg('rect', {class: `am-area am-area-${part}`, x, y: 0, width, height: 20});
	const distance = [0, 10, 8, 8][part] ?? 0;
	const slant = [0, 0, 8, -8][part] ?? 0;
	if (distance === 0) return [piece];
	let path = '';
	for (let at = x + distance / 2; at < x + width; at += distance) {
		const [top, bottom] = [at + slant / 2, at - slant / 2].map(end => Math.min(x + width, Math.max(x, end)));
		path += `M${top?.toFixed(1)} 0L${bottom?.toFixed(1)} 20`;
	}
	return [piece, svg('path', {class: 'am-hatch', d: path})];
}

function waterfall({title, summary, rows, least, most, xLabels, yLabels, say, twin}) {
	const width = rows.reduce((widest, row) => Math.max(widest, row.length), 1);
	const picture = pixels('am-waterfall', width, Math.max(1, rows.length), (column, row) => ((rows[rows.length - 1 - row]?.[column] ?? least) - least) / (most - least));
	const ramp = pixels('am-sample', 64, 1, column => column / 63);
	return figure(title, summary, plot(yLabels, picture, xLabels), E('p', {class: 'am-legend'}, [say(least), ramp, say(most)]), twin);
}

function pixels(className, width, height, shareAt) {
	const canvas = E('canvas', {class: className, width, height});
	const image = new ImageData(width, height);
	for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) image.data.set([...shade(shareAt(column, row)), 255], (row * width + column) * 4);
	canvas.getContext('2d')?.putImageData(image, 0, 0);
	return canvas;
}

function shade(share) {
	const x = Math.min(1, Math.max(0, share));
	return [255 * Math.sqrt(x), 255 * x ** 3, 110 * Math.max(0, Math.sin(2 * Math.PI * x))];
}

function plot(yLabels, picture, xLabels) {
	const words = (side, labels) =>
		E(
			'div',
			{class: side},
			labels.map(label => E('span', {}, [label]))
		);
	return E('div', {class: 'am-plot', 'aria-hidden': 'true'}, [words('am-y', yLabels), picture, words('am-x', xLabels)]);
}

function figure(title, summary, ...children) {
	return E('figure', {class: 'am-chart'}, [E('figcaption', {}, [E('strong', {}, [title]), E('div', {class: 'am-summary am-quiet'}, [summary])]), ...children]);
}

function legend(entries) {
	return E(
		'ul',
		{class: 'am-legend'},
		entries.map(([name, sample]) => E('li', {}, [sample, name]))
	);
}
const lineSample = i => stretched(36, 8, 'am-sample', svg('path', {class: `am-line am-line-${i % 4}`, d: 'M0 4H36'}));

return baseclass.extend({bars, lines, spark, waterfall});
