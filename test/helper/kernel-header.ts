// SPDX-License-Identifier: Apache-2.0
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const folder = '/usr/include/linux';
const headers = [
	'nl80211.h',
	'if_link.h',
	'if_addr.h',
	'neighbour.h',
	'rtnetlink.h',
	'netlink.h',
	'genetlink.h',
	'pkt_sched.h',
	'pkt_cls.h',
];

/** Constants by their name. */
export type Numbers = Readonly<Record<string, number>>;

/** The enumerations and plain definitions of the installed kernel headers. Absent: undefined without those headers. */
export function installedNumbers(): Numbers | undefined {
	if (!headers.every(name => existsSync(join(folder, name)))) return undefined;
	const numbers: Record<string, number> = {};
	for (const name of headers) readHeader(readFileSync(join(folder, name), 'utf8'), numbers);
	return numbers;
}

function readHeader(text: string, numbers: Record<string, number>): void {
	const plain = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
	for (const [, name, value] of plain.matchAll(/^#define\s+([A-Z]\w*)\s+\(?(0x[0-9a-f]+|\d+)\)?\s*$/gim))
		if (name !== undefined && !(name in numbers)) numbers[name] = Number(value);
	for (const [, body] of plain.matchAll(/\benum\s*\w*\s*\{([^}]*)\}/g)) readEnumeration(body ?? '', numbers);
}

function readEnumeration(body: string, numbers: Record<string, number>): void {
	let next = 0;
	for (const entry of body.replace(/^\s*#.*$/gm, '').split(',')) {
		const [name = '', expression] = entry.split('=').map(part => part.trim());
		if (!/^\w+$/.test(name)) continue;
		const value = expression === undefined ? next : evaluate(expression, numbers);
		if (value === undefined) continue;
		numbers[name] = value;
		next = value + 1;
	}
}

/** What the headers' enumerations are given: numbers, names, a shift or a difference. */
function evaluate(expression: string, numbers: Numbers): number | undefined {
	const shift = /^\(?1U?\s*<<\s*(\d+)\)?$/.exec(expression);
	if (shift !== null) return 2 ** Number(shift[1]);
	const difference = /^(\w+)\s*-\s*(\d+)$/.exec(expression);
	if (difference !== null) {
		const base = numbers[difference[1] ?? ''];
		return base === undefined ? undefined : base - Number(difference[2]);
	}
	return /^(0x[0-9a-f]+|\d+)$/i.test(expression) ? Number(expression) : numbers[expression];
}
