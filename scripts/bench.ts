// SPDX-License-Identifier: Apache-2.0
import {readdirSync} from 'node:fs';
import type {Benchmark, Row} from './bench/row.ts';

// npm run bench                 lists the benchmarks
// npm run bench -- NAME…|all    prints a table of each; --json prints one object a metric and line

const names = readdirSync(new URL('./bench/', import.meta.url))
	.filter(file => file.endsWith('.ts') && file !== 'row.ts')
	.map(file => file.slice(0, -3))
	.sort();
const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter(argument => !argument.startsWith('--'));

async function load(name: string): Promise<Benchmark> {
	return (await import(new URL(`./bench/${name}.ts`, import.meta.url).href)) as Benchmark;
}

function format(value: number | undefined): string {
	if (value === undefined) return '';
	return value.toLocaleString('en-US', {
		maximumFractionDigits: Math.abs(value) < 10 ? 3 : Math.abs(value) < 1000 ? 1 : 0,
	});
}

function printTable(rows: readonly Row[]): void {
	const cells = [
		['metric', 'value', 'unit', 'baseline', 'ratio'],
		...rows.map(row => [row.metric, format(row.value), row.unit, format(row.baseline), format(row.ratio)]),
	];
	const widths = [0, 1, 2, 3, 4].map(column => Math.max(...cells.map(line => line[column]?.length ?? 0)));
	for (const line of cells)
		console.log(
			line
				.map((cell, column) => {
					const width = widths[column] ?? 0;
					return column === 0 || column === 2 ? cell.padEnd(width) : cell.padStart(width);
				})
				.join('  ')
				.trimEnd(),
		);
}

if (wanted.length === 0) {
	for (const name of names) console.log(`${name.padEnd(12)} ${(await load(name)).about}`);
	console.log('\nRun one with: npm run bench -- NAME [--json]');
	process.exit(0);
}

for (const name of wanted.includes('all') ? names : wanted) {
	if (!names.includes(name)) {
		console.error(`There is no benchmark '${name}'; there are ${names.join(', ')}.`);
		process.exit(1);
	}
	const benchmark = await load(name);
	if (!json) console.log(`\n${name}: ${benchmark.about}`);
	const rows: Row[] = [];
	await benchmark.run(row => {
		rows.push(row);
		if (json) console.log(JSON.stringify(row));
	});
	if (!json) printTable(rows);
}
process.exit(0);
