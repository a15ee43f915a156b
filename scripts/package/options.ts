// SPDX-License-Identifier: Apache-2.0
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {type Option, options, uciName} from '../../src/model/configuration.ts';
import {projectRoot} from '../build/bundle.ts';
import {choicesOf} from '../build/luci-options.ts';

// Everything about options outside the agent is made from its own table: the commented configuration, its documentation,
// and the rules that procd lists. The files stand in the tree, so that OpenWrt's build system finds them.

type Entry = readonly [name: string, option: Option<string | number>];
const entries = Object.entries(options) as unknown as readonly Entry[];

type Kind = 'whole number' | 'yes or no' | 'choice' | 'text';

function kindOf({range, parse, expected}: Option<string | number>): Kind {
	if (range !== undefined) return 'whole number';
	if (expected === '0 | 1') return 'yes or no';
	return choicesOf({parse, expected}) !== undefined ? 'choice' : 'text';
}

/** A number's unit is the end of its name. */
const units = [
	['Bytes', 'bytes'],
	['Percent', '%'],
	['GridM', 'm'],
	['S', 's'],
] as const;
const unitOf = (name: string): string => units.find(([end]) => name.endsWith(end))?.[1] ?? '';

/** In words: what may stand there. */
const allowed = ({range, expected}: Option<string | number>): string =>
	range === undefined ? expected : `${range[0]} to ${range[1]}`;

const preset = ({initial}: Option<string | number>): string => (initial === '' ? 'empty' : String(initial));

/** /etc/config/astral-mesh as it is installed: every option with what it is for, none of them set. */
export function configurationTemplate(): string {
	const lines = [
		'# Settings of the astral-mesh agent. A line that begins with # is a comment; as installed, all options have their',
		'# presets. A value that is refused leaves the last good one in force; the log and `ubus call astral-mesh status` say so.',
		'',
		"config agent 'main'",
	];
	for (const [name, option] of entries)
		lines.push(
			'',
			`\t# ${option.about}`,
			`\t# (${`${allowed(option)} ${unitOf(name)}`.trim()}; preset: ${preset(option)})`,
			`\t#option ${uciName(name)} '${option.initial}'`,
		);
	return `${lines.join('\n')}\n`;
}

/** The table for people, in Markdown. */
export function optionsDocument(): string {
	const cell = (text: string): string => text.replaceAll('|', '\\|');
	const rows = entries.map(([name, option]) => {
		const {about, initial, secret} = option;
		const words = [kindOf(option), ...(secret === true ? ['secret'] : [])];
		const shown = initial === '' ? '' : `\`${initial}\``;
		const cells = [`\`${uciName(name)}\``, words.join(', '), allowed(option), unitOf(name), shown, about];
		return `| ${cells.map(cell).join(' | ')} |`;
	});
	return [
		'# Options of /etc/config/astral-mesh',
		'',
		'In the section `config agent main`. Made from the table in `src/model/configuration.ts` by `npm run package`; on a command',
		'line and in a file of `name = value` lines the same options have names like `intervalS` for `interval_s`.',
		'',
		'| option | type | accepted | unit | preset | what it is for |',
		'|---|---|---|---|---|---|',
		...rows,
		'',
		'A value that is refused leaves the last good one of that option in force, or its preset at the first start. `uci commit',
		'astral-mesh; reload_config` brings changes into force without a restart of the daemon.',
		'',
	].join('\n');
}

/** In the words of procd's validate_data. */
const ruleKinds: Readonly<Record<Kind, (option: Option<string | number>) => string>> = {
	'whole number': ({range}) => `range(${range?.join(',')})`,
	'yes or no': () => 'bool',
	choice: ({expected}) => `or("${expected.split(' | ').join('","')}")`,
	text: () => 'string',
};

function rule([name, option]: Entry): string {
	const {initial} = option;
	return `'${uciName(name)}:${ruleKinds[kindOf(option)](option)}${initial === '' ? '' : `:${initial}`}'`;
}

/** What `ubus call service validate` lists. Nothing is decided by it: the agent judges by its own table. */
export function validationScript(): string {
	const rules = entries.map(rule).join(' \\\n\t\t');
	return `# SPDX-License-Identifier: Apache-2.0
# Made from src/model/configuration.ts by npm run package.

validate_astral_mesh() {
	uci_load_validate astral-mesh agent "$1" "$2" \\
		${rules}
}
`;
}

/** By their paths in the tree. */
export const generatedOptionFiles = (): ReadonlyMap<string, string> =>
	new Map([
		['openwrt-package/OPTIONS.md', optionsDocument()],
		['openwrt-package/root/etc/config/astral-mesh', configurationTemplate()],
		['openwrt-package/root/usr/libexec/astral-mesh/validation', validationScript()],
	]);

/** Brings the files in the tree up to date. */
export async function writeOptionFiles(): Promise<void> {
	for (const [path, text] of generatedOptionFiles()) {
		const target = join(projectRoot, path);
		if ((await readFile(target, 'utf8').catch(() => undefined)) === text) continue;
		await mkdir(dirname(target), {recursive: true});
		await writeFile(target, text);
	}
}
