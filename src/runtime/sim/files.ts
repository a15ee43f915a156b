// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import type {Files} from '../../port/port.ts';

/** Files of a simulated router, in memory. A file may be made of a function, as those of /proc are. */
export class SimFiles implements Files {
	readonly #files = new Map<string, Uint8Array | ((mostBytes?: number) => Uint8Array)>();
	readonly #takers = new Map<string, (bytes: Uint8Array) => void>();

	/** Puts a file there. A function is asked at each reading. */
	set(path: string, content: Uint8Array | ((mostBytes?: number) => Uint8Array)): void {
		this.#files.set(path, content);
	}

	/** What happens when something is written into a file in place, as into one of the kernel's. */
	onWrite(path: string, take: (bytes: Uint8Array) => void): void {
		this.#takers.set(path, take);
	}

	write(path: string, bytes: Uint8Array): void {
		const take = this.#takers.get(path);
		if (take === undefined && !this.#files.has(path)) throw new PortError('not-found', path);
		if (take === undefined) this.#files.set(path, bytes.slice());
		else take(bytes.slice());
	}

	read(path: string, mostBytes?: number): Uint8Array | undefined {
		const content = this.#files.get(path);
		return typeof content === 'function' ? content(mostBytes) : content?.slice(0, mostBytes);
	}

	replace(path: string, bytes: Uint8Array): void {
		this.#files.set(path, bytes.slice());
	}

	list(path: string): readonly string[] | undefined {
		const prefix = path.endsWith('/') ? path : `${path}/`;
		const names = new Set<string>();
		for (const name of this.#files.keys()) {
			const first = name.startsWith(prefix) ? name.slice(prefix.length).split('/')[0] : undefined;
			if (first !== undefined) names.add(first);
		}
		return names.size === 0 ? undefined : [...names].sort();
	}

	remove(path: string): void {
		this.#files.delete(path);
	}
}
