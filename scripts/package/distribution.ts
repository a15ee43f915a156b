// SPDX-License-Identifier: Apache-2.0
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {buildBinary} from '../build/binary.ts';
import {type Apk, writeApk} from './apk.ts';
import {agentPackage, extrasPackage, luciPackage} from './contents.ts';
import {type FeedEntry, type FeedKeys, feedFiles} from './feed.ts';
import {writeIpk} from './ipk.ts';
import {feedKeys, publicKeyFiles} from './keys.ts';
import {writeOptionFiles} from './options.ts';
import type {Package} from './package.ts';

/** OpenWrt's names of processors that run the binary of another: a package of their name is accepted by their routers. */
export const otherArchs: ReadonlyMap<string, string> = new Map([
	['aarch64_cortex-a53', 'aarch64_generic'],
	['aarch64_cortex-a72', 'aarch64_generic'],
	['aarch64_cortex-a76', 'aarch64_generic'],
	['arm_cortex-a15_neon-vfpv4', 'arm_cortex-a7_neon-vfpv4'],
	['mipsel_74kc', 'mipsel_24kc'],
]);

/** The name of the binary for an architecture: any 64-bit ARM runs the one there is. */
export function binaryArch(arch: string): string {
	return otherArchs.get(arch) ?? (arch.startsWith('aarch64_') ? 'aarch64_generic' : arch);
}

export interface DistributionOptions {
	readonly archs: readonly string[];
	readonly folder: string;
	/** The packages' release. Absent: the Makefile's. */
	readonly release?: number;
	/** A folder, `own` for the one in the user's cache, `none` for no signatures. */
	readonly keys: string;
}

export interface WrittenFile {
	readonly path: string;
	readonly bytes: number;
	/** For people: what is inside. */
	readonly holds: string;
}

/** Builds what is missing, and writes every package and feed. The same tree and keys give the same bytes. */
export async function writeDistribution({archs, folder, keys, release}: DistributionOptions): Promise<WrittenFile[]> {
	const signing = keys === 'none' ? undefined : await feedKeys(keys === 'own' ? undefined : keys);
	await writeOptionFiles();
	const written: WrittenFile[] = [];
	const write = async (path: string, bytes: Uint8Array, holds: string): Promise<void> => {
		const target = resolve(folder, path);
		await mkdir(dirname(target), {recursive: true});
		await writeFile(target, bytes);
		if (holds !== '') written.push({path: target, bytes: bytes.length, holds});
	};
	await rm(resolve(folder, 'feed'), {recursive: true, force: true});
	const agents: FeedEntry[] = [];
	const extras: FeedEntry[] = [];
	for (const arch of archs) {
		const {path, extras: parts} = await buildBinary({
			arch: binaryArch(arch),
			entry: 'src/main/agent.ts',
			name: 'astral-mesh',
		});
		const contents = await agentPackage(arch, await readFile(path), release);
		agents.push(entryOf(contents, signing));
		if (parts === undefined) throw new Error('the agent was built without its optional parts');
		extras.push(entryOf(await extrasPackage(arch, await readFile(parts.path), release), signing));
	}
	const version = agents[0]?.contents.version ?? '';
	const luci = entryOf(await luciPackage(version), signing);
	for (const entry of [...agents, ...extras, luci]) {
		const {contents, ipkName, ipk, apk} = entry;
		await write(ipkName, ipk, describe(contents));
		await write(`${ipkName.slice(0, -4)}.apk`, apk.bytes, describe(contents));
	}
	for (const agent of agents) {
		const feed = join('feed', agent.contents.arch);
		const entries = [agent, ...extras.filter(({contents}) => contents.arch === agent.contents.arch), luci];
		for (const {contents, ipkName, ipk, apk} of entries) {
			await write(join(feed, ipkName), ipk, '');
			// By this name apk asks for a package that it read of in an index.
			await write(join(feed, `${contents.name}-${contents.version}.apk`), apk.bytes, '');
		}
		for (const [name, bytes] of feedFiles(entries, signing)) await write(join(feed, name), bytes, '');
	}
	if (signing !== undefined)
		for (const [path, text] of publicKeyFiles(signing)) await write(join('key', path), Buffer.from(text), '');
	return written;
}

function entryOf(contents: Package, signing: FeedKeys | undefined): FeedEntry {
	const {name, version, arch} = contents;
	const apk: Apk = writeApk(contents, signing?.privateKeyPem);
	return {contents, ipkName: `${name}_${version}_${arch}.ipk`, ipk: writeIpk(contents), apk};
}

function describe({name, files}: Package): string {
	const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
	const holds = name.startsWith('luci-')
		? 'pages, menu entry, access rules, translations'
		: 'binary, service, settings';
	const part = name.endsWith('-extras') ? 'optional parts' : holds;
	return `${part}: ${files.length} files, ${bytes} bytes installed`;
}
