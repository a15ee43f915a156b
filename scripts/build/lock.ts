// SPDX-License-Identifier: Apache-2.0
import {mkdir, open, readFile, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {cacheRoot} from '../debian.ts';

const pollMs = 200;
const namelessLimitMs = 10_000;
const tails = new Map<string, Promise<unknown>>();

/** Runs `work` while no other process and no other caller runs work under the same name. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
	const turn = (tails.get(name) ?? Promise.resolve()).then(() => alone(name, work));
	tails.set(
		name,
		turn.catch(() => undefined),
	);
	return turn;
}

async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
	const folder = join(cacheRoot(), 'lock');
	const path = join(folder, name);
	await mkdir(folder, {recursive: true});
	while (!(await take(path))) await sleep(pollMs);
	try {
		return await work();
	} finally {
		await rm(path, {force: true});
	}
}

async function take(path: string): Promise<boolean> {
	try {
		const file = await open(path, 'wx');
		await file.writeFile(String(process.pid));
		await file.close();
		return true;
	} catch (error) {
		if ((error as {code?: string}).code !== 'EEXIST') throw error;
	}
	const holder = Number(await readFile(path, 'utf8').catch(() => ''));
	const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
	// Its process died before it could tidy up, or even before it could write its number.
	if (holder > 0 ? !isAlive(holder) : age > namelessLimitMs) await rm(path, {force: true});
	return false;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as {code?: string}).code === 'EPERM';
	}
}
