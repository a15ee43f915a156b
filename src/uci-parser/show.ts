// SPDX-License-Identifier: Apache-2.0
import {escaped} from './export.ts';
import type {Change, Option, Package, Section} from './package.ts';

/** A value as `uci get` prints it: items of a list with blanks in them are quoted. */
export function valueText({value}: Option, delimiter = ' '): string {
	if (typeof value === 'string') return value;
	return value.map(item => (hasBlank(item) ? quote(item) : item)).join(delimiter);
}

/** One line of `uci show`, without the line end. `sectionName` is what the section is called there. */
export function optionLine(pkg: Package, sectionName: string, {name, value}: Option, delimiter = ' '): string {
	const text = typeof value === 'string' ? quote(value) : value.map(quote).join(delimiter);
	return `${pkg.name}.${sectionName}.${name}=${text}`;
}

/** What `uci show` prints of a section. */
export function sectionText(pkg: Package, section: Section, delimiter = ' ', name = section.name): string {
	let text = `${pkg.name}.${name}=${section.type}\n`;
	for (const option of section.options) text += `${optionLine(pkg, name, option, delimiter)}\n`;
	return text;
}

/** What `uci show` prints of a package. `extended` calls anonymous sections '@type[index]', counting named ones too. */
export function packageText(pkg: Package, delimiter = ' ', extended = true): string {
	const counts = new Map<string, number>();
	let text = '';
	for (const section of pkg.sections) {
		const {type, name, isAnonymous} = section;
		const index = counts.get(type) ?? 0;
		counts.set(type, index + 1);
		text += sectionText(pkg, section, delimiter, extended && isAnonymous ? `@${type}[${index}]` : name);
	}
	return text;
}

/** What `uci changes` prints. */
export function changesText(packageName: string, changes: readonly Change[]): string {
	let text = '';
	for (const {kind, section, option, value = ''} of changes) {
		const path = `${packageName}.${section}${option === undefined ? '' : `.${option}`}`;
		text += kind === '-' ? `-${path}\n` : `${path}${kind === '|' ? '+' : kind === '~' ? '-' : ''}=${quote(value)}\n`;
	}
	return text;
}

function quote(text: string): string {
	return `'${escaped(text)}'`;
}

function hasBlank(text: string): boolean {
	return text.includes(' ') || text.includes('\t') || text.includes('\n') || text.includes('\r');
}
