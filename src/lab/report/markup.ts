// SPDX-License-Identifier: Apache-2.0

/** Text as it may stand in HTML and in attributes. */
export function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element around markup that is already safe. */
export function element(name: string, attributes: Attributes, ...inside: readonly string[]): string {
	const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(shown(value))}"`);
	return `<${name}${words.join('')}>${inside.join('')}</${name}>`;
}

/** A number as a person writes it down: thousands apart, three digits that count. */
export function number(value: number): string {
	if (value === 0) return '0';
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	const [whole = '', rest] = value.toFixed(digits).split('.');
	const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
	return rest === undefined || Number(rest) === 0 ? grouped : `${grouped}.${rest}`;
}

function shown(value: string | number): string {
	return typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;
}

/** The table behind a chart, folded away until somebody opens it. */
export function tableTwin(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
	const cells = (line: readonly string[], name: 'th' | 'td'): string =>
		line.map((cell, i) => element(i === 0 ? 'th' : name, i === 0 ? {scope: 'row'} : {}, escaped(cell))).join('');
	return element(
		'details',
		{},
		element('summary', {}, escaped(title)),
		element(
			'table',
			{},
			element('thead', {}, element('tr', {}, ...head.map(cell => element('th', {scope: 'col'}, escaped(cell))))),
			element('tbody', {}, ...rows.map(row => element('tr', {}, cells(row, 'td')))),
		),
	);
}
