// SPDX-License-Identifier: Apache-2.0
'use strict';
'require baseclass';

const language = () => document.documentElement.lang.replace('_', '-') || 'en';

function fill(text, values) {
	return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

function dressed() {
	const link = E('link', {rel: 'stylesheet', href: L.resource('astral-mesh/style.css')});
	return new Promise(resolve => {
		link.onload = link.onerror = resolve;
		document.head.append(link);
	});
}

function frame(title, about, ...children) {
	return E('div', {class: 'cbi-map astral-mesh'}, [E('h2', {}, [title]), E('div', {class: 'cbi-map-descr'}, [about]), ...children]);
}

function section(title, ...children) {
	return E('section', {class: 'cbi-section'}, [E('h3', {}, [title]), ...children]);
}

function nothing(text) {
	return E('p', {class: 'am-quiet'}, [text]);
}
const signs = {good: '✓', warning: '!', bad: '✕', plain: '·'};

function badge(mood, text) {
	return E('span', {class: `am-badge am-${mood}`}, [E('span', {'aria-hidden': 'true'}, [signs[mood]]), text]);
}

function notice(mood, word, ...text) {
	return E('div', {class: `am-health am-${mood}`}, [badge(mood, word), E('p', {}, text)]);
}

function busyBadge(share) {
	if (share === null) return badge('plain', _('not counted'));
	const text = fill(_('{share} busy'), {share: percent(share)});
	return badge(share < 0.4 ? 'good' : share < 0.7 ? 'warning' : 'bad', text);
}

function facts(pairs) {
	const shown = pairs.filter(([, value]) => (value ?? '') !== '').map(([name, value]) => E('div', {}, [E('dt', {}, [name]), E('dd', {}, [value])]));
	return E('dl', {class: 'am-facts'}, shown);
}

function table(columns, rows, empty) {
	if (rows.length === 0) return nothing(empty);
	const head = columns.map(column => E('th', {class: 'th', scope: 'col'}, [column]));
	const cells = row => row.map((cell, i) => E('td', {class: 'td', 'data-title': columns[i] ?? ''}, [cell]));
	const body = rows.map(row => E('tr', {class: 'tr'}, cells(row)));
	return E('div', {class: 'am-scroll'}, E('table', {class: 'table'}, [E('tr', {class: 'tr table-titles'}, head), ...body]));
}

function twin(columns, rows) {
	return E('details', {class: 'am-twin'}, [E('summary', {}, [_('The same as a table')]), table(columns, rows, '')]);
}

function quantity(value, unit, digits = 0) {
	if (value == null) return '–';
	const number = value.toLocaleString(language(), {maximumFractionDigits: digits, useGrouping: unit !== 'MHz'});
	return unit === '' ? number : `${number} ${unit}`;
}

function percent(share) {
	return quantity(share == null ? share : share * 100, '%');
}
const decibels = value => quantity(value, 'dBm');

function bitrate(kbps) {
	return kbps == null ? '–' : quantity(kbps / 1e3, 'Mbit/s', kbps < 1e5 ? 1 : 0);
}

function bytes(count) {
	if (count == null) return '–';
	return count < 1048576 ? quantity(count / 1024, 'KiB') : quantity(count / 1048576, 'MiB', 1);
}

function duration(seconds) {
	if (seconds == null) return '–';
	const whole = Math.max(0, Math.round(seconds));
	const units = [
		[Math.floor(whole / 86400), 'd'],
		[Math.floor(whole / 3600) % 24, 'h'],
		[Math.floor(whole / 60) % 60, 'min'],
		[whole % 60, 's']
	];
	const first = units.findIndex(([count]) => count > 0);
	if (first < 0) return '0 s';
	return units
		.slice(first, first + 2)
		.filter(([count]) => count > 0)
		.map(([count, unit]) => `${count} ${unit}`)
		.join(' ');
}

function moment(wallMs) {
	const date = new Date(wallMs);
	return date.toDateString() === new Date().toDateString() ? date.toLocaleTimeString(language()) : date.toLocaleString(language(), {dateStyle: 'medium', timeStyle: 'short'});
}

return baseclass.extend({badge, bitrate, busyBadge, bytes, decibels, dressed, duration, facts, fill, frame, moment, nothing, notice, percent, quantity, section, table, twin});
