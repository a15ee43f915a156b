// SPDX-License-Identifier: Apache-2.0
import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {networkInterfaces} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Need, Outcome, Servers} from './case.ts';
import {expectedReports, forbiddenReports} from './error.ts';
import {mainForNode} from './paths.ts';
import {outcomeMark} from './program.ts';

/** How a program that has the suite in it is started. */
export interface Command {
	readonly words: readonly [program: string, ...words: string[]];
	readonly has: readonly Need[];
}

/** The suite under this Node. */
export const nodeCommand: Command = {
	words: [process.execPath, '--import=tsx', mainForNode],
	has: ['kernel', 'servers', 'tls', 'multicast', 'device', 'no-netlink', 'crypto', 'uncaught'],
};

function linkLocalInterface(): number | undefined {
	const found = Object.entries(networkInterfaces()).find(([, addresses]) =>
		addresses?.some(({address}) => address.startsWith('fe80:')),
	);
	return found === undefined ? undefined : Number(readFileSync(`/sys/class/net/${found[0]}/ifindex`, 'utf8'));
}

function collect(child: ChildProcess): Promise<{code: number | null; text: string}> {
	return new Promise((resolve, reject) => {
		let text = '';
		child.stderr?.on('data', (part: Buffer) => {
			text += part.toString();
		});
		child.on('error', reject);
		child.on('close', code => resolve({code, text}));
	});
}

/** Runs the suite in a process of its own and asserts that every case passed or had no place to run. */
export async function assertConformance(
	t: ExecutionContext,
	command: Command,
	servers: Servers,
	folder: string,
): Promise<void> {
	const [program, ...words] = command.words;
	const scratch = join(folder, 'scratch');
	mkdirSync(scratch, {recursive: true});
	execFileSync('mkfifo', [join(folder, 'line')]);
	const settingsPath = join(folder, 'settings.json');
	const linkLocalIndex = linkLocalInterface();
	const has = linkLocalIndex === undefined ? command.has : [...command.has, 'link-local'];
	writeFileSync(settingsPath, JSON.stringify({folder: scratch, has, linkLocalIndex, servers}));
	const child = spawn(program, [...words, settingsPath], {stdio: ['ignore', 'ignore', 'pipe']});
	const {code, text} = await collect(child);
	assertOutcomes(t, {code, text});
}

/** Asserts that the log of a run says that every case passed or had no place to run, and what nobody caught. */
export function assertOutcomes(
	t: ExecutionContext,
	{code, text}: {code: number | null; text: string},
	least = 50,
): void {
	const lines = text.split('\n');
	const outcomes = lines
		.filter(line => line.includes(outcomeMark))
		.map(line => JSON.parse(line.slice(line.indexOf(outcomeMark) + outcomeMark.length)) as Outcome);
	const failed = outcomes.filter(outcome => outcome.result === 'failed');
	t.deepEqual(failed, [], text.slice(-3000));
	t.is(code, 0, text.slice(-3000));
	const skipped = outcomes.filter(outcome => outcome.result === 'skipped');
	t.true(outcomes.length - skipped.length >= least, `only ${outcomes.length} cases ran: ${text.slice(-3000)}`);
	t.log(`${outcomes.length - skipped.length} passed, ${skipped.length} had no place to run`);
	const log = lines.filter(line => !line.includes(outcomeMark)).join('\n');
	for (const report of expectedReports) t.true(log.includes(report), `not reported: ${report}`);
	for (const report of forbiddenReports) t.false(log.includes(report), `reported: ${report}`);
}

/** Asserts that SIGHUP and SIGTERM reach their handlers and exit() ends the program with its code. */
export async function assertSignals(t: ExecutionContext, command: Command): Promise<void> {
	const [program, ...words] = command.words;
	const child = spawn(program, [...words, 'signals'], {stdio: ['ignore', 'ignore', 'pipe']});
	let text = '';
	child.stderr.on('data', (part: Buffer) => {
		text += part.toString();
		if (text.endsWith('ready\n')) child.kill('SIGHUP');
		if (text.endsWith('reload\n')) child.kill('SIGTERM');
	});
	const {code} = await collect(child);
	t.is(code, 7, text);
	t.deepEqual(text.trim().split('\n'), ['notice: ready', 'notice: reload', 'notice: stop']);
}

/** Asserts that exit() ends the program where it stands, even before it has started. */
export async function assertExit(t: ExecutionContext, command: Command): Promise<void> {
	const [program, ...words] = command.words;
	const {code, text} = await collect(spawn(program, [...words, 'exit'], {stdio: ['ignore', 'ignore', 'pipe']}));
	t.is(code, 5, text);
	t.is(text, '');
}
