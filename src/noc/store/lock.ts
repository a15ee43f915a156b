// SPDX-License-Identifier: Apache-2.0
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const NAME = 'collector.lock';

/** When a process started, in the kernel's ticks: tells it from a later one of the same number. Absent: '' off Linux. */
function startOf(pid: number): string {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
	} catch {
		return '';
	}
}

function alive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

/**
 * Takes a data folder for this process and returns how to give it back. What a killed process left is removed, the
 * database engine's own lock included: that one is a folder that only an orderly end takes away.
 *
 * Errors: Error when another process has it.
 */
export function lockFolder(folder: string, databaseName: string): () => void {
	const path = join(folder, NAME);
	for (let attempt = 0; ; attempt++) {
		try {
			writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n`, {flag: 'wx'});
			break;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 2) throw error;
		}
		const [word = '', start = ''] = existsSync(path) ? readFileSync(path, 'latin1').trim().split(' ') : [];
		const pid = Number(word);
		if (pid > 0 && alive(pid) && startOf(pid) === start) throw new Error(`${folder} is in use by process ${pid}`);
		rmSync(path, {force: true});
	}
	rmSync(join(folder, `${databaseName}.lock`), {recursive: true, force: true});
	return () => rmSync(path, {force: true});
}
