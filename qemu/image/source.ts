// SPDX-License-Identifier: Apache-2.0
/** Debian's Linux source: fetched, verified, unpacked and patched. */
import {cp, mkdir, readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {cacheRoot, downloadFromSuite, sha256OfFile} from '../../scripts/debian.ts';
import {runWithProgress, timed} from './progress.ts';

const suite = 'trixie';
const packageName = 'linux-source-6.12';
/** Versions that the benches were run with, and the SHA-256 of their package. */
const knownSha256: Record<string, string> = {
	'6.12.107-1': '775b9ef84d7fa7927ccebfec33fbbe9aeb2482ebf9a92c771aafd33fb6e2ee27',
};

const here = import.meta.dirname;
/** Applied in this order to every kernel that is built. */
export const patchFiles = ['uml-xstate.patch', 'hwsim-lab.patch'];
const addedFiles: Record<string, string> = {'hwsim-lab.h': 'drivers/net/wireless/virtual/hwsim-lab.h'};

/** The text of everything that changes the source, for a cache key. */
export async function sourceInputs(): Promise<string[]> {
	const names = [...patchFiles, ...Object.keys(addedFiles)];
	return [packageName, ...(await Promise.all(names.map(name => readFile(join(here, name), 'utf8'))))];
}

async function fetchSource(): Promise<string> {
	const folder = join(cacheRoot(), 'kernel', 'source');
	await mkdir(folder, {recursive: true});
	const kept = (await readdir(folder)).find(name => name.startsWith(`${packageName}_`) && name.endsWith('.deb'));
	if (kept !== undefined) {
		const version = kept.split('_')[1] ?? '';
		const path = join(folder, kept);
		if (knownSha256[version] === (await sha256OfFile(path))) return path;
		await rm(path); // never trust what cannot be checked again
	}
	const download = await timed(`${packageName}: download`, () => downloadFromSuite(suite, packageName, {}, folder));
	const path = download.files.find(file => file.endsWith('.deb')) ?? '';
	const known = knownSha256[download.version];
	const sha256 = await sha256OfFile(path);
	if (known === undefined)
		console.log(
			`${packageName} ${download.version} is not a version these benches were tried with; accepted because ${suite}'s signed index lists it (sha256 ${sha256})`,
		);
	else if (known !== sha256) throw new Error(`${packageName} ${download.version}: sha256 ${sha256}, expected ${known}`);
	return path;
}

/** Unpacks the patched source into `folder` and returns the source tree's path. */
export async function unpackSource(folder: string): Promise<string> {
	const deb = await fetchSource();
	return timed('Linux source: unpack and patch', async () => {
		const script =
			'dpkg-deb --fsys-tarfile "$1" | tar -xO --wildcards "*.tar.xz" | xz -dc -T0 | tar -x --strip-components=1';
		const tree = join(folder, 'linux');
		await mkdir(tree, {recursive: true});
		await runWithProgress('Linux source', 'sh', ['-c', script, 'sh', deb], {cwd: tree});
		for (const name of patchFiles)
			await runWithProgress(name, 'patch', ['-s', '-p1', '-N', '-i', join(here, name)], {cwd: tree});
		for (const [name, path] of Object.entries(addedFiles)) await cp(join(here, name), join(tree, path));
		return tree;
	});
}
