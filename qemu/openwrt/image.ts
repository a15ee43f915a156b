// SPDX-License-Identifier: Apache-2.0
import type {Checks} from './check.ts';
export interface ImageOptions {
	readonly image: string;
	readonly rootfs: string | undefined;
	readonly machine: string | undefined;
	readonly folder: string;
	readonly onConsole: (text: string) => void;
}
export async function checkOnImage(_checks: Checks, _options: ImageOptions): Promise<void> {
	throw new Error('image');
}
