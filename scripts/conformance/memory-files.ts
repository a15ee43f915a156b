// SPDX-License-Identifier: Apache-2.0
import type {UciFiles} from '../../src/uci-parser/index.ts';

/** Files and folders in memory, with their permission bits. */
export class MemoryFiles implements UciFiles {
	readonly content = new Map<string, Uint8Array>();
	readonly modes = new Map<string, number>();

	/** Puts a file there; its folders are there then too. */
	put(path: string, bytes: Uint8Array, mode = 0o644): void {
		this.content.set(path, bytes);
		this.modes.set(path, mode);
		for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
			this.modes.set(path.slice(0, at), 0o755);
	}

	read(path: string): Uint8Array | undefined {
		return this.content.get(path);
	}

	replace(path: string, bytes: Uint8Array, mode: number): void {
		const folder = path.slice(0, path.lastIndexOf('/'));
		if (!this.modes.has(folder)) throw new Error(`no folder ${folder}`);
		this.put(path, bytes, mode);
	}

	list(path: string): readonly string[] | undefined {
		if (!this.modes.has(path)) return undefined;
		const start = `${path}/`;
		const names = [...this.content.keys()].filter(name => name.startsWith(start)).map(name => name.slice(start.length));
		return names.filter(name => !name.includes('/')).sort();
	}

	mode(path: string): number | undefined {
		return this.modes.get(path);
	}

	makeFolder(path: string, mode: number): void {
		this.modes.set(path, mode);
	}
}
