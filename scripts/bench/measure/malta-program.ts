// SPDX-License-Identifier: Apache-2.0
import {copyFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {type Mesh, startMesh} from '../../../qemu/mesh.ts';
import {prepareImages} from '../../../qemu/prepare.ts';
import {measureInstruction} from './busy-router.ts';

/** Runs a program that prints `N ns`, the time of its work, and answers the instructions of that work. */
export type CountOnMips = (words: readonly string[]) => Promise<number>;

/** A big-endian MIPS machine that counts instructions, with a program and its files, for as long as `measure` takes. */
export async function withMaltaProgram(
	path: string,
	files: readonly string[],
	measure: (count: CountOnMips) => Promise<void>,
): Promise<void> {
	await prepareImages(['malta']);
	const mesh: Mesh = await startMesh('malta', 'pair', {countInstructions: true, limitS: 900});
	try {
		const nsPerInstruction = await measureInstruction(mesh);
		for (const file of [path, ...files]) await copyFile(file, join(mesh.guest.share, basename(file)));
		await measure(async words => {
			const said = await mesh.guest.check(`cd /host && ./${basename(path)} ${words.join(' ')} 2>&1`);
			return nanosecondsIn(said) / nsPerInstruction;
		});
	} finally {
		await mesh.stop();
	}
}

export function nanosecondsIn(text: string): number {
	const said = /(\d+) ns\b/.exec(text)?.[1];
	if (said === undefined) throw new Error(`the program printed no time: ${text}`);
	return Number(said);
}
