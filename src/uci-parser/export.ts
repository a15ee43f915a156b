// SPDX-License-Identifier: Apache-2.0
import type {Change, Package} from './package.ts';
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

/** A package as libuci writes it, byte for byte. */
export function exportText({name, sections}: Package, {header = false, names = false}: ExportOptions = {}): string {
	let text = header ? `package ${escaped(name)}\n` : '';
	for (const {type, name: sectionName, isAnonymous, options} of sections) {
		text += `\nconfig ${escaped(type)}${isAnonymous && !names ? '\n' : ` '${escaped(sectionName)}'\n`}`;
		for (const {name: option, value} of options)
			if (typeof value === 'string') text += `\toption ${escaped(option)} '${escaped(value)}'\n`;
			else for (const item of value) text += `\tlist ${escaped(option)} '${escaped(item)}'\n`;
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
