// SPDX-License-Identifier: Apache-2.0
import {buildBinary} from '../build/binary.ts';
import {type BusyRouter, ROUTER, startBusyRouter} from './measure/busy-router.ts';
import {instructionsPerRepetition} from './measure/callgrind.ts';
import type {Row} from './row.ts';

export const name = 'agent-cpu';
export const about =
	'instructions of a 1 s tick, 3 radios and 12 mesh peers, big-endian MIPS; baseline: a shell that forks iw';

const TICKS = 60;
const ROUNDS = 20;

export async function run(report: (row: Row) => void): Promise<void> {
	const {path} = await buildBinary({arch: 'x86_64', entry: 'scripts/bench/agent/tick.ts', name: 'bench-agent-tick'});
	const value = await instructionsPerRepetition(path, 50, 150);
	report({bench: name, metric: 'instructionsPerTick', value, unit: 'instructions'});
	const mips = (metric: string, value: number, baseline: number): void =>
		report({bench: name, metric: `mips.${metric}`, value, unit: 'instructions', baseline, ratio: value / baseline});
	const router = await startBusyRouter();
	try {
		await router.reports(20);
		const [agent, shell] = [await ofAgent(router), await ofShell(router)];
		mips('instructionsPerTick', agent.user, shell.user);
		mips('instructionsPerTickWithKernel', agent.all, shell.all);
	} finally {
		await router.stop();
	}
}

interface Cost {
	/** In the program. */
	readonly user: number;
	/** In the program, and in the kernel on its behalf. */
	readonly all: number;
}

async function ofAgent(router: BusyRouter): Promise<Cost> {
	const read = async (): Promise<{user: number; all: number; ticks: number}> => {
		const ticks = await router.reports(1);
		// Behind the name in parentheses, field 11 is user and 12 is system time in hundredths of a second; their sum is
		// what the scheduler measured, their shares are sampled.
		const fields = (await router.processFile('stat'))
			.replace(/^.*\) /, '')
			.split(' ')
			.map(Number);
		const [user = 0, system = 0] = [fields[11], fields[12]];
		return {user: user * 1e7, all: (user + system) * 1e7, ticks};
	};
	const before = await read();
	await router.reports(TICKS);
	const after = await read();
	const ticks = after.ticks - before.ticks;
	const instructions = (ns: number): number => ns / router.nsPerInstruction / ticks;
	return {user: instructions(after.user - before.user), all: instructions(after.all - before.all)};
}

/** The same data by the tools that routers have, run in a row: the time its children took is their instructions. */
async function ofShell(router: BusyRouter): Promise<Cost> {
	const interfaces = (await router.mesh.inRouter(ROUTER, 'iw dev')).match(/(?<=Interface )\S+/g) ?? [];
	const each = interfaces.map(
		device => `iw dev ${device} survey dump; iw dev ${device} station dump; iw dev ${device} mpath dump`,
	);
	const round = ['iw dev', ...each, 'ip -s link', 'cat /proc/loadavg /proc/meminfo /proc/uptime'].join('; ');
	const script = `i=0; while [ $i -lt ${ROUNDS} ]; do { ${round}; } >/dev/null; i=$((i+1)); done; times`;
	const lines = (await router.mesh.inRouter(ROUTER, script)).trim().split('\n');
	const [user = 0, system = 0] = [...(lines.at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
		match => Number(match[1]) * 60 + Number(match[2]),
	);
	const instructions = (s: number): number => (s * 1e9) / router.nsPerInstruction / ROUNDS;
	return {user: instructions(user), all: instructions(user + system)};
}
