// SPDX-License-Identifier: Apache-2.0
// The simulator's command line: npm run lab -- COMMAND …

import {spawn} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {dirname} from 'node:path';
import {type LabCommand, LabError, type LabIo} from '../lab/command/command.ts';
import {commands} from '../lab/command/commands.ts';
import {TopologyError} from '../lab/topology/topology.ts';
import {solveMilp} from './milp.ts';

const BAR_WIDTH = 24;

function progress(done: number, total: number, what: string): void {
	if (!process.stderr.isTTY) return;
	if (done >= total) {
		process.stderr.write('\r\u001b[K');
		return;
	}
	const filled = Math.floor((done / total) * BAR_WIDTH);
	process.stderr.write(`\r\u001b[K${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${done}/${total} ${what}`);
}

const io: LabIo = {
	print: line => process.stdout.write(`${line}\n`),
	progress,
	readText(path) {
		try {
			return readFileSync(path, 'utf8');
		} catch (error) {
			if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
			throw new LabError(`${path} cannot be read: ${(error as Error).message}`);
		}
	},
	writeText(path, text) {
		try {
			mkdirSync(dirname(path), {recursive: true});
			writeFileSync(`${path}.part`, text);
			renameSync(`${path}.part`, path);
		} catch (error) {
			throw new LabError(`${path} cannot be written: ${(error as Error).message}`);
		}
	},
	list(path) {
		try {
			return readdirSync(path).sort();
		} catch {
			return [];
		}
	},
	solveMilp,
	// ns-3 is the bench's: fetched and compiled when somebody asks for it.
	runPeer: async words => (await import('../../scripts/bench/lab/peer.ts')).runPeer(words),
	runBeside,
	cores: availableParallelism(),
	nowMs: () => performance.now(),
};

/** Errors: LabError where that process fails; what it says itself stands above. */
function runBeside(words: readonly string[]): Promise<readonly string[]> {
	const [script = ''] = process.argv.slice(1);
	const child = spawn(process.execPath, [...process.execArgv, script, ...words], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const parts: Buffer[] = [];
	child.stdout.on('data', part => parts.push(part));
	return new Promise((resolve, reject) => {
		child.on('error', error => reject(new LabError(`no process for ${words.join(' ')}: ${error.message}`)));
		child.on('close', code =>
			code === 0
				? resolve(Buffer.concat(parts).toString().trimEnd().split('\n'))
				: reject(new LabError(`${words.join(' ')} ended with ${code ?? 'a signal'}`)),
		);
	});
}

function usage(all: readonly LabCommand[]): string {
	const lines = all.map(({name, usage, about}) => `  ${name} ${usage}\n      ${about}`);
	return `Usage: npm run lab -- COMMAND …\n\n${lines.join('\n')}`;
}

async function main(words: readonly string[]): Promise<number> {
	const [name, ...rest] = words;
	const command = commands.find(each => each.name === name);
	if (name === undefined || name === '--help') {
		console.log(usage(commands));
		return name === undefined ? 2 : 0;
	}
	if (command === undefined) throw new LabError(`there is no command '${name}'; npm run lab -- --help lists them`, 2);
	if (rest.includes('--help')) {
		console.log(usage([command]));
		return 0;
	}
	return command.run(rest, io);
}

main(process.argv.slice(2)).then(
	code => {
		process.exitCode = code;
	},
	(error: unknown) => {
		if (!(error instanceof LabError) && !(error instanceof TopologyError)) throw error;
		console.error(`lab: ${error.message}`);
		process.exitCode = error instanceof LabError ? error.exitCode : 1;
	},
);
