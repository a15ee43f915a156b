// SPDX-License-Identifier: Apache-2.0
import type {Change, Option, Package, Section} from './package.ts';
import {encodeText} from './text.ts';

export interface ExportOptions {
	/** A first line 'package NAME', as `uci export` prints it and files do not have it. */
	readonly header?: boolean;
	/** Names anonymous sections by what libuci calls them. */
	readonly names?: boolean;
}

/** Escapes for single quotes. */
export function escaped(text: string): string {
	return text.includes("'") ? text.replaceAll("'", "'\\''") : text;
}

/** A package as libuci writes it, byte for byte. Names have no quotes in them, types and values may. */
export function exportText({name, sections}: Package, {header = false, names = false}: ExportOptions = {}): string {
	let text = header ? `package ${escaped(name)}\n` : '';
	// By index: the router's engine takes five times longer by iterator.
	for (let i = 0; i < sections.length; i++) {
		const {type, name: sectionName, isAnonymous, options} = sections[i] as Section;
		text += `\nconfig ${escaped(type)}${isAnonymous && !names ? '\n' : ` '${sectionName}'\n`}`;
		for (let at = 0; at < options.length; at++) {
			const {name: option, value} = options[at] as Option;
			if (typeof value === 'string') text += `\toption ${option} '${escaped(value)}'\n`;
			else for (const item of value) text += `\tlist ${option} '${escaped(item)}'\n`;
		}
	}
	return `${text}\n`;
}

export function exportPackage(pkg: Package, options: ExportOptions = {}): Uint8Array {
	return encodeText(exportText(pkg, options));
}

/** One change as a line of a delta file. */
export function changeLine(packageName: string, {kind, section, option, value}: Change): string {
	const path = `${kind}${packageName}.${section}${option === undefined ? '' : `.${option}`}`;
	return value === undefined ? `${path}\n` : `${path}='${escaped(value)}'\n`;
}
