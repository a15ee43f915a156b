// SPDX-License-Identifier: Apache-2.0
import {_, E, L} from 'luci:globals';

// What every page of the app is made of: headings, facts, badges, tables, and words for quantities.

type Child = Node | string;

const language = (): string => document.documentElement.lang.replace('_', '-') || 'en';

/** Puts the values into the places that a translated text names in braces. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
	return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** The style sheet, which a menu entry cannot name; a page that comes before it would jump. */
export function dressed(): Promise<unknown> {
	const link = E('link', {rel: 'stylesheet', href: L.resource('astral-mesh/style.css')});
	return new Promise(resolve => {
		link.onload = link.onerror = resolve;
		document.head.append(link);
	});
}

export function frame(title: string, about: string, ...children: Child[]): HTMLElement {
	return E('div', {class: 'cbi-map astral-mesh'}, [
		E('h2', {}, [title]),
		E('div', {class: 'cbi-map-descr'}, [about]),
		...children,
	]);
}

export function section(title: string, ...children: Child[]): HTMLElement {
	return E('section', {class: 'cbi-section'}, [E('h3', {}, [title]), ...children]);
}

/** A sentence where there is nothing to show, which says why. */
export function nothing(text: string): HTMLElement {
	return E('p', {class: 'am-quiet'}, [text]);
}

export type Mood = 'good' | 'warning' | 'bad' | 'plain';
const signs: Readonly<Record<Mood, string>> = {good: '✓', warning: '!', bad: '✕', plain: '·'};

/** A word with a sign, so that colour is not all that tells moods apart. */
export function badge(mood: Mood, text: string): HTMLElement {
	return E('span', {class: `am-badge am-${mood}`}, [E('span', {'aria-hidden': 'true'}, [signs[mood]]), text]);
}

/** What there is to say before all else. */
export function notice(mood: Mood, word: string, ...text: Child[]): HTMLElement {
	return E('div', {class: `am-health am-${mood}`}, [badge(mood, word), E('p', {}, text)]);
}

/** How much of the air is taken, in a word. */
export function busyBadge(share: number | null): HTMLElement {
	if (share === null) return badge('plain', _('not counted'));
	const text = fill(_('{share} busy'), {share: percent(share)});
	return badge(share < 0.4 ? 'good' : share < 0.7 ? 'warning' : 'bad', text);
}

/** Pairs of a name and what it is; a pair without a value is left out. */
export function facts(pairs: readonly (readonly [name: string, value: Child])[]): HTMLElement {
	const shown = pairs
		.filter(([, value]) => (value ?? '') !== '')
		.map(([name, value]) => E('div', {}, [E('dt', {}, [name]), E('dd', {}, [value])]));
	return E('dl', {class: 'am-facts'}, shown);
}

/** A table in LuCI's form: on a phone each cell says its column. */
export function table(columns: readonly string[], rows: readonly (readonly Child[])[], empty: string): HTMLElement {
	if (rows.length === 0) return nothing(empty);
	const head = columns.map(column => E('th', {class: 'th', scope: 'col'}, [column]));
	const cells = (row: readonly Child[]): Node[] =>
		row.map((cell, i) => E('td', {class: 'td', 'data-title': columns[i] ?? ''}, [cell]));
	const body = rows.map(row => E('tr', {class: 'tr'}, cells(row)));
	return E(
		'div',
		{class: 'am-scroll'},
		E('table', {class: 'table'}, [E('tr', {class: 'tr table-titles'}, head), ...body]),
	);
}

/** The numbers of a chart, for those who would rather read them. */
export function twin(columns: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
	return E('details', {class: 'am-twin'}, [E('summary', {}, [_('The same as a table')]), table(columns, rows, '')]);
}

/** Absent: a dash, for a quantity the router does not give. */
export function quantity(value: number | null | undefined, unit: string, digits = 0): string {
	if (value == null) return '–';
	const number = value.toLocaleString(language(), {maximumFractionDigits: digits, useGrouping: unit !== 'MHz'});
	return unit === '' ? number : `${number} ${unit}`;
}

export function percent(share: number | null | undefined): string {
	return quantity(share == null ? share : share * 100, '%');
}

export const decibels = (value: number | null | undefined): string => quantity(value, 'dBm');

export function bitrate(kbps: number | null | undefined): string {
	return kbps == null ? '–' : quantity(kbps / 1000, 'Mbit/s', kbps < 100_000 ? 1 : 0);
}

export function bytes(count: number | undefined): string {
	if (count == null) return '–';
	return count < 1048576 ? quantity(count / 1024, 'KiB') : quantity(count / 1048576, 'MiB', 1);
}

/** A length of time in its two largest units. */
export function duration(seconds: number | null | undefined): string {
	if (seconds == null) return '–';
	const whole = Math.max(0, Math.round(seconds));
	const units: [number, string][] = [
		[Math.floor(whole / 86_400), 'd'],
		[Math.floor(whole / 3600) % 24, 'h'],
		[Math.floor(whole / 60) % 60, 'min'],
		[whole % 60, 's'],
	];
	const first = units.findIndex(([count]) => count > 0);
	if (first < 0) return '0 s';
	return units
		.slice(first, first + 2)
		.filter(([count]) => count > 0)
		.map(([count, unit]) => `${count} ${unit}`)
		.join(' ');
}

/** A moment on the wall, with the day where it is not today. */
export function moment(wallMs: number): string {
	const date = new Date(wallMs);
	return date.toDateString() === new Date().toDateString()
		? date.toLocaleTimeString(language())
		: date.toLocaleString(language(), {dateStyle: 'medium', timeStyle: 'short'});
}
