// SPDX-License-Identifier: Apache-2.0
import {type ConfigurationProblem, options, uciName} from '../model/configuration.ts';
import type {Files} from '../port/port.ts';
import {UciError} from '../uci-parser/error.ts';
import type {Package, Section} from '../uci-parser/package.ts';
import {parsePackage} from '../uci-parser/parse.ts';
import {type ConfigurationTexts, readConfigurationBytes} from './configuration.ts';

const SECTION_TYPE = 'agent';
const SECTION_NAME = 'main';

/**
 * Reads the section `config agent main` of a UCI file; where none is called so, the first of its type.
 *
 * Shape:  options under the agent's own names; the items of a list with spaces between.
 * Absent: no texts and a problem where the file is not there or is no UCI.
 */
export function readUciConfiguration(files: Files, path: string): ConfigurationTexts {
	const bytes = readConfigurationBytes(files, path);
	return bytes instanceof Uint8Array ? parseUciConfiguration(bytes, path) : bytes;
}

export function parseUciConfiguration(bytes: Uint8Array, path: string): ConfigurationTexts {
	const problems: ConfigurationProblem[] = [];
	const texts = new Map<string, string>();
	let pkg: Package;
	try {
		pkg = parsePackage(bytes, 'astral_mesh');
	} catch (error) {
		if (!(error instanceof UciError)) throw error;
		return {texts, problems: [{option: path, message: `${path}: ${error.message}`}], isWhole: false};
	}
	const section = sectionOf(pkg);
	if (section === undefined) {
		const message = `${path}: there is no section 'config ${SECTION_TYPE} ${SECTION_NAME}'`;
		return {texts, problems: [{option: path, message}], isWhole: true};
	}
	const names = new Map(Object.keys(options).map(name => [uciName(name), name]));
	for (const {name, value} of section.options) {
		const own = names.get(name);
		if (own !== undefined) texts.set(own, typeof value === 'string' ? value : value.join(' '));
		else problems.push({option: name, message: `${name}: there is no such option`});
	}
	return {texts, problems, isWhole: true};
}

function sectionOf({sections}: Package): Section | undefined {
	const agents = sections.filter(({type}) => type === SECTION_TYPE);
	return agents.find(({name}) => name === SECTION_NAME) ?? agents[0];
}
