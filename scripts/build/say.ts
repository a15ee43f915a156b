// SPDX-License-Identifier: Apache-2.0

/** One line of progress. On standard error: standard output belongs to results. */
export function say(line: string): void {
	process.stderr.write(`build: ${line}\n`);
}
