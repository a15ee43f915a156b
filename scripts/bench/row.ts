// SPDX-License-Identifier: Apache-2.0

/** One figure of a benchmark; `baseline` was measured in the same run, `ratio` is value / baseline. */
export interface Row {
	readonly bench: string;
	readonly metric: string;
	readonly value: number;
	readonly unit: string;
	readonly baseline?: number;
	readonly ratio?: number;
}

/** What each file of this folder exports. */
export interface Benchmark {
	readonly name: string;
	readonly about: string;
	run(report: (row: Row) => void): Promise<void>;
}
