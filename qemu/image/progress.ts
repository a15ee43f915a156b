// SPDX-License-Identifier: Apache-2.0
/** Long commands whose progress can be watched. */
import {spawn} from 'node:child_process';

const reportEveryMs = 5_000;
const keptLines = 60;

/**
 * Runs a command, with a line every few seconds that tells what it is at and how long it has taken.
 *
 * Errors: the command's last lines, when it ends with anything but 0.
 */
export async function runWithProgress(
	label: string,
	command: string,
	words: string[],
	options: {cwd?: string; env?: Record<string, string>; input?: string} = {},
): Promise<void> {
	const startedMs = Date.now();
	const lines: string[] = [];
	let count = 0;
	const child = spawn('nice', [command, ...words], {
		cwd: options.cwd,
		env: {...process.env, ...options.env},
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	child.stdin.end(options.input ?? '');
	let partial = '';
	const take = (piece: Buffer) => {
		const parts = (partial + piece.toString()).split('\n');
		partial = parts.pop() ?? '';
		count += parts.length;
		lines.push(...parts);
		lines.splice(0, lines.length - keptLines);
	};
	child.stdout.on('data', take);
	child.stderr.on('data', take);
	const report = setInterval(() => {
		const seconds = Math.round((Date.now() - startedMs) / 1000);
		const at = (lines.at(-1) ?? '').trim().replace(/\s+/g, ' ').slice(0, 60);
		console.log(`${label}: ${seconds} s, ${count} steps, at ${at}`);
	}, reportEveryMs);
	try {
		const code = await new Promise<number | null>((resolve, reject) => {
			child.on('error', reject);
			child.on('close', resolve);
		});
		if (code !== 0) throw new Error(`${label}: ${command} ended with ${code}\n${[...lines, partial].join('\n')}`);
	} finally {
		clearInterval(report);
	}
}

/** Says how long a step took once it is done. */
export async function timed<T>(label: string, task: () => Promise<T>): Promise<T> {
	const startedMs = Date.now();
	const result = await task();
	console.log(`${label}: done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
	return result;
}
