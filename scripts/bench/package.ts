// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {buildBinary} from '../build/binary.ts';
import {targets} from '../build/targets.ts';
import {writeApk} from '../package/apk.ts';
import {agentPackage, extrasPackage, luciPackage} from '../package/contents.ts';
import {writeIpk} from '../package/ipk.ts';
import type {Package} from '../package/package.ts';
import type {Row} from './row.ts';

export const name = 'package';
export const about = 'bytes of the packages for opkg and apk, for each architecture, against what is installed of them';

/** The baseline is the bytes of the files inside; ratio is what a package is of them. */
export async function run(report: (row: Row) => void): Promise<void> {
	const measure = (contents: Package): void => {
		const installed = contents.files.reduce((sum, {bytes}) => sum + bytes.length, 0);
		for (const [kind, {length}] of [
			['ipk', writeIpk(contents)],
			['apk', writeApk(contents).bytes],
		] as const)
			report({
				bench: name,
				metric: `${contents.name}.${contents.arch}.${kind}`,
				value: length,
				unit: 'B',
				baseline: installed,
				ratio: length / installed,
			});
	};
	for (const {arch} of targets) {
		const {path} = await buildBinary({arch, entry: 'src/main/agent.ts', name: 'astral-mesh'});
		measure(await agentPackage(arch, await readFile(path)));
		measure(await extrasPackage(arch, await readFile(`${path}-extras`)));
	}
	measure(await luciPackage('0-r0'));
}
