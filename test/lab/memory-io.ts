// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import {type LabCommand, LabError, type LabIo} from '../../src/lab/command/command.ts';
import {DATA_FOLDER} from '../../src/lab/topology/open.ts';

export interface MemoryIo extends LabIo {
	readonly printed: string[];
	readonly files: Map<string, string>;
	/** How often a file was written. */
	writes: number;
}

/** A command's world in memory; the lab's own topologies are read from where they are. */
export function memoryIo(files: Readonly<Record<string, string>> = {}, more: Partial<LabIo> = {}): MemoryIo {
	const held = new Map(Object.entries(files));
	const printed: string[] = [];
	let now = 0;
	return {
		printed,
		files: held,
		writes: 0,
		print: line => printed.push(line),
		progress: () => {},
		readText: path => held.get(path) ?? ownText(path),
		writeText(path, text) {
			held.set(path, text);
			this.writes++;
		},
		list: path => (path === DATA_FOLDER ? readdirSync(DATA_FOLDER) : []),
		nowMs: () => now++,
		...more,
	};
}

function ownText(path: string): string | undefined {
	return path.startsWith(DATA_FOLDER) && readdirSync(DATA_FOLDER).some(name => path === `${DATA_FOLDER}/${name}`)
		? readFileSync(path, 'utf8')
		: undefined;
}

/** The sentence a command fails with, and its exit code. */
export async function failureOf(command: LabCommand, words: readonly string[], io: LabIo): Promise<string> {
	try {
		await command.run(words, io);
	} catch (error) {
		if (error instanceof LabError) return `${error.exitCode}: ${error.message}`;
		if (error instanceof Error) return `${error.name}: ${error.message}`;
	}
	return 'no failure';
}
