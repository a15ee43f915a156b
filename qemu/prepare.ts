// SPDX-License-Identifier: Apache-2.0
/** Everything a bench needs, made beforehand, so that no test waits for a compiler. */
import {debianKernel} from './image/debian-kernel.ts';
import {maltaInitramfs, umlInitramfs} from './image/initramfs.ts';
import {kernel} from './image/kernel.ts';
import type {MachineName} from './machine.ts';

/** Builds or fetches the images of these machines; a moment when they are cached. */
export async function prepareImages(names: MachineName[]): Promise<void> {
	for (const name of names) {
		if (name === 'uml') {
			await kernel('uml');
			await umlInitramfs();
		} else if (name === 'malta') {
			await kernel('malta');
			await maltaInitramfs();
		} else await debianKernel();
	}
}
