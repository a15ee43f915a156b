// SPDX-License-Identifier: Apache-2.0
/** First root file systems: the machine's own Debian tools with their libraries, or tools given as files. */
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFile, realpath, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {gzipSync} from 'node:zlib';
import {ensurePackages} from '../../scripts/debian.ts';
import {archive, type Entry} from './archive.ts';
import {cached} from './cached.ts';
import {mipsTools} from './mips-tools.ts';

const execute = promisify(execFile);
const packages = [
	'busybox-static',
	'dash',
	'iw',
	'iproute2',
	'batctl',
	'iputils-ping',
	'iperf3',
	'kmod',
	'wireless-regdb',
];
const programs = ['iw', 'ip', 'tc', 'bridge', 'ss', 'batctl', 'ping', 'iperf3', 'kmod'];
const searchPath = ['/bin', '/sbin', '/usr/bin', '/usr/sbin'];
const ownFiles = ['init.sh', 'initramfs.ts'];
const moduleCommands = ['modprobe', 'insmod', 'rmmod', 'lsmod', 'depmod', 'modinfo'];

async function digest(path: string): Promise<string> {
	return createHash('sha256')
		.update(await readFile(path))
		.digest('hex');
}

async function locate(program: string): Promise<string> {
	for (const folder of searchPath) {
		const path = await realpath(join(folder, program)).catch(() => undefined);
		if (path !== undefined) return path;
	}
	throw new Error(`${program} is not installed`);
}

async function librariesOf(path: string): Promise<string[]> {
	const {stdout} = await execute('ldd', [path]);
	return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(match => match[1] ?? '');
}

async function file(path: string, mode: number): Promise<Entry> {
	return {data: await readFile(path), mode};
}

/** What every bench has: the init script, accounts, and the regulatory database, so that 5 GHz can be used. */
export async function commonEntries(): Promise<Map<string, Entry>> {
	const entries = new Map<string, Entry>();
	entries.set('init', await file(join(import.meta.dirname, 'init.sh'), 0o755));
	for (const [name, text] of [
		['passwd', 'root:x:0:0:root:/tmp:/bin/sh\n'],
		['group', 'root:x:0:\n'],
		['hosts', '127.0.0.1 localhost\n'],
	] as const)
		entries.set(`etc/${name}`, {data: Buffer.from(text), mode: 0o644});
	for (const folder of ['proc', 'sys', 'dev', 'tmp', 'run', 'host']) entries.set(folder, {folder: true});
	entries.set('var/run', {link: '/run'});
	for (const name of ['regulatory.db', 'regulatory.db.p7s'])
		entries.set(`lib/firmware/${name}`, await file(await realpath(join('/lib/firmware', name)), 0o644));
	return entries;
}

/** Adds a link to busybox for each of its commands that is not there as a program of its own. */
export function linkCommands(entries: Map<string, Entry>, commands: string[]): void {
	for (const command of commands) if (!entries.has(`bin/${command}`)) entries.set(`bin/${command}`, {link: 'busybox'});
	entries.set('sbin/modprobe', {link: '/bin/modprobe'}); // the kernel calls it by this path
}

/** The machine's own programs, for a guest of the same architecture. */
export async function nativeEntries(): Promise<Map<string, Entry>> {
	await ensurePackages(packages);
	const entries = await commonEntries();
	for (const program of programs) {
		const path = await locate(program);
		entries.set(`bin/${program}`, await file(path, 0o755));
		for (const library of await librariesOf(path)) entries.set(library.slice(1), await file(library, 0o755));
	}
	const shell = await locate('dash'); // scripts are run by the same shell in every bench
	entries.set('bin/sh', await file(shell, 0o755));
	for (const library of await librariesOf(shell)) entries.set(library.slice(1), await file(library, 0o755));
	const busybox = await locate('busybox');
	entries.set('bin/busybox', await file(busybox, 0o755));
	for (const command of moduleCommands) entries.set(`bin/${command}`, {link: 'kmod'});
	const {stdout} = await execute(busybox, ['--list']);
	linkCommands(entries, stdout.trim().split('\n'));
	return entries;
}

/** Writes entries as a compressed archive. */
export async function writeInitramfs(entries: Map<string, Entry>, path: string): Promise<void> {
	await writeFile(path, gzipSync(archive(entries), {level: 6}));
}

/** The path of the initramfs for big-endian malta. */
export async function maltaInitramfs(): Promise<string> {
	await ensurePackages(['wireless-regdb', 'qemu-user-static']);
	const tools = await mipsTools();
	const own = await Promise.all(
		[...ownFiles.map(name => join(import.meta.dirname, name)), ...tools.values()].map(digest),
	);
	const folder = await cached('initramfs-malta', own, async fresh => {
		const entries = await commonEntries();
		for (const [name, path] of tools) entries.set(`bin/${name}`, await file(path, 0o755));
		const {stdout} = await execute('qemu-mips-static', [tools.get('busybox') ?? '', '--list']);
		linkCommands(entries, stdout.trim().split('\n'));
		await writeInitramfs(entries, join(fresh, 'initramfs'));
	});
	return join(folder, 'initramfs');
}

/** Which tools the machine has, and what puts them into an archive: the key of everything made from them. */
export async function toolsVersion(): Promise<string> {
	await ensurePackages(packages);
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
	const format = '${Package} ${Version}\n';
	const {stdout} = await execute('dpkg-query', ['-W', '-f', format, 'libc6', ...packages]);
	const own = await Promise.all(ownFiles.map(name => digest(join(import.meta.dirname, name))));
	return [stdout, ...own].join('\n');
}

/** The path of the initramfs for User-Mode Linux, made from this machine's installed programs. */
export async function umlInitramfs(): Promise<string> {
	const folder = await cached('initramfs-uml', [await toolsVersion()], async fresh =>
		writeInitramfs(await nativeEntries(), join(fresh, 'initramfs')),
	);
	return join(folder, 'initramfs');
}
