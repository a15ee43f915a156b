// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {copyFile, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {type Binary, buildBinary} from '../../scripts/build/binary.ts';
import {extrasOf} from '../../scripts/build/extras.ts';
import {temporaryFolder} from '../helper/collector.ts';

// A part out of the file of extras is wanted in each case; what becomes of it is what the agent says.

let built: Promise<Binary> | undefined;

/** Once for all cases: two builds of one file at a time would take each other's parts away. */
function agent(): Promise<Binary> {
	built ??= buildBinary({arch: 'x86_64', entry: 'src/main/agent.ts', name: 'astral-mesh'});
	return built;
}

async function agentWith(t: ExecutionContext, extras: (bytes: Buffer) => Buffer | undefined): Promise<string> {
	t.timeout(15 * 60_000);
	const binary = await agent();
	const folder = await temporaryFolder(t);
	const path = join(folder, 'agent');
	await copyFile(binary.path, path);
	const bytes = extras(await readFile(binary.extras?.path ?? ''));
	if (bytes !== undefined) await writeFile(`${path}-extras`, bytes);
	return path;
}

/** What it prints until it speaks of the part, or of the bus, which comes after all parts were read. */
async function saidBy(path: string): Promise<string> {
	const words = ['--set', 'node=one', '--set', 'sharedState=1', '--set', 'logLevel=debug'];
	const child = spawn(path, words, {stdio: ['ignore', 'pipe', 'pipe']});
	let text = '';
	await new Promise<void>(resolve => {
		const take = (piece: Buffer): void => {
			text += piece.toString();
			if (text.includes('shared-state') || text.includes('ubusd')) resolve();
		};
		child.stdout.on('data', take);
		child.stderr.on('data', take);
		child.on('exit', () => resolve());
	});
	child.kill('SIGKILL');
	return text;
}

const refusal = test.macro({
	title: (name = '') => `extras: ${name}`,
	async exec(t, change: (bytes: Buffer) => Buffer | undefined, sentence: RegExp) {
		t.regex(await saidBy(await agentWith(t, change)), sentence);
	},
});

const changedAt =
	(offset: number) =>
	(bytes: Buffer): Buffer => {
		const changed = Buffer.from(bytes);
		changed[offset] = (changed[offset] ?? 0) ^ 1;
		return changed;
	};

/** A byte in the bytecode of the wanted part: behind its name, which stands once in the file's heads. */
function damaged(bytes: Buffer): Buffer {
	return changedAt(bytes.indexOf('shared-state-') + 64)(bytes);
}

const missing = /notice: shared-state does not run: the package astral-mesh-extras is not installed/;
const isDamaged = /shared-state does not run: the file of astral-mesh-extras is damaged/;

test('what is not installed makes the part absent, with that reason', refusal, () => undefined, missing);
test('a file of something else is none', refusal, changedAt(0), /the file of astral-mesh-extras is none/);
test('an empty file is none', refusal, () => Buffer.alloc(0), /the file of astral-mesh-extras is none/);
test('bytecode of the other byte order is refused', refusal, changedAt(8), /is for another processor/);
test('another build is refused, and the way out is named', refusal, changedAt(16), /of another build.*install both/);
test('a changed byte of a module is seen before the engine sees it', refusal, damaged, isDamaged);
test('a file that was cut is damaged', refusal, bytes => bytes.subarray(0, 2000), isDamaged);

test('extras: a part is read from the file beside the binary', async t => {
	const text = await saidBy(await agentWith(t, bytes => bytes));
	t.notRegex(text, /shared-state does not run/);
});

test('extras: a binary whose modules are all its own has neither list nor file', t => {
	t.deepEqual(extrasOf(new Uint8Array(8), [], 'big'), {list: new Uint8Array(), file: new Uint8Array()});
});

test('extras: the hash of the build covers the program and every module', t => {
	const build = (program: number, module: number): string =>
		Buffer.from(
			extrasOf(Uint8Array.of(program), [{name: 'a', bytes: Uint8Array.of(module)}], 'little').file.subarray(16, 48),
		).toString('hex');
	t.is(build(1, 1), build(1, 1));
	t.not(build(1, 1), build(2, 1));
	t.not(build(1, 1), build(1, 2));
});
