// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {join} from 'node:path';

export interface StepResult {
	readonly ok: boolean;
	/** What it printed, without colours. */
	readonly output: string;
}

/** Runs a program of node_modules, showing what it prints as it comes. */
export async function runStep(name: string, words: readonly string[]): Promise<StepResult> {
	const [program = '', ...rest] = words;
	const startMs = Date.now();
	console.log(`\n── ${name}`);
	const child = spawn(join('node_modules', '.bin', program), rest, {stdio: ['ignore', 'pipe', 'pipe']});
	let output = '';
	const take = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
		output += chunk.toString();
		stream.write(chunk);
	};
	child.stdout.on('data', take(process.stdout));
	child.stderr.on('data', take(process.stderr));
	const code = await new Promise<number>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', status => resolve(status ?? 1));
	});
	console.log(`── ${name}: ${code === 0 ? 'ok' : 'FAILED'}, ${Math.round((Date.now() - startMs) / 1000)} s`);
	return {ok: code === 0, output};
}

/** Counts of the test runner's closing lines. A run that ended without them counts as one failure. */
export function countTests(result: StepResult): {passed: number; failed: number} {
	const count = (pattern: RegExp): number =>
		[...result.output.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
	// Where a test failed, the runner says how many did, and leaves out how many passed.
	const marks = [...result.output.matchAll(/^ {2}✔ /gm)].length;
	const passed = count(/^ {2}(\d+) tests? passed$/gm) || marks;
	const failed =
		count(/^ {2}(\d+) tests? failed$/gm) +
		count(/^ {2}(\d+) (?:uncaught exceptions?|unhandled rejections?|hooks? failed)$/gm);
	return {passed, failed: failed === 0 && !result.ok ? 1 : failed};
}
