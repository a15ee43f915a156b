// SPDX-License-Identifier: Apache-2.0
/** Which of the host's processors a guest is held to. */
import {readdir, readFile} from 'node:fs/promises';

/** A list as the kernel prints it, `0-2,5`. */
export function processorsOf(list: string): number[] {
	return list
		.trim()
		.split(',')
		.flatMap(run => {
			const [first = 0, last = first] = run.split('-').map(Number);
			return Array.from({length: last - first + 1}, (_, i) => first + i);
		});
}

const fieldOf = (status: string, name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';

/** Of those that this process may use the one that the fewest processes of such a name are held to; of several any. */
export async function freestProcessor(name: string): Promise<number> {
	const allowed = processorsOf(fieldOf(await readFile('/proc/self/status', 'utf8'), 'Cpus_allowed_list'));
	const held = new Map(allowed.map(processor => [processor, 0]));
	for (const pid of (await readdir('/proc')).filter(entry => /^\d+$/.test(entry))) {
		const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''); // it ended meanwhile
		const [only, ...more] = processorsOf(fieldOf(status, 'Cpus_allowed_list'));
		if (fieldOf(status, 'Name') !== name || only === undefined || more.length > 0) continue;
		held.set(only, (held.get(only) ?? 0) + 1);
	}
	const least = Math.min(...allowed.map(processor => held.get(processor) ?? 0));
	const free = allowed.filter(processor => held.get(processor) === least);
	return free[Math.floor(Math.random() * free.length)] as number;
}
