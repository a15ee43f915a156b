// SPDX-License-Identifier: Apache-2.0
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Binary} from './binary.ts';
import {projectRoot} from './bundle.ts';

export interface Size {
	readonly binary: number;
	readonly gzip: number;
}

export type Sizes = Record<string, Size>;

const percentAllowed = 1;
export const sizesPath = join(projectRoot, 'test', 'guard', 'size.json');

/** The figures that the last accepted change left, by architecture. */
export async function recordedSizes(): Promise<Sizes> {
	return JSON.parse(await readFile(sizesPath, 'utf8')) as Sizes;
}

/** Sentences about what grew by more than 1 % beyond its recorded figure; none when all is well. */
export function compareSize(arch: string, size: Size, recorded: Size | undefined): string[] {
	if (recorded === undefined) return [`${arch}: test/guard/size.json has no figure for it`];
	const keys: (keyof Size)[] = ['binary', 'gzip'];
	return keys.flatMap(key => {
		if (100 * size[key] <= (100 + percentAllowed) * recorded[key]) return [];
		const percent = (100 * (size[key] / recorded[key] - 1)).toFixed(1);
		return [
			`${arch}: ${key} grew from ${recorded[key]} to ${size[key]} bytes (${percent} %); ` +
				'if it is worth it, record it: MESH_NOC_RECORD_SIZES=1 npm run build -- --arch all',
		];
	});
}

/** Compares a binary with its recorded figure, or records it when asked by MESH_NOC_RECORD_SIZES=1. */
export async function checkSizes(arch: string, binary: Binary): Promise<string[]> {
	const size = {binary: binary.bytes, gzip: binary.gzipBytes};
	const sizes = await recordedSizes().catch((): Sizes => ({}));
	if (process.env.MESH_NOC_RECORD_SIZES !== '1') return compareSize(arch, size, sizes[arch]);
	sizes[arch] = size;
	await writeFile(sizesPath, `${JSON.stringify(sizes, undefined, '\t')}\n`);
	return [];
}
