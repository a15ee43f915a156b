// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {buildMinimalLoader} from './minimal-loader/build.ts';

// What makes our modules into pages: LuCI's own client-side files where this machine has them, as a router does; else the
// minimal loader in this folder, which understands LuCI's module form and no more of LuCI than these pages use.

export interface PageRuntime {
	readonly name: 'LuCI' | 'minimal loader';
	/** Folder that is served as the web root. Absent: undefined, nothing but our own files is served. */
	readonly folder: string | undefined;
	/** Addresses of the scripts before `new LuCI`, in their order; and of what stands in no folder, its text. */
	readonly scripts: readonly string[];
	readonly texts: ReadonlyMap<string, string>;
}

/** Folder with LuCI's `luci-static`: named by MESH_NOC_LUCI, or where a router has it. Absent: undefined. */
export function luciFolder(): string | undefined {
	return [process.env.MESH_NOC_LUCI, '/www', '/usr/share/luci/www'].find(
		folder => folder !== undefined && existsSync(join(folder, 'luci-static', 'resources', 'luci.js')),
	);
}

/** LuCI's files in a folder; without one the minimal loader. */
export async function pageRuntime(folder: string | undefined): Promise<PageRuntime> {
	const resources = '/luci-static/resources';
	if (folder !== undefined)
		return {name: 'LuCI', folder, scripts: [`${resources}/cbi.js`, `${resources}/luci.js`], texts: new Map()};
	const address = '/minimal-loader.js';
	return {
		name: 'minimal loader',
		folder: undefined,
		scripts: [address],
		texts: new Map([[address, await buildMinimalLoader()]]),
	};
}
