// SPDX-License-Identifier: Apache-2.0
/**
 * Debian packages: install what is missing, and read other suites without touching the machine's own apt.
 *
 * The mirror is the one the machine's apt already uses; no address is written here. Another suite (trixie, sid)
 * is read through a sources list and a lists folder of its own in the cache, so `apt` on this machine sees no change.
 * Every file apt hands over was checked against the suite's signed index.
 */
import {type ExecFileOptions, execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {basename, join} from 'node:path';
import {promisify} from 'node:util';

const execute = promisify(execFile);
const indexMaxAgeMs = 6 * 3600_000;
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The folder that everything fetched or built is cached in. */
export function cacheRoot(): string {
	return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mesh-noc');
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
	const hash = createHash('sha256');
	for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
	return hash.digest('hex');
}

async function run(command: string, words: string[], options: ExecFileOptions = {}): Promise<string> {
	try {
		const {stdout} = await execute(command, words, {maxBuffer: 1 << 28, ...options, encoding: 'utf8'});
		return stdout as string;
	} catch (error) {
		const stderr = String((error as {stderr?: string}).stderr ?? '').trim();
		throw new Error(`${command} ${words.slice(-4).join(' ')}: ${stderr || (error as Error).message}`, {cause: error});
	}
}

/** The names among `names` that are not installed, in the same order. */
export async function missingPackages(names: string[]): Promise<string[]> {
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
	const format = '${db:Status-Status} ${Package}\n';
	const listed = await run('dpkg-query', ['-W', '-f', format]);
	const installed = new Set(
		listed.split('\n').flatMap(line => (line.startsWith('installed ') ? [line.slice(10)] : [])),
	);
	return names.filter(name => !installed.has(name));
}

/**
 * Makes sure that these Debian packages are installed.
 *
 * Errors: when some are missing and this is not root, one line that names them and the command to run.
 */
export async function ensurePackages(names: string[]): Promise<void> {
	const missing = await missingPackages(names);
	if (missing.length === 0) return;
	if (process.getuid?.() !== 0)
		throw new Error(`system packages are missing: sudo apt-get install --no-install-recommends ${missing.join(' ')}`);
	console.log(`installing Debian packages: ${missing.join(' ')}`);
	const lock = await lockFile('install');
	const environment = {...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C'};
	const install = ['-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600', 'install', ...missing];
	const locked = (words: string[]) => run('flock', [lock, 'apt-get', ...words], {env: environment});
	try {
		await locked(install);
	} catch {
		await locked(['-q', 'update']);
		await locked(install);
	}
}

async function lockFile(name: string): Promise<string> {
	const folder = join(cacheRoot(), 'apt');
	await mkdir(folder, {recursive: true});
	return join(folder, `${name}.lock`);
}

/** The address of the Debian archive that this machine's apt uses. */
export async function debianMirror(): Promise<string> {
	const format = '$(LABEL)|$(ORIGIN)|$(REPO_URI)';
	const query = () => run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
	const pick = (text: string) =>
		text
			.split('\n')
			.map(line => line.split('|'))
			.find(([label, origin]) => label === 'Debian' && origin === 'Debian')?.[2];
	let mirror = pick(await query());
	if (mirror === undefined && process.getuid?.() === 0) {
		await run('flock', [await lockFile('install'), 'apt-get', '-q', 'update']); // a machine whose lists were never read
		mirror = pick(await query());
	}
	if (mirror === undefined)
		throw new Error("apt on this machine has no Debian archive in its lists: run 'apt-get update'");
	return mirror;
}

interface Suite {
	options: string[];
	lock: string;
	refresh(): Promise<void>;
}

/** A private view of one suite: its own sources list, lists and caches under the cache folder. */
async function openSuite(suite: string): Promise<Suite> {
	const folder = join(cacheRoot(), 'apt', suite);
	const lists = join(folder, 'lists');
	const archives = join(folder, 'cache', 'archives');
	await mkdir(join(lists, 'partial'), {recursive: true});
	await mkdir(join(archives, 'partial'), {recursive: true});
	const mirror = await debianMirror();
	const sources = join(folder, 'sources.list');
	const signed = `[signed-by=${keyring}]`;
	await writeFile(sources, `deb ${signed} ${mirror} ${suite} main\ndeb-src ${signed} ${mirror} ${suite} main\n`);
	const settings = {
		'Dir::Etc::sourcelist': sources,
		'Dir::Etc::sourceparts': '-',
		'Dir::Etc::preferencesparts': '-',
		'Dir::State::lists': lists,
		'Dir::Cache': join(folder, 'cache'),
		'Acquire::Languages': 'none',
		'APT::Sandbox::User': process.getuid?.() === 0 ? 'root' : '',
	};
	const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
	const lock = await lockFile(suite);
	const refresh = async () => {
		await run('flock', [lock, 'apt-get', ...options, '-q', 'update']);
		await writeFile(join(folder, 'refreshed'), '');
	};
	const refreshed = await stat(join(folder, 'refreshed')).catch(() => undefined);
	if (refreshed === undefined || Date.now() - refreshed.mtimeMs > indexMaxAgeMs) await refresh();
	return {options, lock, refresh};
}

/** Files of a package as apt verified them. */
export interface Download {
	version: string;
	files: string[];
}

/**
 * Downloads one package of any suite of the machine's mirror, without installing it.
 *
 * With `source`, the parts of its source package (.dsc, .orig.tar, …); else its .deb.
 * A package for another architecture is named `name:arch`, as apt writes it, if dpkg knows that architecture.
 */
export async function downloadFromSuite(
	suite: string,
	packageName: string,
	options: {source?: boolean},
	intoFolder: string,
): Promise<Download> {
	const view = await openSuite(suite);
	await mkdir(intoFolder, {recursive: true});
	const words = options.source
		? ['source', '--download-only', '--only-source', packageName]
		: ['download', packageName];
	const folder = await mkdtemp(join(intoFolder, '.download-'));
	const fetch = () => run('flock', [view.lock, 'apt-get', ...view.options, '-q', ...words], {cwd: folder});
	try {
		await fetch().catch(async () => {
			await view.refresh(); // the index may be older than the archive
			await fetch();
		});
		const names = await readdir(folder);
		for (const name of names)
			await rename(join(folder, name), join(intoFolder, name)).catch(() =>
				copyFile(join(folder, name), join(intoFolder, name)),
			);
		const main = names.find(name => name.endsWith(options.source ? '.dsc' : '.deb'));
		const version = decodeURIComponent(main?.split('_')[1] ?? '').replace(/\.dsc$/, '');
		if (version === '') throw new Error(`apt handed over no ${packageName} of ${suite}`);
		return {version, files: names.map(name => join(intoFolder, basename(name)))};
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

/** The version of a package in a suite, asked before anything is downloaded. */
export async function versionInSuite(suite: string, packageName: string): Promise<string> {
	const view = await openSuite(suite);
	const text = await run('apt-cache', [...view.options, 'show', '--no-all-versions', packageName]);
	const version = /^Version: (.+)$/m.exec(text)?.[1];
	if (version === undefined) throw new Error(`${suite} has no package ${packageName}`);
	return version;
}
