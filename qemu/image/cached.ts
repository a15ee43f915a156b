// SPDX-License-Identifier: Apache-2.0
/** Things built once: a folder per hash of everything that went into it. */
import {createHash} from 'node:crypto';
import {mkdir, open, readFile, rename, rm, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {cacheRoot} from '../../scripts/debian.ts';

/** A short hash of strings, for a cache folder's name. */
export function hashOf(parts: string[]): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(`${part.length}:`).update(part);
	return hash.digest('hex').slice(0, 16);
}

async function isAlive(lock: string): Promise<boolean> {
	const owner = Number(await readFile(lock, 'utf8').catch(() => '0'));
	if (owner === 0) {
		const state = await stat(lock).catch(() => undefined); // just being written, or left behind empty
		return state !== undefined && Date.now() - state.mtimeMs < 10_000;
	}
	try {
		process.kill(owner, 0);
		return true;
	} catch {
		return false;
	}
}

/** Holds a lock file while `task` runs; a lock whose process is gone is taken over. */
async function withLock<T>(lock: string, waiting: () => void, task: () => Promise<T>): Promise<T> {
	await mkdir(dirname(lock), {recursive: true});
	for (let told = false; ; ) {
		try {
			const file = await open(lock, 'wx');
			await file.writeFile(String(process.pid));
			await file.close();
			break;
		} catch (error) {
			if ((error as {code?: string}).code !== 'EEXIST') throw error;
			if (!(await isAlive(lock))) await rm(lock, {force: true});
			else if (!told) {
				told = true;
				waiting();
			}
			await wait(250);
		}
	}
	try {
		return await task();
	} finally {
		await rm(lock, {force: true});
	}
}

/**
 * The folder of something that is built once per `inputs`.
 *
 * `build` fills a fresh folder, which takes its final name only when it is complete; two processes that want the
 * same thing build it once.
 */
export async function cached(
	name: string,
	inputs: string[],
	build: (folder: string) => Promise<void>,
): Promise<string> {
	const folder = join(cacheRoot(), 'image', `${name}-${hashOf(inputs)}`);
	const exists = () =>
		stat(folder).then(
			() => true,
			() => false,
		);
	if (await exists()) return folder;
	return withLock(
		`${folder}.lock`,
		() => console.log(`${name}: another process is building it; waiting`),
		async () => {
			if (await exists()) return folder;
			const fresh = `${folder}.building`;
			await rm(fresh, {recursive: true, force: true});
			await mkdir(fresh, {recursive: true});
			await build(fresh);
			await rename(fresh, folder);
			return folder;
		},
	);
}
