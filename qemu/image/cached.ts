// SPDX-License-Identifier: Apache-2.0
/** Things built once: a folder per hash of everything that went into it. */
import {createHash} from 'node:crypto';
import {mkdir, rename, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {withLock} from '../../scripts/build/lock.ts';
import {cacheRoot} from '../../scripts/debian.ts';

const tellWaitingAfterMs = 2000;

/** A short hash of strings, for a cache folder's name. */
export function hashOf(parts: string[]): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(`${part.length}:`).update(part);
	return hash.digest('hex').slice(0, 16);
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
	const key = `${name}-${hashOf(inputs)}`;
	const folder = join(cacheRoot(), 'image', key);
	const exists = () =>
		stat(folder).then(
			() => true,
			() => false,
		);
	if (await exists()) return folder;
	const waiting = setTimeout(() => console.log(`${name}: another process builds it; waiting`), tellWaitingAfterMs);
	return withLock(`image-${key}`, async () => {
		clearTimeout(waiting);
		if (await exists()) return folder;
		const fresh = `${folder}.building`;
		await rm(fresh, {recursive: true, force: true});
		await mkdir(fresh, {recursive: true});
		await build(fresh);
		await rename(fresh, folder);
		return folder;
	});
}
