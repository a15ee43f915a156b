// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {buildBinary} from './build/binary.ts';
import type {Outcome} from './conformance/outcome.ts';
import {playUbusCase} from './conformance/ubus-case.ts';
import {playUciCase} from './conformance/uci-case.ts';
import {ensurePackages} from './debian.ts';

// npm run conformance -- ubus|uci DIR [--arch ARCH]
//
// Plays every recorded case of a folder in Node and in the router's engine (x86_64, or another architecture through
// qemu-user) and prints one line a case. The formats are those of test/fixture/ubus and test/fixture/uci.

const usage = 'Usage: npm run conformance -- ubus|uci DIR [--arch ARCH]';
const FILES_A_RUN = 200;
/** Which program runs an architecture that this machine is not, by how its name starts. */
const emulators: readonly (readonly [string, string])[] = [
	['mipsel', 'qemu-mipsel-static'],
	['mips', 'qemu-mips-static'],
	['arm', 'qemu-arm-static'],
];

const words = process.argv.slice(2);
const archAt = words.indexOf('--arch');
const arch = archAt < 0 ? 'x86_64' : words.splice(archAt, 2)[1];
const [kind, folder] = words;
if (folder === undefined || arch === undefined || (kind !== 'ubus' && kind !== 'uci')) {
	console.error(usage);
	process.exit(2);
}
const play = kind === 'ubus' ? playUbusCase : playUciCase;

/** Runs a case so that whatever it throws is its failure. */
function attempt(name: string, text: string): Outcome {
	try {
		return play(text);
	} catch (error) {
		return {name, played: '', failure: `threw ${String(error)}`};
	}
}

const root = resolve(process.env.INIT_CWD ?? '.', folder);
const paths = readdirSync(root)
	.filter(name => name.endsWith('.json'))
	.sort()
	.map(name => join(root, name))
	.filter(isCase);
if (paths.length === 0) {
	console.error(`There are no recorded cases in ${folder}.`);
	process.exit(2);
}

/** Other notes lie beside the cases. */
function isCase(path: string): boolean {
	const part = kind === 'ubus' ? '"messages"' : '"commands"';
	return readFileSync(path, 'utf8').includes(part);
}

async function inRouterEngine(): Promise<Map<string, Outcome>> {
	const {path: program} = await buildBinary({
		arch: arch as string,
		entry: 'scripts/conformance/main-quickjs.ts',
		name: 'conformance-recorded',
	});
	const outcomes = new Map<string, Outcome>();
	const emulator = emulators.find(([start]) => arch?.startsWith(start))?.[1];
	if (emulator !== undefined) await ensurePackages(['qemu-user-static']);
	const command = emulator === undefined ? [program] : [emulator, program];
	for (let at = 0; at < paths.length; at += FILES_A_RUN) {
		const [first = program, ...more] = command;
		const batch = [...more, kind as string, ...paths.slice(at, at + FILES_A_RUN)];
		const {stderr, stdout} = await promisify(execFile)(first, batch, {maxBuffer: 1 << 28});
		for (const line of (stderr + stdout).split('\n')) {
			const start = line.indexOf('outcome {');
			if (start < 0) continue;
			const outcome = JSON.parse(line.slice(start + 'outcome '.length)) as Outcome;
			outcomes.set(outcome.name, outcome);
		}
	}
	return outcomes;
}

const routers = await inRouterEngine();
let failed = 0;
for (const path of paths) {
	const text = readFileSync(path, 'utf8');
	const node = attempt(path, text);
	const quickjs = routers.get(node.name) ?? {name: node.name, played: '', failure: 'did not end'};
	const failures = [
		...(node.failure === undefined ? [] : [`Node: ${node.failure}`]),
		...(quickjs.failure === undefined ? [] : [`QuickJS: ${quickjs.failure}`]),
	];
	if (failures.length > 0) failed++;
	console.log(
		failures.length > 0
			? `failed ${node.name}: ${failures.join('; ')}`
			: `passed ${node.name} (${node.played}; Node and QuickJS on ${arch})`,
	);
}
console.log(`${paths.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
