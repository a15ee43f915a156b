// SPDX-License-Identifier: Apache-2.0
import {type Option, options, uciName} from '../../src/model/configuration.ts';

// The agent's table of options as the settings page needs it: data alone, since a router's flash holds it once more.

type Entry = readonly [name: string, option: Option<string | number>];
const entries = Object.entries(options) as unknown as readonly Entry[];

/** What every text is, at least; it is not said. */
const usual = options.ca.expected;

function literal(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
	const written = JSON.stringify(value);
	if (typeof value !== 'string' || value.includes("'")) return written;
	return `'${written.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** Alternatives that can be picked, since each of them is itself a value. Absent: undefined for other options. */
export function choicesOf({parse, expected}: Pick<Option<unknown>, 'parse' | 'expected'>): string[] | undefined {
	const all = expected.split(' | ');
	return all.length > 1 && all.every(one => parse(one) !== undefined) ? all : undefined;
}

/** The text of luci-app/module/options.ts. */
export function optionsModule(): string {
	const rows = entries.map(([name, option]) => {
		const {about, initial, range, expected} = option;
		const isSaid = expected === usual || expected === options.jail.expected;
		const accepted = range ?? (isSaid ? '' : (choicesOf(option) ?? expected));
		const cells = [about, initial, accepted].map(literal);
		while (cells.at(-1) === "''") cells.pop();
		return `\t${uciName(name)}: [${cells.join(', ')}],`;
	});
	const secrets = entries.filter(([, {secret}]) => secret === true).map(([name]) => uciName(name));
	return `// SPDX-License-Identifier: Apache-2.0

// Made from src/model/configuration.ts by npm run build -- --luci.

type Accepted = string | readonly string[] | readonly [least: number, most: number];
export type Row = readonly [about: string, preset?: string | number, accepted?: Accepted];

/** What an option is for, its preset ('0': yes or no), and what is accepted: a range, choices, or words for people. */
export const options = {
${rows.join('\n')}
} as const satisfies Readonly<Record<string, Row>>;

export const secrets: readonly string[] = ${literal(secrets)};
`;
}
