// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../core/errors.ts';
import {decodeUtf8} from '../core/text.ts';
import type {ConfigurationProblem} from '../model/configuration.ts';
import type {Files} from '../port/port.ts';

/** Texts for `readConfiguration`, and the lines that are not options. */
export interface ConfigurationTexts {
	readonly texts: ReadonlyMap<string, string>;
	readonly problems: readonly ConfigurationProblem[];
	/** Whether the file could be read as a whole; else what it said before stays in force. */
	readonly isWhole: boolean;
}

const FILE_LIMIT_BYTES = 65_536;

/**
 * Reads a file of lines `name = value`; a line that starts with # is a comment, as is an empty one.
 *
 * Absent: no texts and a problem when there is no such file.
 */
export function readConfigurationFile(files: Files, path: string): ConfigurationTexts {
	const bytes = readConfigurationBytes(files, path);
	return bytes instanceof Uint8Array ? parseConfiguration(decodeUtf8(bytes), path) : bytes;
}

/** A configuration's bytes. Absent: what is wrong with the file, instead. */
export function readConfigurationBytes(files: Files, path: string): Uint8Array | ConfigurationTexts {
	const refuse = (message: string): ConfigurationTexts => ({
		texts: new Map(),
		problems: [{option: path, message}],
		isWhole: false,
	});
	let bytes: Uint8Array | undefined;
	try {
		bytes = files.read(path);
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		return refuse(`${path} cannot be read: ${error.message}`);
	}
	if (bytes === undefined) return refuse(`${path}: there is no such file`);
	return bytes.length > FILE_LIMIT_BYTES ? refuse(`${path} is longer than ${FILE_LIMIT_BYTES} bytes`) : bytes;
}

export function parseConfiguration(text: string, path: string): ConfigurationTexts {
	const texts = new Map<string, string>();
	const problems: ConfigurationProblem[] = [];
	text.split('\n').forEach((line, index) => {
		const trimmed = line.trim();
		if (trimmed === '' || trimmed.startsWith('#')) return;
		const at = trimmed.indexOf('=');
		const name = trimmed.slice(0, Math.max(at, 0)).trim();
		if (at > 0) texts.set(name, trimmed.slice(at + 1).trim());
		else problems.push({option: path, message: `${path}, line ${index + 1}: expected 'name = value'`});
	});
	return {texts, problems, isWhole: true};
}
