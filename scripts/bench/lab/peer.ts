// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdir, readFile, rename, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {cacheRoot, ensurePackages, missingPackages} from '../../debian.ts';

// ns-3 as Debian has it, with scenarios of our own (peer.cc): compiled once and kept by the hash of all that it is made of.

const execute = promisify(execFile);
const packages = ['libns3-dev', 'g++'];
const source = fileURLToPath(new URL('./peer.cc', import.meta.url));
const flags = ['-O2', '-std=c++17', '-Wall', '-Wextra'];
const libraries = ['wifi', 'mobility', 'propagation', 'network', 'core', 'stats'].map(name => `-lns3-${name}`);
const LONGEST_MS = 3_600_000;

/** What a run prints. */
export interface PeerResult {
	readonly virtualSeconds: number;
	readonly realSeconds: number;
	readonly events: number;
	readonly flowsMbps: readonly number[];
}

/** Whether ns-3 is there already; installing it takes a minute and 300 MB. */
export async function peerInstalled(): Promise<boolean> {
	return (await missingPackages(packages)).length === 0;
}

async function build(): Promise<string> {
	await ensurePackages(packages);
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
	const {stdout} = await execute('dpkg-query', ['-W', '-f', '${Package} ${Version}\n', 'libns3-dev', 'g++']);
	const text = await readFile(source);
	const key = createHash('sha256')
		.update(text)
		.update(stdout)
		.update([...flags, ...libraries].join(' '));
	const folder = join(cacheRoot(), 'ns3');
	const path = join(folder, `peer-${key.digest('hex').slice(0, 24)}`);
	if ((await stat(path).catch(() => undefined)) !== undefined) return path;
	await mkdir(folder, {recursive: true});
	const part = `${path}.${process.pid}`;
	await execute('g++', [...flags, '-o', part, source, ...libraries], {timeout: LONGEST_MS});
	await rename(part, path);
	return path;
}

let built: Promise<string> | undefined;

/** Runs a scenario of peer.cc. Errors: what the compiler or ns-3 said. */
export async function runPeer(words: readonly string[]): Promise<PeerResult> {
	built ??= build();
	const {stdout} = await execute(await built, [...words], {timeout: LONGEST_MS});
	return JSON.parse(stdout) as PeerResult;
}
