// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ensurePackages} from '../../debian.ts';

/** A program that does not end is ended: the figure is of one that does what it was asked. */
const LIMIT_MS = 240_000;

/** Instructions that a program executes in user space, from its start to its end: the same for the same inputs. */
export async function countInstructions(command: string, words: readonly string[]): Promise<number> {
	await ensurePackages(['valgrind']);
	const folder = await mkdtemp(join(tmpdir(), 'callgrind-'));
	const out = join(folder, 'out');
	try {
		const child = spawn('valgrind', ['--tool=callgrind', `--callgrind-out-file=${out}`, command, ...words]);
		const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
		let said = '';
		child.stderr.on('data', (chunk: Buffer) => {
			said += chunk.toString();
		});
		const code = await new Promise<number | null>((resolve, reject) => {
			child.on('error', reject);
			child.on('close', resolve);
		});
		clearTimeout(limit);
		if (code !== 0) throw new Error(`${command} ended with ${code}:\n${said.slice(-2000)}`);
		const total = /^(?:summary|totals): (\d+)/m.exec(await readFile(out, 'utf8'))?.[1];
		if (total === undefined) throw new Error(`callgrind printed no total for ${command}`);
		return Number(total);
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

/** Instructions of one repetition of what a program does `n` times, its start and end left out. */
export async function instructionsPerRepetition(command: string, few: number, many: number): Promise<number> {
	const [less, more] = [await countInstructions(command, [`${few}`]), await countInstructions(command, [`${many}`])];
	return (more - less) / (many - few);
}
