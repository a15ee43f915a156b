// SPDX-License-Identifier: Apache-2.0

/** Lines of a table: the first column to the left, numbers to the right. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
	const lines = [head, ...rows];
	const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
	return lines.map(line =>
		line
			.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
			.join('  ')
			.trimEnd(),
	);
}
